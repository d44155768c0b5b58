from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from sklearn.metrics import brier_score_loss

from streamimb import metrics
from tests.metrics.streams import EVENTS, decayed_weights, fed, rare_stream


@given(EVENTS)
def test_it_is_scikit_learns_with_weights_and_its_parts_add_up(
    events: list[tuple[bool, float, float]],
) -> None:
    metric = fed(metrics.BrierScore(half_life=10), events)
    y, p, _ = zip(*events, strict=True)
    exact = brier_score_loss(y, p, sample_weight=decayed_weights(events, 10), pos_label=True)
    assert metric.get() == pytest.approx(exact, abs=1e-9)
    reliability, resolution, uncertainty = metric.decomposition()
    assert reliability - resolution + uncertainty == pytest.approx(exact, abs=1e-9)


def test_with_few_scores_it_is_murphys_decomposition_without_bias() -> None:
    rng = np.random.default_rng(1)
    p = rng.choice([0.05, 0.2, 0.6], size=4_000)
    y = rng.random(4_000) < p**1.3
    metric = fed(metrics.BrierScore(math.inf), list(zip(y.tolist(), p.tolist(), [1.0] * 4_000, strict=True)))
    reliability, resolution, _ = metric.decomposition()
    murphy_rel = murphy_res = bias = 0.0
    for value in (0.05, 0.2, 0.6):
        of, share = y[p == value], np.mean(p == value)
        murphy_rel += share * (value - of.mean()) ** 2
        murphy_res += share * (of.mean() - y.mean()) ** 2
        bias += share * of.var(ddof=1) / len(of)
    assert reliability == pytest.approx(murphy_rel - bias, rel=1e-9)
    assert resolution == pytest.approx(murphy_res - bias, rel=1e-9)


def test_a_calibrated_model_is_reliable_at_one_percent() -> None:
    parts = [
        fed(metrics.BrierScore(math.inf), rare_stream("plain", seed, 5_000)).decomposition()
        for seed in range(20)
    ]
    reliability = np.array([part.reliability for part in parts])
    assert abs(reliability.mean()) < 3.0 * reliability.std(ddof=1) / math.sqrt(20)
    assert reliability.mean() < 0.02 * np.mean([part.uncertainty for part in parts])


def test_the_interval_covers_the_truth() -> None:
    held = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        p = rng.beta(0.5, 10, size=1_000)
        truth = float(np.mean(p * (1 - p)))
        events = list(zip((rng.random(1_000) < p).tolist(), p.tolist(), [1.0] * 1_000, strict=True))
        found = fed(metrics.BrierScore(math.inf), events).interval()
        held += found.low <= truth <= found.high
    assert held >= 50  # of 60 intervals 57 are expected, 50 is 4 standard errors below
