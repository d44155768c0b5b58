"""A runner over inputs that are behind their ends, and over a stream that pauses."""

import pytest

from streamimb.engine import Engine, PositivesReported
from streamimb.linear_model import LogisticRegression
from streamimb.serve import MemorySource
from tests.serve.in_memory import EVENTS, LABELS, Live, N, Service
from tests.serve.records import T0, event, record


def engine_of(service: Service, window_s: float) -> Engine:
    """A real engine in the place of the fake one."""
    engine = Engine(LogisticRegression(), PositivesReported(window_s))
    service.runner._engine = engine
    service.runner._quiet._engine = engine
    return engine


@pytest.mark.parametrize("order", [("events", "labels"), ("labels", "events")])
def test_inputs_that_are_behind_are_merged_in_run_as_in_replay(uninterrupted, order):
    sources = {"events": Live("events", {0: EVENTS}, 50), "labels": Live("labels", {0: LABELS}, 400)}
    service = Service(sources=[sources[name] for name in order], merge_wait_s=30.0)
    service.runner.run()
    assert service.engine.learned == N
    assert service.status.merged_late == 0
    assert service.state[0] == uninterrupted.state[0]


def test_a_time_far_ahead_in_one_backlog_holds_only_what_is_behind_it_in_its_own_input():
    # What a source does not settle by itself (the last record of all, say) must not stop the other inputs.
    events = [*EVENTS[:50], record(event("wrong", T0 + 1e8), 50, T0 + 1e8), *[
        record(event(f"l{i}", T0 + 50 + i), 51 + i, T0 + 50 + i) for i in range(50)
    ]]  # fmt: skip
    sources = [Live("events", {0: events}), Live("labels", {0: LABELS})]
    service = Service(sources=sources, merge_wait_s=30.0)
    service.runner.run()
    assert service.status.records == 101 + N
    assert service.clock.slept == []


class Pausing(Live):
    """All is there at once, then nothing comes for as long as the test likes."""

    def __init__(self, name: str, records, pauses: bool = True) -> None:
        super().__init__(name, {0: records})
        self.ends = not pauses


def test_windows_close_while_events_pause_where_only_positives_are_reported():
    service = Service(sources=[Pausing("events", EVENTS[:100])], merge_wait_s=30.0, poll_s=10.0)
    engine = engine_of(service, window_s=500.0)
    matured: list[int] = []
    commits: list[int] = []

    def on_tick() -> None:
        matured.append(engine.counters["matured"])
        commits.append(service.store.commits)
        if service.clock.now > 100.0 + 700.0:
            service.runner.stop()

    service.runner.checkpoint_s = 60.0
    service.on_tick = on_tick
    assert service.runner.run() == "stopped"
    assert matured[1] == 0
    assert engine.counters["matured"] == 100
    assert engine.time >= T0 + 99 + 650.0
    # What was learned in the pause is committed in it, and not again and again afterwards.
    assert commits[-1] > commits[2]
    assert service.store.commits < 10


def run_until(service: Service, t: float) -> None:
    """Runs the service, and stops it once its clock is past t."""

    def stop() -> None:
        if service.clock.now > t:
            service.runner.stop()

    service.on_tick = stop
    service.runner.run()


def test_fault_34_a_silence_is_one_alarm_and_none_in_replay():
    for wait_s, alarms in ((30.0, 1), (None, 0)):
        source = Pausing("events", EVENTS[:100])
        service = Service(sources=[source], merge_wait_s=wait_s, silence_s=300.0, poll_s=10.0)
        run_until(service, 1500.0)
        assert sum(b"silence" in value for _, value in service.alarms.written) == alarms


def test_time_stands_still_in_replay_and_while_an_input_is_away():
    replayed = Service(sources=[Pausing("events", EVENTS[:100])], merge_wait_s=None)
    engine = engine_of(replayed, window_s=50.0)
    run_until(replayed, 1000.0)
    assert engine.time == T0 + 60  # two thirds of the last 60 events are not before it

    labels = Live("labels", {0: []}, away=range(2, 10_000))
    labels.ends = False
    cut = Service(sources=[Pausing("events", EVENTS[:100]), labels], merge_wait_s=30.0)
    engine = engine_of(cut, window_s=50.0)
    run_until(cut, 1000.0)
    assert engine.time < T0 + 99 + 20.0  # as far as it came before the outage was noticed


def test_labels_rejected_and_empty_records_move_time_in_their_order():
    label = {"id": "e0", "time": T0 + 100.0, "label": 1}
    kinds = [(label, T0 + 100.0), (b"torn", T0 + 200.0), (b"", T0 + 300.0)]
    others = [record(value, 60 * k + i, t) for k, (value, t) in enumerate(kinds) for i in range(60)]
    times = []
    for n in range(4):
        sources = [MemorySource("events", {0: EVENTS[:10]}), MemorySource("labels", {0: others[: 60 * n]})]
        service = Service(sources=sources)
        engine = engine_of(service, window_s=150.0)
        service.runner.run()
        times.append((engine.time, engine.counters["matured"]))
    assert times == [(T0 + 3.0, 0), (T0 + 100.0, 0), (T0 + 200.0, 10), (T0 + 300.0, 10)]


def test_no_record_but_an_event_begins_time():
    service = Service(sources=[MemorySource("events", {0: [record(b"torn", 0, 0.0), *EVENTS[:3]]})])
    engine = engine_of(service, window_s=150.0)
    service.runner.run()
    assert engine.time == EVENTS[1].t
    assert engine.counters["future_event"] == 0
