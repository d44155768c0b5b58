"""The exporter: pages about one engine and its runner, composed of collector, health and server."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import msgspec
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from streamimb.exportable import refuse_repeated
from streamimb.protocols import Readable, Reading
from streamimb_connectors.prometheus import health
from streamimb_connectors.prometheus.collector import ReadingsCollector
from streamimb_connectors.prometheus.health import StatusLike, stream_state, unready_reason
from streamimb_connectors.prometheus.options import read_options
from streamimb_connectors.prometheus.server import PageServer

_TEXT = "text/plain; charset=utf-8"


class DegradedLike(Readable, Protocol):
    """The attributes of a `serve.Degraded` that are read; they are replaced, never changed in place."""

    reasons: dict[str, str]


class Exporter:
    """Serves `/metrics`, `/healthz`, `/readyz` and `/status` until closed.

    `/healthz` is 503 only where the runner's loop has not turned for `stuck_s` though nothing is away: a
    restart may help. `/readyz` is 503 while records are not handled and committed, and says why in one
    line; a restart would not help. Where it is 200, each further line is a reason for which the service is
    degraded, with what to do. `/status` is JSON: `ok` (ready, and not degraded), `ready`, `unready_reason`,
    `state` of the stream, `degraded` by reason, and the figures of `figures`.

    Parameters
    ----------
    options
        `host` (127.0.0.1), `port` (9464; 0 is any), `idle_s` (300: silence after which the stream's state
        is unknown), `checkpoint_late_s` (120), `stuck_s` (120).
    engine, status
        Read at each request.
    degraded
        Reasons for which the probabilities are doubtful, each with what to do.
    figures
        Returns what else `/status` shows, as plain data for JSON.
    clock
        The runner's monotonic seconds.

    Raises
    ------
    ValueError
        For an unknown or wrong option, a port that is taken, or a reading of the engine with a name that is taken.

    """

    def __init__(
        self,
        options: Mapping[str, Any],
        engine: Readable,
        status: StatusLike,
        degraded: DegradedLike,
        figures: Callable[[], Mapping[str, Any]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        read = read_options(options)
        self._options = read
        self._engine = engine
        self._status = status
        self._degraded = degraded
        self._figures = figures
        self._clock = clock
        self._started = self._beat = clock()
        refuse_repeated(self.readings(), "state", "unready_reason")  # these two are on /status
        self._registry = CollectorRegistry()
        self._registry.register(ReadingsCollector(self.readings))
        pages = {
            "/metrics": self._metrics,
            "/healthz": self._healthz,
            "/readyz": self._readyz,
            "/status": self._state,
        }
        self._server = PageServer(read.host, read.port, pages)

    def readings(self) -> Iterator[Reading]:
        """All that `/metrics` shows."""
        yield from self._engine.readings()
        yield from self._status.readings()
        yield from self._degraded.readings()
        ok = not self._unready() and not self._degraded.reasons
        yield Reading("ok", "1 where it is ready and nothing is degraded.", int(ok))
        options = self._options
        yield from health.readings(
            self._status, self._clock(), self._started, options.idle_s, options.checkpoint_late_s
        )

    @property
    def port(self) -> int:
        """The port listened on."""
        return self._server.port

    @property
    def address(self) -> str:
        """The URL of the pages."""
        host = f"[{self._options.host}]" if ":" in self._options.host else self._options.host
        return f"http://{host}:{self.port}"

    def start(self) -> None:
        """Starts to answer."""
        self._server.start()

    def tick(self) -> None:
        """Notes that the runner's loop has turned."""
        self._beat = self._clock()

    def close(self) -> None:
        """Stops answering. A second call does nothing."""
        self._server.stop()

    def _metrics(self) -> tuple[int, str, bytes]:
        return 200, CONTENT_TYPE_LATEST, generate_latest(self._registry)

    def _healthz(self) -> tuple[int, str, bytes]:
        still = self._clock() - self._beat
        if still > self._options.stuck_s and not self._status.away:
            return 503, _TEXT, f"the loop has not turned for {still:.0f} s\n".encode()
        return 200, _TEXT, b"ok\n"

    def _readyz(self) -> tuple[int, str, bytes]:
        reason = self._unready()
        if reason:
            return 503, _TEXT, f"{reason}\n".encode()
        degraded = (f"degraded: {code}: {told}" for code, told in self._degraded.reasons.items())
        return 200, _TEXT, "".join(f"{line}\n" for line in ("ready", *degraded)).encode()

    def _state(self) -> tuple[int, str, bytes]:
        reason = self._unready()
        told = {
            **self._figures(),
            "ok": not reason and not self._degraded.reasons,
            "ready": not reason,
            "unready_reason": reason,
            "state": stream_state(self._status, self._clock(), self._started, self._options.idle_s),
            "degraded": self._degraded.reasons,
        }
        return 200, "application/json", msgspec.json.encode(told, order="sorted") + b"\n"

    def _unready(self) -> str:
        return unready_reason(self._status, self._clock(), self._started, self._options.checkpoint_late_s)


def exporter(
    options: Mapping[str, Any],
    engine: Readable,
    status: StatusLike,
    degraded: DegradedLike,
    figures: Callable[[], Mapping[str, Any]],
) -> Exporter:
    """Return the `Exporter` of a table `[exporter.<name>]`; it answers from `start` on."""
    return Exporter(options, engine, status, degraded, figures)
