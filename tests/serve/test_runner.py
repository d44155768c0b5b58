import json
import math
from collections.abc import Mapping, Sequence

import pytest

from streamimb.connections import Record
from streamimb.engine import BothReported, Engine
from streamimb.events import Event, Rejection, Score
from streamimb.linear_model import LogisticRegression
from streamimb.serve import (
    MemorySink,
    MemorySource,
    MemoryStore,
    Runner,
)
from tests.serve.fake_engine import FakeEngine
from tests.serve.in_memory import DECODERS, EVENTS, LABELS, FullStore, Live, N, Service
from tests.serve.records import T0, event, record


def test_every_record_goes_its_way(uninterrupted):
    service, status = uninterrupted, uninterrupted.status
    assert [key for key, _ in service.scores.written] == [f"e{i}".encode() for i in range(N)]
    first = json.loads(service.scores.written[0][1])
    assert first["id"] == "e0"
    assert set(first) == set(Score.__struct_fields__)
    assert service.dead_letters.written == []
    assert (status.records, status.events, status.labels, status.scores) == (2 * N, N, N, N)
    assert (status.buffered, status.uncommitted, status.merged_late) == (0, 0, 0)
    assert not status.open
    assert service.engine.learned == N
    assert service.state == (service.engine.snapshot(), {"events": {0: N}, "labels": {0: N}}, {}, {})
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
    assert service.engine.rejections == [
        Rejection("decode")
    ]  # the event with the bad label is no rejected event
    assert [json.loads(value)["id"] for _, value in service.scores.written] == ["a", "good"]
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


def test_fault_41_a_label_of_an_event_the_decoder_rejected_is_not_learned():
    engine = Engine(LogisticRegression(), BothReported())
    events = [record(event("b", amount=1.0)), record({"id": "a", "time": T0 * 1e3, "amount": 1.0}, offset=1)]
    labels = [record({"id": name, "time": T0 + 9, "label": 1}, i, T0 + 9) for i, name in enumerate("ab")]
    sources = [MemorySource("events", {0: events}), MemorySource("labels", {0: labels})]
    Runner(engine, sources, DECODERS, MemorySink(), MemorySink(), MemoryStore(), {}, merge_wait_s=None).run()
    counters = engine.counters
    assert counters["rejected"] == {"ts_unit": 1}
    assert (counters["label_of_rejected"], counters["joined"], counters["learned"]) == (1, 1, 1)


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


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (
            {"sources": [MemorySource("a", {}), MemorySource("a", {})], "decoders": {"a": None}},
            "'a' occurs twice",
        ),
        ({"decoders": {"events": None}}, "source 'labels' has none"),
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


class Latest(MemorySource):
    """Starts at the end of what was there when it was first opened."""

    def open(self, positions: Mapping[int, int], identity: bytes = b"") -> Mapping[int, int]:
        begun = {p: len(list(records)) for p, records in self.partitions.items() if p not in positions}
        super().open({**begun, **positions})
        return begun


def test_where_a_partition_began_is_kept_before_anything_is_read() -> None:
    """Also of a partition without a record until the restart: what comes meanwhile is not missed or too much."""
    store = MemoryStore()
    service = Service(store, sources=[Latest("events", {0: EVENTS[:10], 1: []})])
    service.runner.run()
    assert service.state[1] == {"events": {0: 10, 1: 0}}
    assert (store.commits, service.written()) == (1, [])
    again = Service(store, sources=[Latest("events", {0: EVENTS[:12], 1: []})])
    again.runner.run()
    assert [key for key, _ in again.written()] == [b"e10", b"e11"]


def test_a_store_that_is_away_at_the_start_is_waited_for() -> None:
    store = FullStore(away=[1, 2])
    service = Service(store, sources=[Latest("events", {0: EVENTS[:10]})])
    service.runner.run()
    assert (store.attempts, service.state[1]) == (3, {"events": {0: 10}})
