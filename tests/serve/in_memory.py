"""A runner over 400 events and their labels, everything in memory, with parts that can be away."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from streamimb.connections import Record, Unavailable
from streamimb.serve import (
    Backoff,
    Decoder,
    EventDecoder,
    FieldMapping,
    LabelDecoder,
    MemorySink,
    MemorySource,
    MemoryStore,
    Runner,
)
from tests.serve.crash import Crash, CrashingDecoder, CrashingEngine, CrashingSink, CrashingStore, no_crash
from tests.serve.fake_engine import FakeEngine
from tests.serve.records import T0, Clock, event, record

N = 400


EVENTS = [record(event(f"e{i}", T0 + i, amount=i % 7), offset=i, t=T0 + i) for i in range(N)]


LABELS = [
    record({"id": f"e{i}", "time": T0 + i + 30.5, "label": i % 10 == 0}, offset=i, t=T0 + i + 30.5)
    for i in range(N)
]


DECODERS: dict[str, Decoder] = {
    "events": EventDecoder(FieldMapping()),
    "labels": LabelDecoder(FieldMapping()),
}


class Live(MemorySource):
    """A source that may always bring more, and is away at chosen calls."""

    def __init__(self, name: str, partitions: Any, poll_n: int = 50, away: Sequence[int] = ()) -> None:
        super().__init__(name, partitions, poll_n)
        self.ends = True
        self.polls = 0
        self.opens = 0
        self.away = set(away)  # numbers of polls
        self.away_at_open = 0
        self.timeouts: list[float] = []

    def open(self, positions: Mapping[int, int], identity: bytes = b"") -> Mapping[int, int]:
        self.opens += 1
        if self.opens <= self.away_at_open:
            raise Unavailable("broker away")
        return super().open(positions, identity)

    def poll(self, timeout_s: float) -> Sequence[Record]:
        self.polls += 1
        self.timeouts.append(timeout_s)
        if self.polls in self.away:
            raise Unavailable("broker away")
        return super().poll(timeout_s)

    def waiting(self) -> Sequence[int]:
        return super().waiting() if self.ends else list(self.partitions)


class Flaky(MemorySink):
    """A sink that loses what was not flushed whenever it is away, at chosen calls of send and flush."""

    def __init__(self, sends: Sequence[int] = (), flushes: Sequence[int] = ()) -> None:
        super().__init__()
        self.away = {"send": set(sends), "flush": set(flushes)}
        self.calls = {"send": 0, "flush": 0}

    def _call(self, what: str) -> None:
        self.calls[what] += 1
        if self.calls[what] in self.away[what]:
            self._sent.clear()
            raise Unavailable("broker away")

    def send(self, key: bytes, value: bytes) -> None:
        self._call("send")
        super().send(key, value)

    def flush(self) -> None:
        self._call("flush")
        super().flush()


class FullStore(MemoryStore):
    """A store whose disk is full at chosen commits."""

    def __init__(self, away: Sequence[int]) -> None:
        super().__init__()
        self.attempts = 0
        self.away = set(away)

    def commit(self, snapshot: bytes, positions: Any, changes: Any, identities: Any = None) -> None:
        self.attempts += 1
        if self.attempts in self.away:
            raise Unavailable("database or disk is full")
        super().commit(snapshot, positions, changes, identities or {})


class Service:
    """A runner over EVENTS and LABELS with everything in memory, and all of it at hand."""

    def __init__(self, store: MemoryStore | None = None, crash: Crash = no_crash, **options: Any) -> None:
        self.clock = Clock()
        self.on_sleep: Callable[[], object] = int
        self.on_tick: Callable[[], object] = int
        self.store = store or MemoryStore()
        loaded = self.store.load()
        self.engine = FakeEngine.restore(loaded[0], loaded[2]) if loaded else FakeEngine()
        self.scores = options.pop("scores", None) or MemorySink()
        self.dead_letters = options.pop("dead_letters", None) or MemorySink()
        self.alarms = options.pop("alarms", None) or MemorySink()
        self.sources = options.pop("sources", None) or [
            MemorySource("events", {0: EVENTS}, 50),
            MemorySource("labels", {0: LABELS}, 30),
        ]
        options = {
            "identities": loaded.identities if loaded else {},
            "merge_wait_s": None,
            "checkpoint_events": 100,
            "checkpoint_s": 1e9,
            "batch_n": 40,
            "clock": self.clock,
            "sleep": self.sleep,
            "tick": lambda: self.on_tick(),
            "backoff": lambda: Backoff(seed=1),
            **options,
        }
        decoders = options.pop("decoders", DECODERS)
        self.runner = Runner(
            CrashingEngine(self.engine, crash),
            self.sources,
            {name: CrashingDecoder(decoder, crash) for name, decoder in decoders.items()},
            CrashingSink(self.scores, crash),
            self.dead_letters,
            CrashingStore(self.store, crash),
            loaded[1] if loaded else {},
            alarms=self.alarms,
            **options,
        )
        self.status = self.runner.status

    def sleep(self, wait_s: float) -> None:
        self.clock.sleep(wait_s)
        self.on_sleep()

    @property
    def state(self) -> Any:
        return self.store.load()

    def written(self) -> list[tuple[bytes, bytes]]:
        return [*self.scores.written]
