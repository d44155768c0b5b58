from __future__ import annotations

import itertools
import math
import pickle
import random
import statistics
from typing import Any

import numpy as np
import pytest

from streamimb.calibration import Platt, PlattMixture
from streamimb.stats import ClassPrior


def logit(p: float) -> float:
    return math.log(p / (1 - p))


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def least_in_box(g: Any, information: Any, low: Any, high: Any) -> Any:
    """The d in the box with the least g d + d' H d / 2: inside, or the best of its faces."""
    inside = np.linalg.solve(information, -g)
    if np.all(low <= inside) and np.all(inside <= high):
        return inside
    found = []
    for face in itertools.product((None, 0, 1), repeat=2):
        d = np.array([0.0 if side is None else (low, high)[side][i] for i, side in enumerate(face)])
        free = [i for i, side in enumerate(face) if side is None]
        if free:
            d[free] = np.linalg.solve(information[np.ix_(free, free)], -(g + information @ d)[free])
        if np.all(low - 1e-12 <= d) and np.all(d <= high + 1e-12):
            found.append((float(g @ d + d @ information @ d / 2), tuple(d)))
    return np.array(min(found)[1])


class Reference:
    """The equations of one scaling, written down once more with matrices."""

    def __init__(self, memory: float) -> None:
        self.memory = memory
        self.theta, self.information = np.array([1.0, 0.0]), 5 * np.eye(2)

    def say(self, p: float, c: float) -> float:
        return sigmoid(float(self.theta @ [logit(p) - c, 1.0]) + c)

    def learn(self, p: float, y: bool, c: float) -> None:
        z = np.array([logit(p) - c, 1.0])
        q = min(1 - 1e-12, max(1e-12, self.say(p, c)))
        fade = 1 - q * (1 - q) / self.memory
        self.information = fade * self.information + q * (1 - q) * np.outer(z, z) + (1 - fade) * 5 * np.eye(2)
        low = np.maximum(-1.0, np.array([0.1, -20.0]) - self.theta)
        high = np.minimum(1.0, np.array([5.0, 20.0]) - self.theta)
        self.theta = self.theta + least_in_box((q - y) * z, self.information, low, high)


@pytest.mark.parametrize("memory", [10, 50, 500])
def test_it_follows_its_equations(memory: float) -> None:
    rng = random.Random(1)
    platt, reference, prior = Platt(memory=memory), Reference(memory), ClassPrior()
    for i in range(5_000):
        truth = min(0.9, (0.02 if i < 2_500 else 0.2) * rng.expovariate(1.0) + 1e-4)
        p, y = sigmoid(2 * logit(truth) + 3), rng.random() < truth
        assert platt.calibrate_one(p) == pytest.approx(reference.say(p, prior.logit), rel=1e-7)
        platt.learn_one(p, y)
        reference.learn(p, y, prior.logit)
        prior.update(y)
    assert platt.scalings[0] == pytest.approx(tuple(reference.theta), rel=1e-6)


@pytest.mark.parametrize(("bound", "scores"), [(0.1, (-20.0, 20.0)), (5.0, (-3.3, -2.7))])
def test_a_bound_that_holds_one_parameter_leaves_the_other_its_best_step(
    bound: float, scores: tuple[float, float]
) -> None:
    rng = random.Random(2)
    platt, reference, prior = Platt(), Reference(50), ClassPrior()
    held = 0
    for i in range(5_000):
        up = rng.random() < 0.3
        truth = (0.05 if bound < 1 else 0.7) if up else 0.01
        truth = min(0.9, 3 * truth) if 2_000 < i < 3_000 else truth
        p, y = sigmoid(scores[up]), rng.random() < truth
        platt.learn_one(p, y)
        reference.learn(p, y, prior.logit)
        prior.update(y)
        held += abs(platt.scalings[0][0] - bound) < 1e-9
    assert held > 500
    assert platt.scalings[0] == pytest.approx(tuple(reference.theta), rel=1e-6)


@pytest.mark.parametrize("shape", [Platt, PlattMixture])
@pytest.mark.parametrize(("low", "high"), [(1e-9, 1 - 1e-9), (0.0, 1.0)])
def test_saturated_scores_keep_their_sum(shape: Any, low: float, high: float) -> None:
    ratios = []
    for seed in range(5):
        rng = random.Random(seed)
        calibrator = shape()
        said = meant = 0.0
        for i in range(40_000):
            up = rng.random() < 0.3
            truth, p = (0.05, high) if up else (0.01, low)
            if i >= 20_000:
                said += calibrator.calibrate_one(p)
                meant += truth
            calibrator.learn_one(p, rng.random() < truth)
        ratios.append(said / meant)
    assert 0.95 < sum(ratios) / 5 < 1.05, ratios


