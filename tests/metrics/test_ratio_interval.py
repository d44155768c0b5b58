from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import chi2

from streamimb.metrics.ratio_interval import rate_interval, ratio_interval
from streamimb.stats.poisson_interval import byar


@pytest.mark.parametrize("k", [0, 1, 2, 3, 5, 10, 30, 100, 1000, 10_000])
def test_byar_is_near_the_exact_interval(k: int) -> None:
    low, high = byar(k)
    exact = (chi2.ppf(0.025, 2 * k) / 2 if k else 0.0, chi2.ppf(0.975, 2 * k + 2) / 2)
    assert high == pytest.approx(exact[1], rel=0.01)
    assert low == pytest.approx(exact[0], rel=0.01 if k >= 5 else 0.6)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """2,000 streams of a calibrated 2 % forecaster, decayed: at least 95 %, within 4 standard errors."""
    rng = np.random.default_rng(7)
    fade = 0.5 ** (1 / 1000)
    w = fade ** np.arange(4000)
    p = rng.beta(1, 49, size=(2000, 4000))
    y = rng.random(p.shape) < p
    held = 0
    for predicted, hits in zip(p @ w, y, strict=True):
        found = ratio_interval(predicted, w.sum(), (w * w).sum(), w @ hits, (w * w) @ hits)
        held += found.low <= 1.0 <= found.high
    error = math.sqrt(0.95 * 0.05 / 2000)
    assert 0.95 - 4 * error <= held / 2000 <= 0.985


def test_no_positive_leaves_one_end_open() -> None:
    found = ratio_interval(3.0, 100.0, 100.0, 0.0, 0.0)
    assert (found.value, found.high) == (math.inf, math.inf)
    assert found.low == pytest.approx(3.0 / byar(0.0)[1])


def test_a_rate_stays_within_one() -> None:
    assert rate_interval(3.0, 3.0, 3.0, 3.0).high == 1.0


def test_equal_weights_of_any_size_say_the_same_of_a_ratio() -> None:
    one = ratio_interval(2.0, 100.0, 100.0, 4.0, 4.0)
    ten = ratio_interval(20.0, 1000.0, 10_000.0, 40.0, 400.0)
    assert one == pytest.approx(ten)
