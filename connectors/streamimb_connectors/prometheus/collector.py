"""The engine and the runner as Prometheus metrics, read at the moment of a scrape.

Reads plain numbers and counts nothing itself. Labels are reasons, classes of outcome and names of the
configuration, never a value of a field; their number is bounded.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from streamimb_connectors.prometheus.health import StatusLike, idle_seconds, stream_state, unready_reason

MOST_LABEL_VALUES = 200  # of one metric; what is beyond is added up as "other"
STATES = ("starting", "flowing", "waiting", "unknown")
OUTCOMES = (
    "joined", "early_joined", "late", "orphaned", "duplicate", "conflict", "label_rejected",
    "label_of_rejected", "label_of_stale", "late_after_ttl", "late_after_eviction", "retraction",
    "taken_back", "retraction_late", "retraction_unmatched",
)  # fmt: skip


class EngineLike(Protocol):
    """What is read of an `engine.Engine`."""

    @property
    def counters(self) -> Mapping[str, Any]:
        """Counts since the state began."""

    @property
    def model(self) -> Any:
        """A `compose.GuardedClassifier`."""

    @property
    def metrics(self) -> Any:
        """An `engine.Measures`."""

    @property
    def model_version(self) -> int:
        """Labelled events learned from."""

    @property
    def kept_share(self) -> float:
        """Copies learned per labelled event."""


class RunnerStatusLike(StatusLike, Protocol):
    """What is read of a `serve.Status` beside its health."""

    records: int
    ignored: int
    dead_letters: dict[str, int]
    scores: int
    resent: int
    buffered: int
    started_over: int
    merged_late: int
    checkpoints: int
    commits_untold: int
    waits: int


class DegradedLike(Protocol):
    """What is read of a `serve.Degraded`; replaced, never changed in place."""

    reasons: dict[str, str]
    entered: tuple[str, ...]


class EngineCollector:
    """A collector for a registry of its own (prometheus_client's `Collector` protocol).

    Cost: per scrape one walk over the counters and one sort of the average-precision window; nothing per
    event. Each number is right by itself; numbers of one scrape may be some events apart.
    """

    def __init__(
        self,
        engine: EngineLike,
        status: RunnerStatusLike,
        degraded: DegradedLike,
        clock: Callable[[], float],
        *,
        idle_s: float,
        checkpoint_late_s: float,
    ) -> None:
        self._engine = engine
        self._status = status
        self._degraded = degraded
        self._clock = clock
        self._started = clock()
        self._idle_s = idle_s
        self._checkpoint_late_s = checkpoint_late_s

    def collect(self) -> Iterator[Metric]:
        """All metrics of now."""
        yield from self._counted()
        yield from self._measured()
        yield from self._health()

    def _counted(self) -> Iterator[Metric]:
        counters = dict(self._engine.counters)
        status = self._status
        yield _counter("events", "Events given to the engine.", counters.get("events", 0))
        yield _counter("scored", "Events answered with a score.", counters.get("scored", 0))
        yield _counter(
            "labels",
            "Labels, but those that could not be read: these are in streamimb_rejected_total.",
            counters.get("labels", 0),
        )
        yield _labelled(
            "label_outcomes",
            "Labels by what became of them; with streamimb_held and streamimb_waiting the same in all.",
            "outcome",
            {name: counters.get(name, 0) for name in OUTCOMES},
        )
        yield _labelled("rejected", "Records rejected, by reason.", "reason", dict(status.dead_letters))
        flat = {name: value for name, value in counters.items() if isinstance(value, int)}
        told = {"events", "scored", "labels", "pending", "held", "waiting", "finished", *OUTCOMES}
        yield _labelled(
            "engine",
            "Everything else the engine counts.",
            "what",
            {k: v for k, v in flat.items() if k not in told},
        )
        yield _labelled(
            "guard",
            "What the guard found in the features of events, by code and field of the schema.",
            "reason",
            dict(self._engine.model.counts),
        )
        for name in ("pending", "held", "waiting", "finished"):
            if name in flat:
                yield _gauge(f"{name}", _ROWS[name], flat[name])
        yield _counter("records", "Records handled.", status.records)
        yield _counter("records_ignored", "Empty records.", status.ignored)
        yield _counter("scores_sent", "Scores sent.", status.scores)
        yield _counter("outputs_resent", "Outputs sent again after a flush failed.", status.resent)
        yield _counter("merged_late", "Records that came later than the merge waits.", status.merged_late)
        yield _counter(
            "inputs_started_over",
            "Inputs read from their start after they were replaced.",
            status.started_over,
        )
        yield _counter("checkpoints", "Checkpoints committed.", status.checkpoints)
        yield _counter("positions_untold", "Positions a source could not be told of.", status.commits_untold)
        yield _gauge("buffered", "Records read and not yet handled.", status.buffered)

    def _measured(self) -> Iterator[Metric]:
        engine = self._engine
        report = engine.metrics.served.get()
        yield _gauge("model_version", "Labelled events learned from.", engine.model_version)
        yield _gauge("share_learned", "Copies learned per labelled event, decayed.", engine.kept_share)
        yield _gauge("measured", "Labelled events behind the metrics, decayed.", report.n)
        yield _gauge("log_loss", "Log loss of what was served, nats.", report.log_loss)
        yield _gauge("normalized_entropy", "Log loss over that of the base rate.", report.normalized_entropy)
        yield _gauge("average_precision", "Average precision over the window.", report.average_precision)
        yield _interval("base_rate", "Share of positives.", {"": report.base_rate})
        yield _interval(
            "calibration_ratio",
            "Predicted over observed, by stage; 1 is right.",
            {"raw": report.raw, "corrected": report.corrected, "calibrated": report.calibrated},
        )
        yield _interval(
            "calibration_ratio_recent",
            "Predicted over observed, calibrated, with weights that halve every 50 positives.",
            {"": report.recent},
        )
        measures = engine.metrics
        delays = GaugeMetricFamily("streamimb_label_delay_seconds", "Median delay of labels.", labels=["y"])
        delays.add_metric(["true"], measures.delay_positive.get())
        delays.add_metric(["false"], measures.delay_negative.get())
        yield delays
        yield _gauge(
            "label_delays_differ",
            "1 where the classes' median delays differ twofold.",
            measures.delay_ratio_warning,
        )
        yield _gauge(
            "measured_share",
            "Share of remembered events that were measured.",
            measures.served.measured_share(),
        )
        yield _gauge(
            "late_share", "Share of positives that came after their window.", measures.late_share.get()
        )

    def _health(self) -> Iterator[Metric]:
        status, now = self._status, self._clock()
        away = dict(status.away)  # at once: the runner's thread may change it
        unready = unready_reason(status, now, self._started, self._checkpoint_late_s)
        yield _gauge("ready", "1 where records are handled and committed.", not unready)
        degraded = GaugeMetricFamily(
            "streamimb_degraded",
            "1 for each reason for which probabilities are doubtful now, 0 for one that has passed.",
            labels=["reason"],
        )
        reasons = self._degraded.reasons
        for code in sorted({*self._degraded.entered, *reasons}):
            degraded.add_metric([code], float(code in reasons))
        yield degraded
        state = stream_state(status, now, self._started, self._idle_s)
        states = GaugeMetricFamily(
            "streamimb_stream_state", "1 for the state the stream is in.", labels=["state"]
        )
        for name in STATES:
            states.add_metric([name], float(name == state))
        yield states
        yield _gauge("idle_seconds", "Since the last record.", idle_seconds(status, now, self._started))
        since = min(away.values(), default=now)
        yield _gauge("waiting_seconds", "How long something has been away.", max(0.0, now - since))
        yield _counter("waits", "Times something went away.", status.waits)
        unavailable = GaugeMetricFamily(
            "streamimb_unavailable", "1 for each input, output or state that is away.", labels=["part"]
        )
        for name in away:
            unavailable.add_metric([name], 1.0)
        yield unavailable
        age = math.nan if status.last_checkpoint is None else now - status.last_checkpoint
        yield _gauge("checkpoint_age_seconds", "Since the last checkpoint.", age)
        yield _gauge("uncommitted", "Records handled since the last checkpoint.", status.uncommitted)


_ROWS = {
    "pending": "Events that wait for their label.",
    "held": "Labels that wait for their event.",
    "waiting": "Labels that wait for their window to close.",
    "finished": "Events that are over and remembered.",
}


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"streamimb_{name}", text, value=float(value))


def _counter(name: str, text: str, value: float) -> Metric:
    return CounterMetricFamily(f"streamimb_{name}", text, value=float(value))


def _labelled(name: str, text: str, label: str, values: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(f"streamimb_{name}", text, labels=[label])
    shown = sorted(values.items())
    for key, value in shown[:MOST_LABEL_VALUES]:
        family.add_metric([key], float(value))
    if len(shown) > MOST_LABEL_VALUES:
        family.add_metric(["other"], float(sum(value for _, value in shown[MOST_LABEL_VALUES:])))
    return family


def _interval(name: str, text: str, values: Mapping[str, Any]) -> Metric:
    labels = ["bound"] if "" in values else ["stage", "bound"]
    family = GaugeMetricFamily(f"streamimb_{name}", f"{text} With its 95 % interval.", labels=labels)
    for stage, interval in values.items():
        for bound, value in zip(("value", "low", "high"), interval, strict=True):
            family.add_metric([bound] if stage == "" else [stage, bound], float(value))
    return family
