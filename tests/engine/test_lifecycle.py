from __future__ import annotations

import random

import pytest

from streamimb import CalibratedClassifier, SampledClassifier, linear_model
from streamimb.engine import BothReported, PositivesReported
from streamimb.events import Event, Label, Score
from streamimb.stats import ClassPrior
from tests.engine.parts import balanced, engine_of, event, feed, messy, until, warm

WINDOW = PositivesReported(window_s=100.0)


def test_fault_35_a_label_before_its_event_is_held_and_joined() -> None:
    engine = engine_of(hold_s=50.0)
    engine.on_event(event("z", 100.0))
    engine.on_label(Label("a", 100.0, True))
    assert balanced(engine)["held"] == 1
    engine.on_event(event("a", 149.0))
    counters = balanced(engine)
    assert (counters["early_joined"], counters["held"], counters["learned"]) == (1, 0, 1)


def test_fault_35_a_label_held_too_long_is_an_orphan() -> None:
    engine = engine_of(hold_s=50.0)
    engine.on_label(Label("a", 1.0, True))  # before any event: it waits from the first event on
    engine.on_event(event("z", 100.0))
    until(engine, 149.0)
    assert balanced(engine)["orphaned"] == 0
    until(engine, 150.0)
    counters = balanced(engine)
    assert (counters["orphaned"], counters["held"]) == (1, 0)
    engine.on_event(event("a", 151.0))
    assert balanced(engine)["pending"] == 2


@pytest.mark.parametrize("begins_with", ["event", "time"])
def test_fault_35_a_label_dated_ahead_of_the_first_event_holds_up_no_other(begins_with: str) -> None:
    engine = engine_of(hold_s=50.0)
    engine.on_label(Label("ahead", 9000.0, True))  # labels are read first, and are a week ahead
    engine.on_time(100.0) if begins_with == "time" else engine.on_event(event("z", 100.0))
    engine.on_label(Label("nobody's", 120.0, True))
    until(engine, 149.0)
    assert balanced(engine)["held"] == 2
    until(engine, 150.0)
    counters = balanced(engine)
    assert (counters["orphaned"], counters["held"]) == (2, 0)


def test_held_labels_are_bounded() -> None:
    engine = engine_of(max_held=2)
    for i in range(5):
        engine.on_label(Label(f"e{i}", 1.0, True))
    counters = balanced(engine)
    assert (counters["held"], counters["orphaned"]) == (2, 3)
    engine.on_event(event("e4", 2.0))
    assert balanced(engine)["early_joined"] == 1


@pytest.mark.parametrize("regime", [BothReported(), WINDOW])
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("early", [True, False])
def test_fault_36_37_the_first_label_wins(
    regime: BothReported | PositivesReported, first: bool, early: bool
) -> None:
    once, often = engine_of(regime), engine_of(regime)
    for engine in (once, often):
        if not early:
            engine.on_event(event("a", 1.0))
        engine.on_label(Label("a", 2.0, first))
    often.on_label(Label("a", 2.0, first))
    often.on_label(Label("a", 2.0, not first))
    for engine in (once, often):
        if early:
            engine.on_event(event("a", 3.0))
        until(engine, 500.0)
    often.on_label(Label("a", 2.0, first))
    often.on_label(Label("a", 2.0, not first))
    counters = balanced(often)
    assert (counters["duplicate"], counters["conflict"]) == (2, 2)
    assert counters["learned"] == 1
    assert counters["joined"] + counters["early_joined"] == 1
    assert once.metrics.served.sums() == often.metrics.served.sums()
    assert once.on_event(event("b", 600.0)) == often.on_event(event("b", 600.0))


@pytest.mark.parametrize("y", [True, False])
def test_fault_40_a_label_after_the_ttl_is_measured_only(y: bool) -> None:
    engine = warm(engine_of(BothReported(ttl_s=50.0)))
    engine.on_event(event("a", 1.0))
    until(engine, 51.0)
    assert engine.metrics.served.measured_share() < 1.0
    for _ in range(2):
        engine.on_label(Label("a", 52.0, y))
    engine.on_label(Label("a", 52.0, not y))
    counters = balanced(engine)
    assert (counters["expired"], counters["late_after_ttl"], counters["learned"]) == (1, 1, 6)
    assert (counters["duplicate"], counters["conflict"]) == (1, 1)
    assert engine.metrics.served.sums()[0] == 1.0


def test_without_a_ttl_events_stay_open() -> None:
    engine = engine_of(BothReported())
    engine.on_event(event("a", 1.0))
    until(engine, 6e5)
    engine.on_label(Label("a", 1e12, True))
    assert balanced(engine)["joined"] == 1


def test_fault_60_over_the_budget_the_first_to_end_is_given_up() -> None:
    engine = warm(engine_of(max_pending=3))
    for i in range(5):
        engine.on_event(event(f"e{i}", float(i)))
    assert engine.metrics.served.measured_share() == 0.0
    engine.on_label(Label("e0", 9.0, True))
    engine.on_label(Label("e4", 9.0, True))
    counters = balanced(engine)
    assert (counters["evicted"], counters["pending"], counters["late_after_eviction"]) == (2, 2, 1)
    assert counters["learned"] == 7


