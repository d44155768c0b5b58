import json
import logging
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from streamimb.events import Event, Rejection, Score
from streamimb.protocols import Record, Unavailable
from streamimb.serve import (
    Backoff,
    EventDecoder,
    FieldMapping,
    LabelDecoder,
    MemorySink,
    MemorySource,
    MemoryStore,
    Runner,
    Status,
)
from tests.serve.fake_engine import FakeEngine
from tests.serve.records import T0, Clock, event, record

N = 400
EVENTS = [record(event(f"e{i}", T0 + i, amount=i % 7), offset=i, t=T0 + i) for i in range(N)]
LABELS = [
    record({"id": f"e{i}", "time": T0 + i + 30.5, "label": i % 10 == 0}, offset=i, t=T0 + i + 30.5)
    for i in range(N)
]
DECODERS = {"events": EventDecoder(FieldMapping()), "labels": LabelDecoder(FieldMapping())}


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

    def open(self, positions: Mapping[int, int]) -> None:
        self.opens += 1
        if self.opens <= self.away_at_open:
            raise Unavailable("broker away")
        super().open(positions)

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

    def commit(self, snapshot: bytes, positions: Any, changes: Any) -> None:
        self.attempts += 1
        if self.attempts in self.away:
            raise Unavailable("database or disk is full")
        super().commit(snapshot, positions, changes)


