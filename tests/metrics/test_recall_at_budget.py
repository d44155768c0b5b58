from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from streamimb import metrics
from streamimb.metrics.equal_mass import wilson
from tests.metrics.streams import EVENTS, decayed_weights, fed, rare_stream


@given(EVENTS)
def test_it_is_the_mean_over_all_orders_of_equal_scores(events: list[tuple[bool, float, float]]) -> None:
    y = np.array([y for y, _, _ in events], dtype=float)
    p, w = np.array([p for _, p, _ in events]), decayed_weights(events, 10)
    recall = fed(metrics.RecallAtBudget(budget=0.3, half_life=10), events).get()
    lift = fed(metrics.Lift(share=0.3, half_life=10), events).get()
    if not y.any():
        assert math.isnan(recall)
        assert math.isnan(lift)
        return
    room, found = 0.3 * w.sum(), 0.0
    for score in np.unique(p)[::-1]:
        at = p == score
        part = min(1.0, max(0.0, room / w[at].sum()))
        found, room = found + part * (w * y)[at].sum(), room - w[at].sum()
    assert recall == pytest.approx(found / (w * y).sum(), abs=1e-9)
    assert lift == pytest.approx(recall / 0.3, abs=1e-9)


@pytest.mark.parametrize("kind", ["plain", "weighted", "moved"])
def test_beyond_2048_scores_it_is_exact_to_two_thousandths(kind: str) -> None:
    events = rare_stream(kind, 2)
    for budget in (0.005, 0.05):
        found = fed(metrics.RecallAtBudget(budget, math.inf), events).get()
        y, p, w = (np.array(column) for column in zip(*events, strict=True))
        order = np.argsort(-p)
        inside = np.cumsum(w[order]) <= budget * w.sum()
        exact = (w * y)[order][inside].sum() / (w * y).sum()
        assert found == pytest.approx(exact, abs=0.005 + 1.0 / y.sum())  # one positive lies at the edge


def test_wilsons_interval_covers_the_share() -> None:
    rng = np.random.default_rng(0)
    held = sum(
        (one := wilson(k / 50, 50)).low <= 0.1 <= one.high for k in rng.binomial(50, 0.1, size=1_000).tolist()
    )
    assert held / 1_000 == pytest.approx(0.95, abs=0.035)


def test_intervals_hold_the_truth_in_a_sample_of_labels() -> None:
    """300 streams with 60 positives; of the events below .05 one in five has a label, and weighs 5."""

    def scores(rng: Any, n: int) -> Any:
        return 1.0 / (1.0 + np.exp(-(1.6 * rng.normal(size=n) + math.log(0.01) - 1.3)))

    p = -np.sort(-scores(np.random.default_rng(999), 1_000_000))
    truth = float(p[:50_000].sum() / p.sum())
    held, runs = 0, 300
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        p = scores(rng, 6_000)
        y = rng.random(len(p)) < p
        propensity = np.where(p > 0.05, 1.0, 0.2)
        kept = rng.random(len(p)) < propensity
        metric = metrics.RecallAtBudget(0.05, math.inf)
        for event in zip(y[kept].tolist(), p[kept].tolist(), (1.0 / propensity[kept]).tolist(), strict=True):
            metric.update(*event)
        found = metric.interval()
        held += found.low <= truth <= found.high
    assert abs(held / runs - 0.95) < 3.0 * math.sqrt(0.95 * 0.05 / runs) + 0.01, held / runs
