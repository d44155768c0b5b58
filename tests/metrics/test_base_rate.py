from __future__ import annotations

import math
import random

from streamimb import metrics


def test_the_interval_holds_the_rate_and_the_prediction_is_not_used() -> None:
    rng = random.Random(1)
    one, other = metrics.BaseRate(), metrics.BaseRate()
    for _ in range(20_000):
        y = rng.random() < 0.01
        one.update(y, 0.0)
        other.update(y, rng.random())
    assert one.interval().low < 0.01 < one.interval().high
    assert one.get() == other.get()


def test_it_forgets() -> None:
    metric = metrics.BaseRate(half_life=100)
    for i in range(4000):
        metric.update(i >= 2000 and i % 2 == 0, 0.5)
    assert 0.45 < metric.interval().value < 0.55


def test_orphans_raise_the_upper_end_only() -> None:
    metric, without = metrics.BaseRate(), metrics.BaseRate()
    for i in range(1_000):
        metric.update(i % 50 == 0, 0.1)
        without.update(i % 50 == 0, 0.1)
    for _ in range(20):
        metric.orphan()
    assert metric.interval()[:2] == without.interval()[:2]
    assert metric.interval().high > 1.4 * without.interval().high


def test_before_anything_it_is_not_known() -> None:
    assert all(map(math.isnan, metrics.BaseRate().interval()))
