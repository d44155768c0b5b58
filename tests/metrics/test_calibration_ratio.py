from __future__ import annotations

import math
import random

import pytest

from streamimb import metrics


def test_probabilities_five_times_too_high_are_seen_and_true_ones_are_not_accused() -> None:
    rng = random.Random(1)
    wrong, right = metrics.CalibrationRatio(), metrics.CalibrationRatio()
    for _ in range(20_000):
        p = rng.betavariate(1, 99)
        y = rng.random() < p
        wrong.update(y, min(1.0, 5 * p))
        right.update(y, p)
    assert 4.0 < wrong.interval().low < wrong.interval().high < 6.5
    assert right.interval().low < 1.0 < right.interval().high


def test_it_forgets() -> None:
    metric = metrics.CalibrationRatio(half_life=100)
    for i in range(4000):
        metric.update(i % 10 == 0 if i < 2000 else i % 2 == 0, 0.5)
    assert 0.9 < metric.interval().value < 1.1


def test_per_positive_it_holds_as_many_positives_however_rare_they_are() -> None:
    for every in (3, 300):
        metric = metrics.CalibrationRatio(half_life=10, per="positive")
        for i in range(100 * every):
            metric.update(i % every == 0, 2.0 / every)  # ends before the next positive
        _, _, y, _, _ = metric.sums()
        assert y == pytest.approx(1 / (1 - 0.5**0.1), rel=0.01)
        assert metric.interval().value == pytest.approx(2.0, rel=0.01)


def test_before_anything_it_is_not_known_and_without_positives_it_is_open() -> None:
    metric = metrics.CalibrationRatio()
    assert all(map(math.isnan, metric.interval()))
    metric.update(False, 0.5)
    assert (metric.interval().value, metric.interval().high) == (math.inf, math.inf)


def test_the_readings_of_the_two_kinds_have_different_names() -> None:
    names = [
        [reading.name for reading in metrics.CalibrationRatio(per=per).readings()]
        for per in ("event", "positive")
    ]
    assert names == [["calibration_ratio"], ["calibration_ratio_recent"]]


def test_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="per='day': expected 'event' or 'positive'"):
        metrics.CalibrationRatio(per="day")
    with pytest.raises(ValueError, match="per='event' does not merge"):
        metrics.CalibrationRatio().merge(metrics.CalibrationRatio(per="positive"))
