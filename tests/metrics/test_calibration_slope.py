from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from scipy.optimize import minimize
from scipy.special import expit, logit

from streamimb import metrics
from tests.metrics.streams import EVENTS, decayed_weights, fed, rare_stream


@given(EVENTS)
def test_it_is_the_optimum_that_scipy_finds(events: list[tuple[bool, float, float]]) -> None:
    # Both classes at both ends, so that a finite optimum exists.
    anchors = [(y, p, 1.0) for y in (True, False) for p in (0.05, 0.95)]
    events = [(y, min(max(p, 0.01), 0.99), w) for y, p, w in events] + anchors
    metric = fed(metrics.CalibrationSlope(half_life=30), events)
    y = np.array([y for y, _, _ in events], dtype=float)
    z, w = logit(np.array([p for _, p, _ in events])), decayed_weights(events, 30)

    def loss(beta: np.ndarray) -> float:
        at = beta[0] * z + (beta[1] if len(beta) > 1 else 0.0)
        return float(w @ (np.logaddexp(0.0, at) - y * at))

    best = minimize(loss, np.array([1.0, 0.0]), method="BFGS", options={"gtol": 1e-9})
    assert metric.get() == pytest.approx(best.x[0], abs=1e-4)

    def shifted(a: np.ndarray) -> float:
        return float(w @ (np.logaddexp(0.0, z + a[0]) - y * (z + a[0])))

    assert metric.intercept().value == pytest.approx(
        minimize(shifted, np.zeros(1), method="BFGS", options={"gtol": 1e-9}).x[0], abs=1e-4
    )


@pytest.mark.parametrize("weighted", [False, True])
def test_intervals_cover_the_slope_and_the_shift_of_a_distorted_model(weighted: bool) -> None:
    held_slope = held_shift = 0
    for seed in range(40):
        rng = np.random.default_rng(100 + seed)
        slope, shift = metrics.CalibrationSlope(math.inf), metrics.CalibrationSlope(math.inf)
        for y, p, _ in rare_stream("plain", seed, 4_000, base=0.03):
            w = 1.0
            if weighted:  # thinned at random, corrected by weights
                kept = 0.25 if p < 0.05 else 1.0
                if rng.random() >= kept:
                    continue
                w = 1.0 / kept
            slope.update(y, float(expit(2.0 * logit(p) + 1.0)), w)  # too extreme: the slope is 1/2
            shift.update(y, float(expit(logit(p) - 1.0)), w)  # too low: the intercept is 1
        held_slope += slope.interval().low <= 0.5 <= slope.interval().high
        held_shift += shift.intercept().low <= 1.0 <= shift.intercept().high
    assert held_slope >= 33  # of 40 intervals 38 are expected; 33 is 3.6 standard errors below
    assert held_shift >= 33


def test_beyond_2048_scores_it_is_that_of_all_events() -> None:
    events = rare_stream("plain", 3, 30_000)
    metric = fed(metrics.CalibrationSlope(math.inf), events)
    z = logit(np.array([p for _, p, _ in events]))
    y = np.array([y for y, _, _ in events], dtype=float)
    best = minimize(
        lambda b: float(np.sum(np.logaddexp(0.0, b[0] * z + b[1]) - y * (b[0] * z + b[1]))),
        np.array([1.0, 0.0]),
    )
    assert metric.get() == pytest.approx(best.x[0], abs=0.002)


def test_separated_classes_have_no_finite_slope() -> None:
    for sign in (1.0, -1.0):
        metric = metrics.CalibrationSlope(math.inf)
        for i in range(100):
            metric.update(i < 10, 0.5 + sign * (0.4 if i < 10 else -0.4))
        assert metric.interval() == (sign * math.inf, -math.inf, math.inf)
    assert math.isnan(metrics.CalibrationSlope().get())
