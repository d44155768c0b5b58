"""Labels whose events are not found: how long they wait, and what they say of the metrics."""

from __future__ import annotations

import pytest

from streamimb.engine import BothReported, LabelPolicy, PositivesReported, Settings
from streamimb.events import Label
from tests.engine.parts import balanced, engine_of, event, until, warm


@pytest.mark.parametrize(
    ("labels", "waits"),
    [
        (PositivesReported(window_s=3_000.0), 3_000.0),
        (BothReported(ttl_s=2_000.0), 2_000.0),
        (BothReported(), 604_800.0),
    ],
)
def test_a_label_waits_for_the_window_the_ttl_or_a_week(labels: LabelPolicy, waits: float) -> None:
    assert Settings().hold_s is None
    engine = engine_of(labels)
    engine.on_event(event("a", 0.0))
    engine.on_label(Label("b", 0.0, True))
    until(engine, waits - 1.0)
    assert balanced(engine)["held"] == 1
    until(engine, waits)
    assert balanced(engine)["orphaned"] == 1
    shorter = engine_of(labels, hold_s=10.0)
    shorter.on_event(event("a", 0.0))
    shorter.on_label(Label("b", 0.0, True))
    until(shorter, 10.0)
    assert balanced(shorter)["orphaned"] == 1


def test_orphans_are_events_not_measured_and_widen_the_ratio() -> None:
    """A backlog whose labels came first: most positives are orphans, and their events negatives."""
    engine = warm(engine_of(PositivesReported(window_s=100.0), hold_s=5.0, max_held=10), t=-300.0)
    for i in range(300):
        engine.on_label(Label(f"e{10 * i}", 10.0 * i, True))  # all but ten are orphaned at once
    for i in range(3_000):
        engine.on_event(event(f"e{i}", float(i)))
        if i % 300 == 0:
            engine.on_label(Label(f"e{i}", float(i), True))
    until(engine, 4_000.0)
    counters = balanced(engine)
    assert counters["orphaned"] == 300
    assert counters["joined"] == 10
    served = engine.metrics.served
    assert served.measured_share() == pytest.approx(3_000 / 3_300, rel=0.05)
    calibrated, recent = served.calibrated.interval(), served.recent.interval()
    y = served.sums()[2]
    predicted = calibrated.value * y
    assert calibrated.low < predicted / 290  # the 310 that were reported are within the interval
    assert recent.low < recent.value / 10
    assert served.base_rate.interval().high > 290 / 3_000
    assert set(engine.degraded) == {"orphaned_labels"}


def test_an_orphaned_negative_widens_nothing() -> None:
    engine = warm(engine_of(hold_s=5.0))
    for i in range(100):
        engine.on_event(event(f"e{i}", float(i), y=i % 4 == 0))
    served = engine.metrics.served
    before = (served.calibrated.interval(), served.recent.interval(), served.base_rate.interval())
    engine.on_label(Label("nobody", 100.0, False))
    until(engine, 200.0)
    assert balanced(engine)["orphaned"] == 1
    assert (served.calibrated.interval(), served.recent.interval(), served.base_rate.interval()) == before
    assert served.measured_share() < 1.0
