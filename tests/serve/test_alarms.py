"""Alarms on their way out: in order, flushed before a commit, sent again after an outage, and in the log."""

import logging

import msgspec

from streamimb.events import AlarmRecord
from streamimb.serve import MemoryStore
from streamimb.serve.quiet import QuietTime
from tests.serve.fake_engine import FakeEngine
from tests.serve.in_memory import Flaky, N, Service
from tests.serve.records import Clock

ALL = list(range(1, N // 50 + 1))


def numbers(sink) -> list[int]:
    return [msgspec.json.decode(value, type=AlarmRecord).n for _, value in sink.written]


class Noting(MemoryStore):
    """Notes how many alarms were written at each commit, and how many had been raised."""

    def __init__(self) -> None:
        super().__init__()
        self.service: Service
        self.seen: list[tuple[int, int]] = []

    def commit(self, snapshot, positions, changes, identities=None) -> None:
        self.seen.append((len(self.service.alarms.written), self.service.engine.learned // 50))
        super().commit(snapshot, positions, changes, identities or {})


def test_alarms_are_written_in_order_before_the_commit_that_holds_them(caplog):
    store = Noting()
    store.service = service = Service(store)
    with caplog.at_level(logging.WARNING, "streamimb.alarms"):
        assert service.runner.run() == "ended"
    assert numbers(service.alarms) == ALL
    assert [key for key, _ in service.alarms.written] == [str(n).encode() for n in ALL]
    assert all(written == raised for written, raised in store.seen)
    assert service.status.alarms == len(ALL)
    assert caplog.messages == [f"alarm: fake: fifty (n {n}): Count on." for n in ALL]


def test_alarms_that_an_output_lost_are_sent_again(uninterrupted):
    alarms = Flaky(sends=[2, 5], flushes=[2, 3])
    service = Service(alarms=alarms)
    assert service.runner.run() == "ended"
    assert sorted(set(numbers(alarms))) == ALL
    assert service.state == uninterrupted.state
    assert "sink.alarms" in service.status.why


def test_an_alarm_of_a_pause_is_sent_too():
    service = Service()
    service.on_tick = lambda: service.engine._alarms.extend(
        [AlarmRecord(99, 0.0, "fake", "late", (), {}, "Now.")] if service.status.checkpoints == 3 else []
    )
    assert service.runner.run() == "ended"
    assert 99 in numbers(service.alarms)


def test_fault_34_a_pause_of_all_inputs_is_one_alarm(caplog):
    engine, clock = FakeEngine(), Clock()
    quiet = QuietTime(engine, clock, silence_s=300.0)
    for seconds, alarms in ((299.0, 0), (2.0, 1), (600.0, 1)):
        clock.sleep(seconds)
        quiet.go_on()
        assert len(engine._alarms) == alarms
    assert engine._alarms[0].evidence == {"seconds": 301.0}
    quiet.start()
    clock.sleep(301.0)
    quiet.go_on()
    assert len(engine._alarms) == 2