def test_fault_60_a_waiting_label_goes_with_its_event() -> None:
    engine = engine_of(WINDOW, max_pending=1)
    engine.on_event(event("a", 1.0))
    engine.on_label(Label("a", 2.0, True))
    engine.on_event(event("b", 3.0))
    engine.on_event(event("c", 4.0, y=True))
    engine.on_event(event("d", 5.0))
    engine.on_label(Label("b", 6.0, True))
    counters = balanced(engine)
    assert (counters["evicted"], counters["waiting"], counters["late_after_eviction"]) == (3, 0, 2)
    assert counters["inline_ignored"] == 1
    assert engine.metrics.served.sums()[0] == 0.0


def test_the_remembered_ends_are_bounded() -> None:
    engine = engine_of(max_finished=2)
    for i in range(5):
        engine.on_event(event(f"e{i}", float(i), y=False))
    engine.on_label(Label("e0", 9.0, False))
    engine.on_label(Label("e4", 9.0, False))
    counters = balanced(engine)
    assert (counters["finished"], counters["finished_evicted"]) == (2, 3)
    assert (counters["duplicate"], counters["held"]) == (1, 1)


def test_an_end_is_remembered_for_late_s() -> None:
    engine = engine_of(late_s=10.0)
    engine.on_event(event("a", 1.0, y=True))
    until(engine, 10.0)
    engine.on_label(Label("a", 10.0, True))
    until(engine, 11.0)
    engine.on_label(Label("a", 11.0, True))
    counters = balanced(engine)
    assert (counters["duplicate"], counters["held"], counters["finished"]) == (1, 1, 0)


def test_late_s_zero_remembers_nothing() -> None:
    engine = engine_of(late_s=0.0)
    engine.on_event(event("a", 1.0, y=True))
    engine.on_event(event("b", 2.0))
    engine.on_label(Label("b", 3.0, True))
    counters = balanced(engine)
    assert (counters["learned"], counters["finished"], counters["pending"]) == (2, 0, 0)


def test_both_classes_wait_for_their_window() -> None:
    engine = warm(engine_of(WINDOW), t=-200.0)
    engine.on_event(event("p", 1.0))
    engine.on_event(event("n", 1.0))
    engine.on_label(Label("p", 2.0, True))
    until(engine, 100.0)
    assert balanced(engine)["learned"] == 6
    assert engine.counters["waiting"] == 1
    until(engine, 101.0)
    counters = balanced(engine)
    assert (counters["matured"], counters["learned"], counters["joined"]) == (8, 8, 1)
    n, _, y, *_ = engine.metrics.served.sums()
    assert n == pytest.approx(2.0, abs=1e-3)
    assert y == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("matured", [True, False])
def test_a_positive_after_its_window_is_late(matured: bool) -> None:
    engine = engine_of(WINDOW)
    engine.on_event(event("a", 1.0))
    if matured:
        until(engine, 200.0)
    engine.on_label(Label("a", 150.0, True))
    until(engine, 201.0)
    engine.on_label(Label("a", 202.0, True))
    counters = balanced(engine)
    assert (counters["late"], counters["joined"], counters["duplicate"]) == (1, 0, 1)
    assert engine.metrics.served.sums()[2] == 0.0  # measured as the negative it was
    assert engine.metrics.late_share.get() == 1.0
    assert engine.metrics.delay_positive.get() == pytest.approx(149.0, rel=0.2)


def test_the_delay_of_a_late_positive_is_that_from_its_event() -> None:
    engine = engine_of(WINDOW)
    engine.on_event(event("a", 1.7e9))
    until(engine, 1.7e9 + 200.0)
    engine.on_label(Label("a", 1.7e9 + 250.0, True))
    assert engine.metrics.delay_positive.get() == pytest.approx(250.0, rel=0.2)  # once: since 1970


def test_a_positive_dated_in_its_window_that_comes_after_it_is_late() -> None:
    engine = engine_of(WINDOW)
    engine.on_event(event("a", 1.0))
    until(engine, 200.0)
    engine.on_label(Label("a", 50.0, True))
    assert balanced(engine)["late"] == 1


def test_windows_mature_in_the_order_of_events_whatever_order_they_came_in() -> None:
    """Fault 33: prior and counters as in order. Scores differ: mixtures are judged by what was served, in its order."""
    times = [float(i) for i in range(200)]
    shuffled = sorted(times, key=lambda t: t + (37 * t) % 20)
    engines = []
    for order in (times, shuffled):
        engine = engine_of(WINDOW)
        for t in order:
            engine.on_event(event(f"e{t}", t, a=t % 7, b=t % 5))
            if t % 9 == 0:
                engine.on_label(Label(f"e{t}", t + 1.0, True))
        until(engine, 6e5)
        engines.append(engine)
    one, other = engines
    assert balanced(one) == balanced(other)
    first, second = (engine.on_event(event("probe", 6e5)) for engine in engines)
    assert isinstance(first, Score)
    assert isinstance(second, Score)
    assert first.p == pytest.approx(second.p, abs=0.01)
    assert (first.model_version, first.kept_share) == (second.model_version, second.kept_share)
    priors = [engine.model.classifier.__getstate__()["kernel"]["prior"].logit for engine in engines]
    assert priors[0] == priors[1]


