"""Scores whose true probability is known, distorted by increasing maps, and what a calibrator makes of them.

The best increasing map in hindsight is fitted to the true probabilities, not to the labels. A map fitted to the
labels of the judged window learns their noise: at 1 % even the true probability is .011 NE worse than it. All
distortions here are increasing, so the best map gives each distinct score the mean of its true probabilities.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.streams import SIGNAL, Floats, intercept, sigmoid
from streamimb.calibration import PlattMixture

POSITIVES = 2_000  # before a calibrator is judged
JUDGED = 50_000  # events


def _logit(p: float) -> float:
    return float(np.log(p / (1.0 - p)))


@functools.cache
def _mean_logit(base_rate: float) -> float:
    return intercept(base_rate, np.random.default_rng(0))


def _steps(z: Floats, b: float) -> Floats:
    """Five levels."""
    return np.array([0.1, 0.2, 0.5, 0.7, 0.9])[np.searchsorted([0.0, 1.5, 3.0, 4.0], z - b)]


Distortion = Callable[[Any, float], Any]
DISTORTIONS: dict[str, Distortion] = {  # of the true log-odds z; b is their mean
    "none": lambda z, b: sigmoid(z),
    "logit x 10": lambda z, b: sigmoid(10.0 * z),
    "logit x .1": lambda z, b: sigmoid(0.1 * z),
    "logit + 6": lambda z, b: sigmoid(z + 6.0),
    "logit - 6": lambda z, b: sigmoid(z - 6.0),
    "cube of the logit": lambda z, b: sigmoid(z * z * z),
    "cube root of the logit": lambda z, b: sigmoid(np.cbrt(z)),
    "p^8": lambda z, b: sigmoid(z) ** 8.0,
    "1 - (1 - p)^8": lambda z, b: 1.0 - (1.0 - sigmoid(z)) ** 8.0,
    "saturated": lambda z, b: np.where(z > b + SIGNAL, 1.0 - 1e-9, 1e-9),
    "hard 0 or 1": lambda z, b: np.where(z > b + SIGNAL, 1.0, 0.0),
    "hard, mostly 1": lambda z, b: np.where(z > b - 1.0, 1.0, 0.0),
    "five levels": _steps,
    "two digits": lambda z, b: np.round(sigmoid(z), 2),
    "float32, to 0 and 1": lambda z, b: sigmoid(30.0 * (z - b - 1.0)).astype(np.float32).astype(float),
    "a jump": lambda z, b: sigmoid(np.where(z > b + 1.5, z + 6.0, z - 2.0)),
    "overconfident": lambda z, b: sigmoid(4.0 * (z - b) + _logit(0.3)),
    "constant": lambda z, b: np.full(len(z), 0.5),
    "constant 0": lambda z, b: np.zeros(len(z)),
}


def _loss(p: Floats, q: Floats) -> float:
    """Expected log loss of saying q where p is true."""
    return float(-(p * np.log(q) + (1.0 - p) * np.log1p(-q)).mean())


def _best(scores: Floats, p: Floats) -> Floats:
    """The increasing map of the scores nearest to p: their mean for each distinct score."""
    _, place = np.unique(scores, return_inverse=True)
    best: NDArray[np.float64] = np.bincount(place, p) / np.bincount(place)
    return np.clip(best[place], 1e-12, 1.0 - 1e-12)


def distorted(name: str, base_rate: float, seed: int) -> dict[str, float]:
    """The default calibrator on one distortion, over the events after its first 2,000 positives."""
    rng = np.random.default_rng([seed, round(1e6 * base_rate)])
    warm = int(POSITIVES / base_rate)
    b = _mean_logit(base_rate)
    z = rng.normal(b, SIGNAL, warm + JUDGED)
    p = sigmoid(z)
    labels = (rng.random(len(p)) < p).tolist()
    scores = DISTORTIONS[name](z, b)
    calibrator = PlattMixture()
    for score, y in zip(scores[:warm].tolist(), labels[:warm], strict=True):
        calibrator.learn_one(score, y)
    said = []
    for score, y in zip(scores[warm:].tolist(), labels[warm:], strict=True):
        said.append(calibrator.calibrate_one(score))
        calibrator.learn_one(score, y)
    q, truth = np.array(said), p[warm:]
    return {
        "ratio": float(q.sum() / truth.sum()),
        "excess": (_loss(truth, q) - _loss(truth, _best(scores[warm:], truth)))
        / _loss(truth, np.full(len(truth), truth.mean())),
    }
