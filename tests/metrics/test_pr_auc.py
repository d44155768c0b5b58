from __future__ import annotations

import math

import pytest
from hypothesis import given
from sklearn.metrics import average_precision_score

from streamimb import metrics
from tests.metrics.streams import EVENTS, decayed_weights, fed, rare_stream


@given(EVENTS)
def test_it_is_scikit_learns_with_ties_and_weights(events: list[tuple[bool, float, float]]) -> None:
    metric = fed(metrics.PRAUC(half_life=10), events)
    if not any(y for y, _, _ in events):
        assert math.isnan(metric.get())
        return
    y, p, _ = zip(*events, strict=True)
    exact = average_precision_score(y, p, sample_weight=decayed_weights(events, 10))
    assert metric.get() == pytest.approx(exact, abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", ["plain", "weighted", "narrow", "moved"])
@pytest.mark.parametrize("half_life", [10_000, math.inf])
def test_at_one_percent_it_is_within_two_thousandths(kind: str, half_life: float, seed: int) -> None:
    events = rare_stream(kind, seed)
    metric = fed(metrics.PRAUC(half_life), events)
    y, p, _ = zip(*events, strict=True)
    exact = average_precision_score(y, p, sample_weight=decayed_weights(events, half_life))
    assert metric.get() == pytest.approx(exact, abs=0.002)


def test_one_score_for_all_is_the_base_rate() -> None:
    metric = metrics.PRAUC(math.inf)
    for i in range(1000):
        metric.update(i % 50 == 0, 0.3)
    assert metric.get() == pytest.approx(0.02)
