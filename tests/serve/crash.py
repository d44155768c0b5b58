"""Named points at which a test lets the process die, as wrappers around the parts of a runner.

Must not know what a crash is: it calls a function with the name of the point.

Points, each just after the thing happened: `decode`, `score`, `send`, `flush`, `commit_inside` (the
transaction is open and has written something), `commit_after`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from streamimb.connections import Record, Saved, Sink, StateStore
from streamimb.events import Event, Label, Rejection, Score
from streamimb.serve.decode import Decoded, Decoder

Crash = Callable[[str], None]


def no_crash(point: str) -> None:
    """Passes every point."""


class CrashingDecoder:
    """Point `decode`."""

    def __init__(self, decoder: Decoder, crash: Crash) -> None:
        self.decoder = decoder
        self.crash = crash

    def decode(self, record: Record) -> Decoded:
        """As the decoder, then the point."""
        decoded = self.decoder.decode(record)
        self.crash("decode")
        return decoded


class CrashingEngine:
    """Point `score`."""

    def __init__(self, engine: Any, crash: Crash) -> None:
        self.engine = engine
        self.crash = crash

    def on_event(self, event: Event) -> Score | Rejection:
        """As the engine, then the point."""
        score: Score | Rejection = self.engine.on_event(event)
        self.crash("score")
        return score

    def on_label(self, label: Label) -> Rejection | None:
        """As the engine."""
        rejection: Rejection | None = self.engine.on_label(label)
        return rejection

    def on_rejection(self, rejection: Rejection) -> None:
        """As the engine."""
        self.engine.on_rejection(rejection)

    @property
    def time(self) -> float:
        """As the engine."""
        t: float = self.engine.time
        return t

    def on_time(self, t: float) -> None:
        """As the engine."""
        self.engine.on_time(t)

    def pass_time(self, seconds: float) -> None:
        """As the engine."""
        self.engine.pass_time(seconds)

    def on_silence(self, seconds: float) -> None:
        """As the engine."""
        self.engine.on_silence(seconds)

    def take_alarms(self) -> Any:
        """As the engine."""
        return self.engine.take_alarms()

    def snapshot(self) -> bytes:
        """As the engine."""
        snapshot: bytes = self.engine.snapshot()
        return snapshot

    def take_changes(self) -> Mapping[str, bytes | None]:
        """As the engine."""
        changes: Mapping[str, bytes | None] = self.engine.take_changes()
        return changes


class CrashingSink:
    """Points `send` and `flush`."""

    def __init__(self, sink: Sink, crash: Crash) -> None:
        self.sink = sink
        self.crash = crash

    def send(self, key: bytes, value: bytes) -> None:
        """As the sink, then the point."""
        self.sink.send(key, value)
        self.crash("send")

    def flush(self) -> None:
        """As the sink, then the point."""
        self.sink.flush()
        self.crash("flush")

    def close(self) -> None:
        """As the sink."""
        self.sink.close()


class CrashingStore:
    """Points `commit_inside` and `commit_after`."""

    def __init__(self, store: StateStore, crash: Crash) -> None:
        self.store = store
        self.crash = crash

    def load(self) -> Saved | None:
        """As the store."""
        return self.store.load()

    def commit(
        self,
        snapshot: bytes,
        positions: Mapping[str, Mapping[int, int]],
        changes: Mapping[str, bytes | None],
        identities: Mapping[str, bytes] = {},
    ) -> None:
        """As the store, with a point halfway through the changes, and one at the end."""
        self.store.commit(snapshot, positions, _CrashingRows(changes, self.crash), identities)
        self.crash("commit_after")

    def close(self) -> None:
        """As the store."""
        self.store.close()


class _CrashingRows(Mapping[str, bytes | None]):
    """Changes whose reading passes the point after the first half."""

    def __init__(self, rows: Mapping[str, bytes | None], crash: Crash) -> None:
        self.rows = rows
        self.crash = crash

    def __getitem__(self, key: str) -> bytes | None:
        return self.rows[key]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[str]:
        half = (len(self.rows) + 1) // 2
        for i, key in enumerate(self.rows, 1):
            yield key
            if i == half:
                self.crash("commit_inside")
