from __future__ import annotations

import math
from typing import Any

import numpy as np
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


def scores(rng: Any, n: int) -> Any:
    return 1.0 / (1.0 + np.exp(-(1.6 * rng.normal(size=n) + math.log(0.01) - 1.3)))


@pytest.mark.parametrize("weighed", [False, True], ids=["plain", "sample of labels"])
def test_intervals_hold_the_truth(weighed: bool) -> None:
    """300 streams with 40 positives in the mean."""
    truth = -np.sort(-scores(np.random.default_rng(999), 2_000_000))
    exact = float(truth @ (np.cumsum(truth) / np.arange(1, len(truth) + 1)) / truth.sum())
    runs, held = 300, 0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        p = scores(rng, 4_000)
        y = rng.random(len(p)) < p
        propensity = np.where((p > 0.03) | (not weighed), 1.0, 0.2)
        kept = rng.random(len(p)) < propensity
        metric = metrics.PRAUC(math.inf)
        for event in zip(y[kept].tolist(), p[kept].tolist(), (1.0 / propensity[kept]).tolist(), strict=True):
            metric.update(*event)
        found = metric.interval()
        assert found.low <= found.value == metric.get() <= found.high
        held += found.low <= exact <= found.high
    assert held / runs > 0.95 - 3.0 * math.sqrt(0.95 * 0.05 / runs) - 0.01


def test_the_width_is_that_of_the_bootstrap() -> None:
    rng = np.random.default_rng(4)
    p = np.round(scores(rng, 12_000), 4)
    y, w = rng.random(len(p)) < p, rng.choice([0.5, 1.0, 3.0], len(p))
    found = fed(
        metrics.PRAUC(math.inf), list(zip(y.tolist(), p.tolist(), w.tolist(), strict=True))
    ).interval()
    values = []
    for _ in range(200):
        again = rng.integers(0, len(p), len(p))
        values.append(average_precision_score(y[again], p[again], sample_weight=w[again]))
    assert (found.value - found.low) / 1.96 == pytest.approx(np.std(values), rel=0.15)


def test_the_interval_of_a_perfect_and_of_an_empty_ranking() -> None:
    metric = metrics.PRAUC(math.inf)
    assert math.isnan(metric.interval().low)
    for i in range(100):
        metric.update(i % 10 == 0, 0.9 if i % 10 == 0 else 0.1)
    assert metric.interval() == (1.0, 1.0, 1.0)
