from __future__ import annotations

import random

from streamimb import metrics


def test_probabilities_five_times_too_high_are_seen_and_true_ones_are_not_accused() -> None:
    rng = random.Random(1)
    wrong, right = metrics.CalibrationRatio(), metrics.CalibrationRatio()
    for _ in range(20_000):
        p = rng.betavariate(1, 99)
        y = rng.random() < p
        wrong.update((min(1.0, 5 * p), y))
        right.update((p, y))
    assert 4.0 < wrong.get().low < wrong.get().high < 6.5
    assert right.get().low < 1.0 < right.get().high
    assert right.base_rate().low < 0.01 < right.base_rate().high


def test_it_forgets() -> None:
    metric = metrics.CalibrationRatio(half_life=100)
    for i in range(4000):
        metric.update((0.5, i % 10 == 0 if i < 2000 else i % 2 == 0))
    assert 0.9 < metric.get().value < 1.1
