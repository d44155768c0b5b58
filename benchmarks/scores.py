"""What is said of a run of probabilities: normalised entropy, ratios to the truth, mean and standard error.

Exact batch formulas over arrays; knows no model and no stream.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

WARM_UP = 2_000  # events that are not scored


def normalised_entropy(y: ArrayLike, p: ArrayLike, first: int = WARM_UP) -> float:
    """Log loss over the entropy of the base rate, from event `first` on: 1 is a constant, less is better."""
    labels = np.asarray(y, bool)[first:]
    said = np.clip(np.asarray(p, float)[first:], 1e-9, 1 - 1e-9)
    loss = -np.where(labels, np.log(said), np.log1p(-said)).mean()
    m = labels.mean()
    return float(loss / -(m * np.log(m) + (1 - m) * np.log1p(-m)))


def ratio(p: NDArray[Any], truth: NDArray[Any]) -> float:
    """Mean p over the mean of the truth."""
    return float(p.sum() / truth.sum())


def tenths(p: NDArray[Any], truth: NDArray[Any]) -> float:
    """Mean of |log ratio| over the tenths 2 to 10 of the stream."""
    parts = zip(np.array_split(p, 10)[1:], np.array_split(truth, 10)[1:], strict=True)
    return float(np.mean([abs(math.log(ratio(said, true))) for said, true in parts]))


def mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


def standard_error(values: Sequence[float]) -> float:
    """Of the mean; NaN where there is one value only."""
    return float(np.std(values, ddof=1) / math.sqrt(len(values))) if len(values) > 1 else math.nan
