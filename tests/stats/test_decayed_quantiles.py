from __future__ import annotations

import math
import random

import pytest

from streamimb import stats


@pytest.mark.parametrize("scale", [0.01, 1.0, 3600.0, 30 * 86_400.0])
def test_quantiles_are_within_a_bucket(scale: float) -> None:
    rng = random.Random(4)
    values = [rng.expovariate(1 / scale) for _ in range(5000)]
    metric = stats.DecayedQuantiles(half_life=1e9)
    for value in values:
        metric.update(value)
    values.sort()
    for q in (0.1, 0.5, 0.9, 0.99):
        assert metric.quantile(q) == pytest.approx(values[int(q * 5000)], rel=0.19)


def test_it_follows_a_change() -> None:
    metric = stats.DecayedQuantiles(half_life=100)
    for seconds in [10.0] * 2000 + [1000.0] * 400:
        metric.update(seconds)
    assert metric.get() == pytest.approx(1000.0, rel=0.2)


def test_the_ends_are_finite() -> None:
    metric = stats.DecayedQuantiles()
    assert math.isnan(metric.quantile(0.5))
    assert (metric.get(), metric.weight()) == (0.0, 0.0)
    metric.update(0.0)
    assert 0.0 <= metric.get() <= 1e-3
    for _ in range(10):
        metric.update(1e300)
    assert 2e8 < metric.get() < 1e9


def test_many_updates_overflow_nothing() -> None:
    metric = stats.DecayedQuantiles(half_life=1)
    for _ in range(5000):
        metric.update(7.0)
    assert metric.get() == pytest.approx(7.0, rel=0.19)
    assert metric.weight() == pytest.approx(2.0)
