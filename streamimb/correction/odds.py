"""Probabilities and log-odds, clipped so that both ways are finite."""

from math import exp, log
from typing import Any

from streamimb.protocols import Proba

CLIP = 1e-7  # of a learner's own probability


def logit(p: float) -> float:
    """log(p / (1 - p)), p clipped to [1e-7, 1 - 1e-7]."""
    if p < CLIP:
        p = CLIP
    elif p > 1.0 - CLIP:
        p = 1.0 - CLIP
    return log(p / (1.0 - p))


def sigmoid(z: float) -> float:
    """1 / (1 + exp(-z))."""
    if z >= 0.0:
        return 1.0 / (1.0 + exp(-z)) if z < 700.0 else 1.0
    return 1.0 - 1.0 / (1.0 + exp(z)) if z > -30.0 else exp(z) if z > -700.0 else 0.0


def shifted(p: float, shift: float) -> float:
    """The probability whose log-odds are those of p plus shift."""
    return p / (p + (1.0 - p) * exp(-shift))


def normalised(masses: Proba) -> dict[Any, float]:
    """Masses divided by their sum; as they are where the sum is 0."""
    total = sum(masses.values())
    return {k: v / total for k, v in masses.items()} if total > 0.0 else dict(masses)
