"""What time is taken for events that are far from engine time, ahead of it and behind."""

from __future__ import annotations

import pytest

from streamimb.engine import BothReported, Engine, Labels, PositivesReported
from streamimb.events import Label
from tests.engine.parts import balanced, engine_of, event, scored

FAR, NOW = 4e9, 1.7e9


def test_fault_29_an_event_from_the_future_is_clamped_and_time_stays() -> None:
    engine = engine_of(skew_s=100.0)
    engine.on_event(event("a", 1000.0))
    said = scored(engine.on_event(event("future", 5000.0)))
    assert said.t == 1000.0
    assert engine.time == 1000.0
    assert scored(engine.on_event(event("b", 1050.0))).t == 1050.0
    assert engine.time == 1050.0
    assert balanced(engine)["future_event"] == 1


def test_fault_29_after_a_gap_time_follows() -> None:
    engine = engine_of(skew_s=100.0, skew_n=3)
    engine.on_event(event("a", 1000.0))
    times = [scored(engine.on_event(event(f"g{i}", 9000.0 + i))).t for i in range(4)]
    assert times == [1000.0, 1000.0, 9002.0, 9003.0]
    assert engine.time == 9003.0
    counters = balanced(engine)
    assert (counters["future_event"], counters["clock_jump"]) == (2, 1)


def test_fault_29_time_follows_the_earliest_of_those_ahead() -> None:
    engine = engine_of(skew_s=100.0, skew_n=3)
    engine.on_event(event("a", 1000.0))
    times = [scored(engine.on_event(event(f"g{t}", t))).t for t in (9040.0, 9000.0, 9200.0)]
    assert times == [1000.0, 1000.0, 9000.0]  # the last is ahead of the earliest, too
    assert engine.time == 9000.0


def test_fault_29_one_event_in_order_starts_the_count_anew() -> None:
    engine = engine_of(skew_s=100.0, skew_n=2)
    engine.on_event(event("a", 1000.0))
    for i in range(6):
        engine.on_event(event(f"f{i}", 9000.0 if i % 2 == 0 else 1001.0 + i))
    assert engine.time < 1100.0
    assert balanced(engine)["clock_jump"] == 0


def one_far_ahead(labels: Labels | None = None, n: int = 30) -> Engine:
    """A first event in 2096, then others of now: the first one's label, and those of every fifth."""
    engine = engine_of(labels, skew_s=1000.0, stale_s=1000.0, skew_n=20, late_s=500.0, hold_s=500.0)
    engine.on_event(event("far", FAR))
    engine.on_label(Label("early", NOW, True))
    for i in range(n):
        engine.on_event(event(f"e{i}", NOW + i))
        if i % 5 == 0:
            engine.on_label(Label(f"e{i}", NOW + i, i % 10 == 0))
    return engine


def test_fault_29_a_first_event_far_ahead_is_not_believed_against_all_others() -> None:
    engine = one_far_ahead()
    assert engine.time == NOW + 29
    counters = balanced(engine)
    assert (counters["clock_back"], counters["stale_event"]) == (1, 19)
    assert scored(engine.on_event(event("next", NOW + 30))).reasons == ()
    engine.on_label(Label("next", NOW + 31, True))
    assert engine.counters["joined"] == counters["joined"] + 1


def test_fault_29_what_waited_for_the_far_time_waits_no_longer() -> None:
    engine = one_far_ahead(BothReported(ttl_s=100.0))
    counters = balanced(engine)
    assert (counters["held"], counters["finished"], counters["pending"]) == (1, 19 + 2, 10)
    engine.on_event(event("a", NOW + 119.5))
    assert balanced(engine)["expired"] == 2  # the first of now, and the far one: as of the time gone back to
    engine.on_event(event("b", NOW + 600.0))
    counters = balanced(engine)
    assert (counters["orphaned"], counters["held"], counters["finished"]) == (1, 0, 2 + 9)


def test_fault_29_the_far_event_matures_with_the_others() -> None:
    engine = one_far_ahead(PositivesReported(window_s=100.0))
    engine.on_event(event("a", NOW + 119.5))
    assert balanced(engine)["matured"] == 2
    engine.on_event(event("b", NOW + 300.0))
    assert balanced(engine)["pending"] == 1


def test_fault_29_time_goes_back_step_by_step_until_events_agree() -> None:
    engine = engine_of(skew_s=100.0, skew_n=3)
    for i, t in enumerate((FAR, FAR - 1e6, NOW, NOW + 1, NOW + 2, NOW + 3, NOW + 4)):
        engine.on_event(event(f"e{i}", t))
    assert engine.time == NOW + 4
    assert balanced(engine)["clock_back"] == 2


@pytest.mark.parametrize("second", [1_000_050.0, 999_950.0])
def test_fault_30_a_time_that_two_events_bear_out_never_goes_back(second: float) -> None:
    engine = engine_of(skew_s=100.0, stale_s=100.0, skew_n=3)
    engine.on_event(event("first", 1_000_000.0))
    engine.on_event(event("second", second))
    for i in range(10):
        assert scored(engine.on_event(event(f"old{i}", float(i)))).reasons == ("stale",)
    assert engine.time >= 1_000_000.0
    assert balanced(engine)["clock_back"] == 0


def test_fault_29_a_time_that_was_told_never_goes_back() -> None:
    engine = engine_of(skew_s=100.0, skew_n=3)
    engine.on_time(1_000_000.0)
    for i in range(10):
        engine.on_event(event(f"old{i}", float(i)))
    assert engine.time == 1_000_000.0


@pytest.mark.parametrize("cut", range(0, 30, 3))
@pytest.mark.parametrize("labels", [BothReported(ttl_s=100.0), PositivesReported(window_s=100.0)])
def test_fault_29_also_where_it_was_restarted_between(cut: int, labels: Labels) -> None:
    whole, engine = one_far_ahead(labels), one_far_ahead(labels, cut)
    rows = {key: row for key, row in engine.take_changes().items() if row is not None}
    again = engine_of(labels, skew_s=1000.0, stale_s=1000.0, skew_n=20, late_s=500.0, hold_s=500.0)
    again.restore(engine.snapshot(), rows)
    for i in range(cut, 30):
        again.on_event(event(f"e{i}", NOW + i))
        if i % 5 == 0:
            again.on_label(Label(f"e{i}", NOW + i, i % 10 == 0))
    for key, row in again.take_changes().items():
        if row is None:
            rows.pop(key)
        else:
            rows[key] = row
    assert again.snapshot() == whole.snapshot()
    assert rows == whole.take_changes()
