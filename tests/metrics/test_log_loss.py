from __future__ import annotations

import math

import pytest

from streamimb import metrics


def test_it_is_the_mean_of_minus_log_p_of_what_came() -> None:
    metric = metrics.LogLoss(half_life=1e12)
    events = [(0.9, True), (0.2, False), (0.01, True), (0.5, False)]
    for p, y in events:
        metric.update(y, p)
    mean = sum(-math.log(p if y else 1 - p) for p, y in events) / 4
    assert metric.get() == pytest.approx(mean, rel=1e-9)


def test_before_anything_it_is_not_known() -> None:
    assert math.isnan(metrics.LogLoss().get())


def test_the_present_counts_more() -> None:
    metric = metrics.LogLoss(half_life=1)
    metric.update(True, 0.5)
    metric.update(True, 1.0)
    assert metric.get() == pytest.approx(math.log(2) / 3)
