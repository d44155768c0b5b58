from __future__ import annotations

import math

from streamimb.engine import Measures
from streamimb.events import Label
from tests.engine.parts import engine_of, event


def test_delays_that_differ_twofold_are_a_warning() -> None:
    measures = Measures()
    for _ in range(100):
        measures.delay(False, 100.0)
    assert math.isnan(measures.delay_ratio)
    assert not measures.delay_ratio_warning
    for _ in range(100):
        measures.delay(True, 150.0)
    assert 1.2 < measures.delay_ratio < 1.8
    assert not measures.delay_ratio_warning
    for _ in range(100_000):
        measures.delay(True, 300.0)
    assert 2.4 < measures.delay_ratio < 3.6
    assert measures.delay_ratio_warning


def test_no_delay_at_all_is_no_warning() -> None:
    measures = Measures()
    for _ in range(50):
        measures.delay(False, 0.0)
        measures.delay(True, 0.0)
    assert not measures.delay_ratio_warning


def test_the_engine_measures_the_delay_of_each_class() -> None:
    engine = engine_of()
    for i in range(60):
        engine.on_event(event(f"e{i}", 10.0 * i))
        engine.on_label(Label(f"e{i}", 10.0 * i + (500.0 if i % 2 else 100.0), i % 2 == 1))
    metrics = engine.metrics
    assert 400 < metrics.delay_positive.get() < 600
    assert 80 < metrics.delay_negative.get() < 120
    assert metrics.delay_ratio_warning
