"""At 1 %, River's ten thresholds and a cut at .5 make the calibrated model look worse; these metrics do not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from river import metrics as river_metrics
from sklearn.metrics import roc_auc_score

from streamimb import metrics

SEEDS = range(4)


def two_models(seed: int, n: int = 20_000) -> tuple[Any, Any, Any]:
    """Labels at about 1 %, a calibrated model, and one that ranks a little worse and says 50 times the odds."""
    rng = np.random.default_rng(seed)
    z = 1.6 * rng.normal(size=n) - 6.0
    y = rng.random(n) < 1.0 / (1.0 + np.exp(-z))
    worse = z + 0.5 * rng.normal(size=n) + math.log(50.0)
    return y, 1.0 / (1.0 + np.exp(-z)), 1.0 / (1.0 + np.exp(-worse))


def of(metric: Any, y: Any, p: Any) -> float:
    for hit, value in zip(y.tolist(), p.tolist(), strict=True):
        metric.update(hit, value)
    return float(metric.get())


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_two_models_is_that_of_the_exact_area(seed: int) -> None:
    y, calibrated, uncorrected = two_models(seed)
    exact = roc_auc_score(y, calibrated), roc_auc_score(y, uncorrected)
    ours = of(metrics.ROCAUC(math.inf), y, calibrated), of(metrics.ROCAUC(math.inf), y, uncorrected)
    rivers = of(river_metrics.ROCAUC(), y, calibrated), of(river_metrics.ROCAUC(), y, uncorrected)
    assert exact[0] > exact[1]
    assert ours == pytest.approx(exact, abs=0.001)
    assert rivers[0] < rivers[1] - 0.03  # the other way round
    assert rivers[0] < exact[0] - 0.05


@pytest.mark.parametrize("seed", SEEDS)
def test_a_cut_at_one_half_finds_nothing_and_one_at_a_threshold_does(seed: int) -> None:
    y, calibrated, uncorrected = two_models(seed)

    def f1(p: Any, threshold: float) -> float:
        return of(metrics.F1(threshold=threshold, half_life=math.inf), y, p)

    odds = 50.0 * 0.05 / 0.95
    assert f1(calibrated, 0.5) < f1(uncorrected, 0.5)  # the cut compares two different decisions
    assert f1(calibrated, 0.05) > f1(uncorrected, odds / (1.0 + odds))  # the same decision
    assert of(metrics.NormalizedEntropy(math.inf), y, calibrated) < 1.0
    assert of(metrics.NormalizedEntropy(math.inf), y, uncorrected) > 1.0
    assert of(metrics.PRAUC(math.inf), y, calibrated) > of(metrics.PRAUC(math.inf), y, uncorrected)
