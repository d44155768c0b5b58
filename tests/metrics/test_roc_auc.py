from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from sklearn.metrics import roc_auc_score

from streamimb import metrics
from tests.metrics.streams import EVENTS, decayed_weights, fed, rare_stream


@given(EVENTS)
def test_it_is_scikit_learns_with_ties_and_weights(events: list[tuple[bool, float, float]]) -> None:
    metric = fed(metrics.ROCAUC(half_life=10), events)
    y, p, _ = zip(*events, strict=True)
    if len(set(y)) < 2:
        assert math.isnan(metric.get())
        return
    exact = roc_auc_score(y, p, sample_weight=decayed_weights(events, 10))
    assert metric.get() == pytest.approx(exact, abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", ["plain", "weighted", "narrow", "moved"])
@pytest.mark.parametrize("half_life", [10_000, math.inf])
def test_at_one_percent_it_is_within_two_thousandths(kind: str, half_life: float, seed: int) -> None:
    events = rare_stream(kind, seed)
    metric = fed(metrics.ROCAUC(half_life), events)
    y, p, _ = zip(*events, strict=True)
    exact = roc_auc_score(y, p, sample_weight=decayed_weights(events, half_life))
    assert metric.get() == pytest.approx(exact, abs=0.002)
    assert metric.get() == pytest.approx(exact, abs=5e-4)  # what is reached


def test_the_interval_has_the_spread_of_repeated_streams() -> None:
    values, halves = [], []
    for seed in range(40):
        found = fed(metrics.ROCAUC(math.inf), rare_stream("plain", seed, n=3_000)).interval()
        values.append(found.value)
        halves.append((found.high - found.low) / 2)
    spread = float(np.std(values, ddof=1))  # known to 11 % from 40 streams
    assert np.mean(halves) / 1.96 == pytest.approx(spread, rel=0.35)
