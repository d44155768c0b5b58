"""OnlinePlatt, Beta and Intercept: their equations written down once more, and what each repairs."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from streamimb.calibration import Beta, Intercept, OnlinePlatt, Platt


def logit(p: float) -> float:
    return math.log(p / (1 - p))


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


class Published:
    """Online Newton steps with matrices, projected by a general optimiser."""

    def __init__(self, n: int, identity: bool = False) -> None:
        self.n = n
        self.theta = np.zeros(n)
        self.theta[: n - 1] = float(identity)
        self.a = np.eye(n) / (0.1 * (n - 1)) ** 2

    def z(self, p: float) -> Any:
        p = min(1 - 1e-5, max(1e-5, p))
        return np.array([logit(p), 1.0] if self.n == 2 else [math.log(p), -math.log1p(-p), 1.0])

    def say(self, p: float) -> float:
        return sigmoid(float(self.theta @ self.z(p)))

    def learn(self, p: float, y: bool) -> None:
        g = (self.say(p) - y) * self.z(p)
        self.a += np.outer(g, g)
        free = self.theta - 10.0 * np.linalg.solve(self.a, g)
        if np.linalg.norm(free) > 100.0:
            found = minimize(
                lambda theta: (theta - free) @ self.a @ (theta - free) / 1e3,
                free * 100.0 / np.linalg.norm(free),
                constraints={"type": "ineq", "fun": lambda theta: 1.0 - theta @ theta / 1e4},
                method="SLSQP",
                options={"maxiter": 500, "ftol": 1e-14},
            )
            free = found.x
        self.theta = free


@pytest.mark.parametrize(
    ("made", "n", "identity"),
    [(OnlinePlatt("zero"), 2, False), (OnlinePlatt("identity"), 2, True), (Beta("ons"), 3, False)],
    ids=["zero", "identity", "beta"],
)
def test_the_published_steps_are_taken(made: Any, n: int, identity: bool) -> None:
    rng = random.Random(1)
    calibrator, reference = made.clone(), Published(n, identity)
    for _ in range(3_000):
        p = rng.betavariate(0.5, 2)
        y = rng.random() < p**1.5
        assert calibrator.calibrate_one(p) == pytest.approx(reference.say(p), rel=1e-7)
        calibrator.learn_one(p, y)
        reference.learn(p, y)
    assert calibrator.coefficients == pytest.approx(tuple(reference.theta), rel=1e-6)


def test_what_leaves_the_ball_is_projected_in_the_norm_of_the_information() -> None:
    information, theta = np.array([[200.0, 30.0], [30.0, 100.0]]), np.array([99.9, 1.0])
    state = OnlinePlatt("zero").__getstate__()
    state["learned"].update(info=information.tobytes(), theta=theta.tobytes())
    calibrator, reference = OnlinePlatt("zero"), Published(2)
    calibrator.__setstate__(state)
    reference.a, reference.theta = information, theta
    for _ in range(30):  # it says 1 to the last: long steps, which lead out of the ball
        calibrator.learn_one(0.501, False)
        reference.learn(0.501, False)
        assert math.hypot(*calibrator.coefficients) <= 100.0 + 1e-6
    assert calibrator.coefficients == pytest.approx(tuple(reference.theta), rel=1e-3, abs=1e-2)


def test_zero_starts_at_one_half_and_identity_at_the_score() -> None:
    assert OnlinePlatt("zero").calibrate_one(0.01) == 0.5
    assert OnlinePlatt().calibrate_one(0.01) == pytest.approx(0.01)
    assert Beta().calibrate_one(0.01) == pytest.approx(0.01)
    assert Intercept().calibrate_one(0.01) == pytest.approx(0.01)


def excess(calibrator: Any, distort: Any, seed: int) -> float:
    """Expected log loss above that of the truth, over the second half of 20,000 events."""
    rng = random.Random(seed)
    total = 0.0
    for i in range(20_000):
        truth = min(0.98, max(0.001, rng.betavariate(0.6, 2.0)))
        p = distort(truth)
        if i >= 10_000:
            q = calibrator.calibrate_one(p)
            total += truth * math.log(truth / q) + (1 - truth) * math.log((1 - truth) / (1 - q))
        calibrator.learn_one(p, rng.random() < truth)
    return total / 10_000


def bent(truth: float) -> float:
    """Too bold near 1 only: its best beta map is b = 1/3."""
    return 1 - (1 - truth) ** 3


def test_beta_repairs_a_bend_that_no_platt_scaling_can() -> None:
    betas = [excess(Beta(memory=300), bent, seed) for seed in range(3)]
    platts = [excess(Platt(memory=300), bent, seed) for seed in range(3)]
    assert max(betas) < 0.5 * min(platts), (betas, platts)


def test_intercept_repairs_the_mean_and_nothing_else() -> None:
    def shifted(truth: float) -> float:
        return sigmoid(logit(truth) + 3)

    def steep(truth: float) -> float:
        return sigmoid(2 * logit(truth))

    assert max(excess(Intercept(), shifted, seed) for seed in range(3)) < 0.01
    assert min(excess(Intercept(), steep, seed) for seed in range(3)) > 0.02


@pytest.mark.parametrize("make", [Beta, Intercept])
def test_saturated_scores_keep_their_sum(make: Any) -> None:
    ratios = []
    for seed in range(4):
        rng, calibrator = random.Random(seed), make()
        said = meant = 0.0
        for i in range(30_000):
            up = rng.random() < 0.3
            truth, p = (0.05, 1.0 - 1e-9) if up else (0.01, 1e-9)
            if i >= 15_000:
                said += calibrator.calibrate_one(p)
                meant += truth
            calibrator.learn_one(p, rng.random() < truth)
        ratios.append(said / meant)
    assert 0.9 < sum(ratios) / 4 < 1.1, ratios


@pytest.mark.parametrize("make", [Beta, Intercept, OnlinePlatt, lambda: Beta("ons")])
@pytest.mark.parametrize("y", [False, True])
def test_one_class_for_ever_stays_finite(make: Any, y: bool) -> None:
    calibrator = make()
    for i in range(20_000):
        calibrator.learn_one((i % 11) / 10, y)
    assert all(map(math.isfinite, calibrator.coefficients))
    assert 0.0 <= calibrator.calibrate_one(0.5) <= 1.0


def test_a_memory_beside_the_published_method_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^memory=30: expected .*None with method='ons'"):
        Beta("ons", memory=30)