@pytest.mark.parametrize("shape", [Platt, PlattMixture])
def test_scores_of_0_and_1_are_scores(shape: Any) -> None:
    calibrator = shape()
    assert calibrator.calibrate_one(0.0) == pytest.approx(1e-9)
    assert calibrator.calibrate_one(1.0) == pytest.approx(1 - 1e-9)
    for y in (False, True) * 50:
        calibrator.learn_one(0.0, y)
        calibrator.learn_one(1.0, y)
    assert 0.0 < calibrator.calibrate_one(0.0) <= calibrator.calibrate_one(1.0) < 1.0


@pytest.mark.parametrize("shape", [Platt, PlattMixture])
@pytest.mark.parametrize("y", [False, True])
def test_one_class_for_ever_stays_finite(shape: Any, y: bool) -> None:
    calibrator = shape()
    for i in range(20_000):
        calibrator.learn_one((i % 11) / 10, y)
    assert all(math.isfinite(number) for scaling in calibrator.scalings for number in scaling)
    assert 0.0 < calibrator.calibrate_one(0.5) < 1.0
    calibrator.learn_one(0.5, not y)
    assert 0.0 < calibrator.calibrate_one(0.5) < 1.0


@pytest.mark.parametrize("shape", [Platt, PlattMixture])
def test_a_weight_of_h_is_about_h_repeats(shape: Any) -> None:
    rng = random.Random(4)

    def scored() -> tuple[float, bool]:
        truth = min(0.9, 0.2 * rng.expovariate(1.0) + 1e-4)
        return sigmoid(0.5 * logit(truth) + 1), rng.random() < truth

    once, often = shape(), shape()
    for _ in range(3_000):
        p, y = scored()
        once.learn_one(p, y, 3.0)
        for _ in range(3):
            often.learn_one(p, y)
    for p in (0.2, 0.5, 0.8) if shape is PlattMixture else (0.05, 0.2, 0.5, 0.8):
        assert logit(once.calibrate_one(p)) == pytest.approx(logit(often.calibrate_one(p)), abs=0.15)
    # Weights of a mixture depend on the order of its events: near .05, where hardly any lie, it may differ more.
    off = [
        abs(logit(once.calibrate_one(p)) - logit(often.calibrate_one(p)))
        for p, _ in (scored() for _ in range(500))
    ]
    assert statistics.mean(off) < 0.1


@pytest.mark.parametrize("shape", [Platt, PlattMixture])
@pytest.mark.parametrize("w", [-1.0, math.nan, math.inf, -math.inf])
def test_fault_51_a_weight_that_is_none_is_refused(shape: Any, w: float) -> None:
    calibrator = shape()
    before = pickle.dumps(calibrator)
    with pytest.raises(ValueError, match="w="):
        calibrator.learn_one(0.2, True, w)
    assert pickle.dumps(calibrator) == before


@pytest.mark.parametrize("shape", [Platt, PlattMixture])
@pytest.mark.parametrize("p", [1e-12, 1e-9, 0.2, 1.0 - 1e-9, 1.0])
def test_fault_51_a_weight_above_the_cap_counts_as_the_cap(shape: Any, p: float) -> None:
    huge, capped = shape(), shape()
    for i in range(100):
        huge.learn_one(p, i % 3 == 0, 1.7e308)
        capped.learn_one(p, i % 3 == 0, 1e15)
        assert math.isfinite(huge.calibrate_one(0.3))
    assert pickle.dumps(huge) == pickle.dumps(capped)
    assert math.isclose(sum(huge.weights), 1.0)


@pytest.mark.parametrize("memory", [1, 0, -5, math.inf, math.nan])
def test_a_wrong_memory_is_named(memory: float) -> None:
    with pytest.raises(ValueError, match="memory="):
        Platt(memory=memory)


def test_a_short_memory_follows_a_move_of_the_scores_and_a_long_one_is_precise() -> None:
    rng = random.Random(7)
    short, long = Platt(memory=20), Platt(memory=500)
    error = {20: [0.0, 0.0], 500: [0.0, 0.0]}
    for i in range(40_000):
        truth = min(0.9, 0.05 * rng.expovariate(1.0) + 1e-4)
        moved = i >= 30_000
        p, y = sigmoid(logit(truth) + (2.0 if moved else -1.0)), rng.random() < truth
        if 20_000 <= i < 33_000:
            for platt, memory in ((short, 20), (long, 500)):
                error[memory][moved] += abs(logit(platt.calibrate_one(p)) - logit(truth))
        short.learn_one(p, y)
        long.learn_one(p, y)
    assert error[500][0] < error[20][0]
    assert error[20][1] < error[500][1]
