from __future__ import annotations

import math
import random

import pytest

from streamimb.engine import Measures
from streamimb.events import Label
from tests.engine.parts import engine_of, event


def test_delays_that_differ_twofold_are_a_warning() -> None:
    delays = Measures().delays
    for _ in range(100):
        delays.add(False, 100.0)
    assert math.isnan(delays.ratio)
    assert not delays.differ(2.0)
    for _ in range(100):
        delays.add(True, 150.0)
        delays.add(False, 100.0)
    assert 1.2 < delays.ratio < 1.8
    assert not delays.differ(2.0)
    for _ in range(10_000):
        delays.add(True, 300.0)
        delays.add(False, 100.0)
    assert 2.4 < delays.ratio < 3.6
    assert delays.differ(2.0)


@pytest.mark.parametrize("share", [0.01, 0.003])
def test_equal_delays_of_both_classes_do_not_differ(share: float) -> None:
    """At the start of a stream only short delays can have come, and the rare class remembers it for longer."""
    highest = 0.0
    for seed in range(4):
        rng, delays = random.Random(seed), Measures().delays
        arrivals = sorted(
            (i + seconds, seconds, rng.random() < share)
            for i, seconds in enumerate(rng.expovariate(1 / 5_000) for _ in range(20_000))
        )
        for i, (_, seconds, y) in enumerate(arrivals):
            delays.add(y, seconds)
            if i % 128 == 0:
                assert not delays.differ(2.0)
                highest = max(highest, delays.ratio) if delays.ratio > 0.0 else highest
    assert highest > 2.0  # the medians alone would differ


def test_no_delay_at_all_is_no_warning() -> None:
    measures = Measures()
    for _ in range(50):
        measures.delay(False, 0.0)
        measures.delay(True, 0.0)
    assert not measures.delays.differ(2.0)


def test_the_engine_measures_the_delay_of_each_class() -> None:
    engine = engine_of()
    for i in range(60):
        engine.on_event(event(f"e{i}", 10.0 * i))
        engine.on_label(Label(f"e{i}", 10.0 * i + (500.0 if i % 2 else 100.0), i % 2 == 1))
    metrics = engine.metrics
    assert 400 < metrics.delay_positive.get() < 600
    assert 80 < metrics.delay_negative.get() < 120
    assert metrics.delays.differ(2.0)
