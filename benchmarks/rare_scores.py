"""Scores of a frozen model on a rare, long stream: .4 % positives, then 1 % from the middle on, with the true P known.

The model ranks with an ROC-AUC of about .84. Its scores are the true probabilities of the first half; in the second
half all log-odds are higher by one number, and the model does not know it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.streams import Floats, sigmoid

EVENTS = 160_000
SIGNAL = 1.45  # standard deviation of the log-odds
RATES = (0.004, 0.01)


class RareScores(NamedTuple):
    """Score, label and true probability of each event."""

    score: Floats
    y: NDArray[np.bool_]
    p: Floats


def rare_scores(seed: int) -> RareScores:
    """One seeded draw."""
    rng = np.random.default_rng(seed)
    z = rng.normal(0.0, SIGNAL, EVENTS)
    before, after = (_shift(z, rate) for rate in RATES)
    p = sigmoid(z + np.where(np.arange(EVENTS) < EVENTS // 2, before, after))
    return RareScores(sigmoid(z + before), rng.random(EVENTS) < p, p)


def _shift(z: Floats, rate: float) -> float:
    """The b at which the mean of sigmoid(z + b) is `rate`, by bisection."""
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if sigmoid(z + middle).mean() < rate else (low, middle)
    return (low + high) / 2.0