def test_fault_33_out_of_order_labels_leave_prior_and_counters() -> None:
    rng = random.Random(5)
    xs = [(i, {"a": rng.gauss(0, 1), "b": rng.gauss(0, 1)}, rng.random() < 0.1) for i in range(3000)]
    near = sorted(xs, key=lambda e: e[0] + rng.uniform(0, 15))
    served: list[dict[int, float]] = []
    ends = []
    for order in (xs, near):
        stack = CalibratedClassifier(SampledClassifier(linear_model.LogisticRegression(), seed=1))
        engine = warm(engine_of(WINDOW, stack), t=-200.0)
        said = {}
        for i, x, y in order:
            score = engine.on_event(Event(f"e{i}", float(i), x))
            said[i] = getattr(score, "p", 0.0)
            if y:
                engine.on_label(Label(f"e{i}", float(i), True))
        until(engine, 3500.0)
        served.append(said)
        rate = engine.metrics.served.base_rate.get()
        anchor = stack.classifier.__getstate__()["class_prior"]
        assert isinstance(anchor, ClassPrior)
        ends.append((balanced(engine), rate, anchor.__getstate__()))
    assert ends[0] == ends[1]
    assert ends[0][0]["learned"] > 2_800
    mean = sum(abs(served[0][i] - served[1][i]) for i in served[0]) / len(served[0])
    assert mean <= 0.01


def test_a_reported_negative_is_joined_and_waits() -> None:
    engine = engine_of(WINDOW)
    engine.on_event(event("a", 1.0))
    engine.on_label(Label("a", 2.0, False))
    assert balanced(engine)["learned"] == 0
    until(engine, 101.0)
    counters = balanced(engine)
    assert (counters["joined"], counters["learned"]) == (1, 1)


def test_an_inline_label_waits_for_its_window_too() -> None:
    engine = warm(engine_of(WINDOW), t=-200.0)
    engine.on_event(event("a", 1.0, y=True))
    assert balanced(engine)["learned"] == 6
    until(engine, 101.0)
    counters = balanced(engine)
    assert (counters["inline"], counters["learned"], counters["labels"]) == (7, 7, 0)
    assert engine.metrics.served.sums()[2] == 1.0


def test_an_event_later_than_its_window_matures_at_once() -> None:
    engine = engine_of(WINDOW)
    for i in range(3):
        engine.on_event(event(f"x{i}", 500.0))
    engine.on_event(event("a", 100.0))
    assert balanced(engine)["matured"] == 1


@pytest.mark.parametrize("early", [True, False])
def test_a_label_not_yet_learned_can_be_taken_back(early: bool) -> None:
    engine = engine_of(WINDOW)
    if early:
        engine.on_label(Label("a", 1.0, True))
        engine.on_label(Label("a", 1.0, None))
    engine.on_event(event("a", 1.0))
    if not early:
        engine.on_label(Label("a", 2.0, True))
        engine.on_label(Label("a", 3.0, None))
    until(engine, 101.0)
    counters = balanced(engine)
    assert (counters["retraction"], counters["taken_back"], counters["joined"]) == (1, 1, 0)
    assert engine.metrics.served.sums()[2] == 0.0


def test_fault_39_what_was_never_said_is_not_taken_back() -> None:
    engine = engine_of()
    engine.on_label(Label("nobody", 1.0, None))
    engine.on_event(event("a", 1.0))
    engine.on_label(Label("a", 2.0, None))
    assert balanced(engine)["retraction_unmatched"] == 2


def test_a_label_that_was_learned_is_not_taken_back() -> None:
    engine = engine_of()
    engine.on_event(event("a", 1.0))
    engine.on_label(Label("a", 2.0, True))
    engine.on_label(Label("a", 3.0, None))
    counters = balanced(engine)
    assert (counters["retraction_late"], counters["learned"]) == (1, 1)


def test_an_inline_label_can_be_taken_back_before_its_window() -> None:
    engine = engine_of(WINDOW)
    engine.on_event(event("a", 1.0, y=True))
    engine.on_label(Label("a", 2.0, None))
    counters = balanced(engine)
    assert (counters["retraction"], counters["taken_back"]) == (1, 0)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("regime", [BothReported(), BothReported(ttl_s=40.0), WINDOW])
def test_every_label_read_ends_in_one_class(seed: int, regime: BothReported | PositivesReported) -> None:
    engine = engine_of(regime, hold_s=30.0, late_s=60.0, stale_s=200.0, max_pending=40, max_held=10)
    records = messy(seed)
    for record in records:
        feed(engine, [record])
        balanced(engine)
    counters = balanced(engine)
    rejected = sum(counters["rejected"].values())
    assert counters["scored"] + rejected == counters["events"] == sum(isinstance(r, Event) for r in records)