class Service:
    """A runner over EVENTS and LABELS with everything in memory, and all of it at hand."""

    def __init__(self, store: MemoryStore | None = None, **options: Any) -> None:
        self.clock = Clock()
        self.on_sleep: Callable[[], object] = int
        self.on_tick: Callable[[], object] = int
        self.store = store or MemoryStore()
        loaded = self.store.load()
        self.engine = FakeEngine.restore(loaded[0], loaded[2]) if loaded else FakeEngine()
        self.scores = options.pop("scores", None) or MemorySink()
        self.dead_letters = options.pop("dead_letters", None) or MemorySink()
        self.sources = options.pop("sources", None) or [
            MemorySource("events", {0: EVENTS}, 50),
            MemorySource("labels", {0: LABELS}, 30),
        ]
        options = {
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
        self.runner = Runner(
            self.engine,
            self.sources,
            options.pop("decoders", DECODERS),
            self.scores,
            self.dead_letters,
            self.store,
            loaded[1] if loaded else {},
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


@pytest.fixture(scope="module")
def uninterrupted() -> Service:
    service = Service()
    assert service.runner.run() == "ended"
    return service


def test_every_record_goes_its_way(uninterrupted):
    service, status = uninterrupted, uninterrupted.status
    assert [key for key, _ in service.scores.written] == [f"e{i}".encode() for i in range(N)]
    first = json.loads(service.scores.written[0][1])
    assert first["id"] == "e0"
    assert set(first) == set(Score.__struct_fields__)
    assert service.dead_letters.written == []
    assert (status.records, status.events, status.labels, status.scores) == (2 * N, N, N, N)
    assert (status.buffered, status.uncommitted, status.merged_late) == (0, 0, 0)
    assert status.last_record_t == LABELS[-1].t
    assert not status.open
    assert service.engine.learned == N
    assert service.state == (service.engine.snapshot(), {"events": {0: N}, "labels": {0: N}}, {})
    assert [source.committed for source in service.sources] == [{0: N}, {0: N}]
    assert all(source.closed for source in service.sources)
    assert service.scores.closed
    assert service.dead_letters.closed
    assert service.store.commits == status.checkpoints == 2 * N / 100


def test_rejected_records_become_dead_letters_by_their_place():
    secret = "4111111111111111"
    bad = [
        Record(3, 7, T0, None, f"hello {secret}".encode()),
        Record(3, 8, T0, None, b""),
        Record(3, 9, T0, None, json.dumps({"id": "a", "label": secret}).encode()),
        Record(3, 12, T0, None, json.dumps(event("good")).encode()),
    ]
    service = Service(sources=[MemorySource("events", {3: bad})])
    service.runner.run()
    assert [key for key, _ in service.dead_letters.written] == [b"events/3/7", b"events/3/9"]
    letters = [json.loads(value) for _, value in service.dead_letters.written]
    assert letters[0] == {
        "reason": "decode",
        "input": "events",
        "partition": 3,
        "offset": 7,
        "t": T0,
        "field": "",
        "id": "",
        "v": 1,
    }
    assert (letters[1]["reason"], letters[1]["field"], letters[1]["id"]) == ("label_value", "label", "a")
    assert secret not in repr(service.dead_letters.written)
    assert service.status.dead_letters == {"decode": 1, "label_value": 1}
    assert service.status.ignored == 1
    assert service.status.records == 4
    assert service.state[1] == {"events": {3: 13}}


def test_fault_9_a_poison_message_is_rejected_once_and_the_position_moves_on():
    service = Service()
    service.engine.poison = "e17"
    service.runner.run()
    assert service.status.dead_letters == {"poison": 1, "orphaned": 1}
    assert [key for key, _ in service.dead_letters.written] == [b"events/0/17", b"labels/0/17"]
    assert len(service.scores.written) == N - 1
    assert service.state[1] == {"events": {0: N}, "labels": {0: N}}


class Stop(Exception):
    """Stands for a crash."""


@pytest.mark.parametrize("point", ["decode", "score", "send", "flush", "commit_inside", "commit_after"])
@pytest.mark.parametrize("nth", [1, 3, 7])
def test_a_restart_is_as_if_nothing_had_happened(uninterrupted, point, nth):
    calls = 0
    store = MemoryStore()

    def crash(name: str) -> None:
        nonlocal calls
        calls += name == point
        if name == point and calls == nth * (
            1 if point in ("flush", "commit_inside", "commit_after") else 31
        ):
            raise Stop

    first = Service(store, crash=crash)
    with pytest.raises(Stop):
        first.runner.run()
    assert all(source.closed for source in first.sources)
    committed = first.state[1] if first.state else {}
    second = Service(store)
    second.runner.run()
    assert second.state == uninterrupted.state
    # everything of the first run that the second did not repeat was before its last commit, and equal
    before = committed.get("events", {}).get(0, 0)
    assert second.written() == uninterrupted.written()[before:]
    assert first.written() == uninterrupted.written()[: len(first.written())]
    assert len(first.written()) >= before
    assert len(first.written()) - before <= 100


def test_the_state_does_not_depend_on_how_records_are_batched(uninterrupted):
    for options in (
        {"batch_n": 1, "checkpoint_events": 7},
        {"batch_n": 1000, "checkpoint_events": 10_000, "buffer_n": 1},
        {"sources": [Live("events", {0: EVENTS}, 400), Live("labels", {0: LABELS}, 3)]},
    ):
        service = Service(**options)
        service.runner.run()
        assert service.state == uninterrupted.state
        assert service.written() == uninterrupted.written()


def test_a_checkpoint_is_due_by_time_too():
    service = Service(checkpoint_events=10**9, checkpoint_s=10.0)
    service.on_tick = lambda: service.clock.sleep(4.0)
    service.runner.run()
    assert 2 <= service.status.checkpoints < 2 * N / 40
    assert service.state[1] == {"events": {0: N}, "labels": {0: N}}


def test_no_records_no_checkpoint():
    service = Service(sources=[MemorySource("events", {0: []})])
    assert service.runner.run() == "ended"
    assert service.state is None


@pytest.mark.parametrize(
    "away",
    [{"sends": [45]}, {"flushes": [1]}, {"flushes": [2, 3, 4]}, {"sends": [45, 70], "flushes": [3]}],
)
def test_an_output_that_is_away_is_waited_for_and_nothing_is_lost(uninterrupted, away, caplog):
    scores = Flaky(**away)
    seen: list[dict[str, float]] = []
    service = Service(scores=scores)
    service.on_sleep = lambda: seen.append(service.status.away)
    with caplog.at_level(logging.WARNING):
        service.runner.run()
    assert scores.written == uninterrupted.written()  # in order, none twice: the sink forgot what it had
    assert service.state == uninterrupted.state
    assert service.status.resent > 0
    assert all(list(names) == ["sink.scores"] for names in seen)
    assert bool(seen) == ("flushes" in away)
    assert service.status.away == {}
    assert [r for r in caplog.messages if "sink.scores is away" in r] != [] or not seen
    assert sum("away" in r for r in caplog.messages) == service.status.waits  # once an outage


def test_an_input_that_is_away_is_waited_for_and_nothing_is_lost(uninterrupted):
    sources = [Live("events", {0: EVENTS}, 50, away=[1, 2, 5]), Live("labels", {0: LABELS}, 50, away=[3])]
    sources[0].away_at_open = 3
    waited: list[tuple[bool, float | None]] = []
    service = Service(sources=sources)
    status = service.status
    service.on_sleep = lambda: waited.append((status.ready, status.waiting_since))
    service.runner.run()
    assert service.state == uninterrupted.state
    assert sources[0].opens == 4
    assert status.waits == 4  # at open, and three outages while running
    assert (False, 100.0) in waited


def test_the_other_inputs_go_on_while_one_is_away():
    labels = Live("labels", {0: LABELS}, 50, away=range(10_000))
    labels.ends = False
    service = Service(sources=[Live("events", {0: EVENTS}), labels], merge_wait_s=0.0)

    def tick() -> None:
        if service.status.events == N and len(service.clock.slept) > 200:
            service.runner.stop()

    service.on_tick = tick
    assert service.runner.run() == "stopped"
    assert service.status.scores == N
    assert list(service.status.away) == ["source.labels"]
    assert labels.polls < 25  # 200 sleeps of 50 ms are 10 s, with waits up to 5 s between


def test_fault_58_a_full_disk_is_waited_for_while_scoring_goes_on(uninterrupted):
    store = FullStore(away=[2, 3, 4])
    ready: list[bool] = []
    service = Service(store)

    def tick() -> None:
        ready.append(service.status.ready)
        service.clock.sleep(0.1)

    service.on_tick = tick
    service.runner.run()
    assert service.state == uninterrupted.state
    assert service.written() == uninterrupted.written()
    assert False in ready
    assert ready[-1]
    assert service.status.waits == 1
    assert store.commits < 8


def test_a_store_away_for_too_many_changes_stops_the_rest(uninterrupted):
    store = FullStore(away=[1, 2, 3, 4, 5])
    most: list[int] = []
    service = Service(store, uncommitted_n=10)
    service.on_tick = lambda: most.append(service.status.uncommitted)
    service.runner.run()
    assert service.state == uninterrupted.state
    assert max(most) <= 100
    assert store.attempts == 5 + service.status.checkpoints


def test_fault_71_stop_drains_and_commits():
    service = Service(checkpoint_events=10**9)

    def on_tick() -> None:
        if service.status.records >= 120:
            service.runner.stop()

    service.on_tick = on_tick
    assert service.runner.run() == "stopped"
    handled = service.status.records
    assert 120 <= handled < 200
    state = service.state
    assert sum(state[1][name][0] for name in ("events", "labels")) == handled
    assert len(service.scores.written) == service.status.events == state[1]["events"][0]
    assert all(source.closed for source in service.sources)


def test_fault_71_stop_gives_up_on_an_output_that_stays_away():
    scores = Flaky(flushes=range(3, 100_000))
    service = Service(scores=scores, grace_s=10.0)

    def on_sleep() -> None:
        if service.clock.now > 150:
            service.runner.stop()

    service.on_sleep = on_sleep
    with pytest.raises(Unavailable, match=r"sink\.scores was away for grace_s=10\.0"):
        service.runner.run()
    assert 160 <= service.clock.now < 167
    committed = service.state[1]["events"][0] if service.state else 0
    assert committed <= len(scores.written)
    again = Service(service.store)
    again.runner.run()
    assert {key for key, _ in scores.written + again.scores.written} == {f"e{i}".encode() for i in range(N)}


def test_stop_while_opening_returns_at_once():
    source = Live("events", {0: EVENTS})
    source.away_at_open = 10**9
    service = Service(sources=[source])
    service.on_sleep = service.runner.stop
    assert service.runner.run() == "stopped"
    assert service.state is None


def test_a_full_buffer_is_not_filled_further():
    events = Live("events", {0: EVENTS}, 50)
    labels = Live("labels", {0: LABELS}, 50)
    most: list[int] = []
    service = Service(sources=[events, labels], buffer_n=100)
    service.on_tick = lambda: most.append(service.status.buffered)
    service.runner.run()
    assert service.status.records == 2 * N
    assert max(most) <= 2 * 149


def test_one_partition_waits_for_another_of_the_same_source(uninterrupted):
    # the first partition fills the buffer before the second brings anything: no deadlock
    late = [Record(1, i, T0 + i, None, record(event(f"f{i}", T0 + i)).value) for i in range(3)]

    class Skewed(Live):
        def poll(self, timeout_s: float) -> Sequence[Record]:
            self.polls += 1
            if self.polls <= 4:
                return EVENTS[(self.polls - 1) * 50 : self.polls * 50]
            return late if self.polls == 5 else []

        def waiting(self) -> Sequence[int]:
            return [0, 1] if self.polls <= 4 else []

    source = Skewed("events", {0: [], 1: []})
    service = Service(sources=[source], buffer_n=10)
    service.runner.run()
    assert service.status.records == 203


def test_an_idle_round_waits_no_longer_than_poll_s():
    source = Live("events", {0: EVENTS[:5]})
    source.ends = False
    service = Service(sources=[source], poll_s=0.25, merge_wait_s=0.0)
    service.on_tick = lambda: service.runner.stop() if len(source.timeouts) == 6 else None
    service.runner.run()
    assert source.timeouts[:2] == [0.0, 0.0]
    assert source.timeouts[2:] == [0.25] * 4
    assert sum(service.clock.slept) == pytest.approx(0.25 * 5)


def test_fault_31_a_clock_that_jumps_changes_nothing_but_when_checkpoints_are(uninterrupted):
    jumps = iter([1e6, -2e6, 0.0, 5.0, -1.0] * 10_000)
    service = Service(clock=lambda: 1e7 + next(jumps), sleep=lambda wait_s: None, checkpoint_s=5.0)
    service.runner.run()
    assert service.state[0] == uninterrupted.state[0]
    assert service.written() == uninterrupted.written()


def test_positions_committed_before_processing_lose_records(uninterrupted):
    # A service that commits where it will be, then dies before it is there: the comparison above can tell.
    store = MemoryStore()
    store.commit(FakeEngine().snapshot(), {"events": {0: 40}, "labels": {0: 0}}, {})
    service = Service(store)
    service.runner.run()
    assert service.state != uninterrupted.state
    assert len(service.scores.written) == N - 40


def test_status_says_what_is_waited_for():
    status = Status()
    assert not status.ready
    status.open = True
    assert status.ready
    assert status.waiting_since is None
    status.wait("scores", 5.0)
    status.wait("scores", 6.0)
    status.wait("events", 7.0)
    assert (status.ready, status.waiting_since, status.waits) == (False, 5.0, 2)
    status.back("scores")
    status.back("scores")
    assert status.waiting_since == 7.0
    status.back("events")
    assert status.ready


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (
            {"sources": [MemorySource("a", {}), MemorySource("a", {})], "decoders": {"a": None}},
            "'a' occurs twice",
        ),
        ({"decoders": {"events": None}}, "none for source 'labels'"),
        ({"checkpoint_events": 0}, "checkpoint_events=0"),
        ({"checkpoint_s": -1.0}, "checkpoint_s=-1.0"),
        ({"checkpoint_s": math.nan}, "checkpoint_s=nan"),
        ({"batch_n": 0}, "batch_n=0"),
        ({"buffer_n": 0}, "buffer_n=0"),
        ({"merge_wait_s": -2.0}, "wait_s=-2.0"),
        ({"grace_s": -1.0}, "grace_s=-1.0"),
    ],
)
def test_a_wrong_argument_says_what_to_give(options, word):
    with pytest.raises(ValueError, match=word):
        Service(**options)


def test_no_sources_are_refused():
    with pytest.raises(ValueError, match="sources"):
        Runner(FakeEngine(), [], {}, MemorySink(), MemorySink(), MemoryStore(), {})


def test_an_engine_that_raises_is_not_swallowed_and_all_is_closed():
    class Broken(FakeEngine):
        def on_event(self, event: Event) -> Score | Rejection:
            raise RuntimeError("a bug")

    service = Service()
    service.runner._engine = Broken()
    with pytest.raises(RuntimeError, match="a bug"):
        service.runner.run()
    assert all(source.closed for source in service.sources)
    assert service.state is None
