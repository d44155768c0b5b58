"""`ConfusionMetric`, the base of metrics of decisions: a decayed confusion matrix, of labels or at a threshold."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from streamimb._kernels.confusion import ConfusionSums
from streamimb._kernels.observation import observation, weight_of
from streamimb.metrics.confusion_interval import Confusion, Numbers, Slopes, interval_of, smoothed
from streamimb.metrics.ratio_interval import UNKNOWN, Interval
from streamimb.metrics.river_metric import RiverMetric, metric_half_life
from streamimb.parameters import number
from streamimb.protocols import Features


class ConfusionMetric(RiverMetric, ConfusionSums, ABC):
    """A metric of decisions: labels of two or more classes, or P(True) at a threshold.

    A subclass has `_slopes(found)`: its value at a confusion matrix and the derivatives by the cells.

    Parameters
    ----------
    threshold
        P(True) from which an event counts as predicted True; > 0 and < 1. None: `y_pred` is a label.
    half_life
        Events after which one counts half; > 0, or inf: every event counts alike.
    """

    _kernel = ConfusionSums
    _least: ClassVar[float] = 0.0  # the least value; the largest is 1
    memory_budget_bytes = 2 * 64 * 64 * 8 + 8_192

    def __init__(self, threshold: float | None = None, half_life: float = 20_000) -> None:
        if threshold is not None:
            expected = "a probability > 0 and < 1, or None: y_pred is a label"
            threshold = number("threshold", threshold, lambda p: 0.0 < p < 1.0, expected)
        self.threshold = threshold
        self.half_life = metric_half_life(half_life)
        ConfusionSums.__init__(self, self.half_life)

    @property
    def requires_labels(self) -> bool:
        """Whether `y_pred` is a label; otherwise it is P(True), or the probabilities of both classes."""
        return self.threshold is None

    @property
    def multiclass(self) -> bool:
        """Whether an engine over classes by name gives it the name of the class and the decision."""
        return self.threshold is None

    def update(self, y_true: Any, y_pred: Any, w: float = 1.0, x: Features | None = None) -> None:
        """Take one event: its class, the label predicted or P(True), and its weight.

        Of a mapping of probabilities the most probable class is taken where labels are expected. x is not used.

        Raises
        ------
        ValueError
            A label is none, P(True) is not in [0, 1], a weight is none, or there are more than 64 classes.
        """
        if self.threshold is None:
            w = weight_of(w)
            said = (
                max(y_pred, key=y_pred.__getitem__, default=None) if isinstance(y_pred, Mapping) else y_pred
            )
            if w > 0.0:
                self.add(y_true, said, w)
        else:
            y, p, w = observation(y_true, y_pred, w)
            if w > 0.0:
                self.add(y, p >= self.threshold, w)

    def update_p(self, y: bool, p: float, w: float = 1.0) -> None:
        """Take one event, unchecked: p in [0, 1], w > 0 and at most 1e15.

        Raises
        ------
        ValueError
            There is no threshold: at a base rate of 1 % no default would be right.
        """
        if self.threshold is None:
            raise ValueError("threshold=None: expected labels; give a threshold to measure probabilities")
        self.add(bool(y), p >= self.threshold, w)

    def confusion(self) -> Confusion:
        """Return the decayed confusion matrix; an event that came last with weight 1 weighs 1.

        **Cost**: O(K²) with K classes.
        """
        classes, rows, squares = self.table()
        n = len(classes)
        weights, squared = (np.array(sums, dtype=np.float64).reshape(n, n) for sums in (rows, squares))
        return Confusion(classes, weights, squared, weights.sum(axis=1) > 0.0)

    @abstractmethod
    def _slopes(self, found: Confusion) -> Slopes:
        """Return the value, nan where it is not known, and its derivatives by the weights of the cells."""

    def get(self) -> float:
        """Return the value; nan where it is not known yet."""
        return self._slopes(self.confusion()).value

    def interval(self) -> Interval:
        """Return the value with its 95 % interval; nan where it is not known yet.

        **Cost**: O(K²) with K classes.
        """
        found = self.confusion()
        value = self._slopes(found).value
        if math.isnan(value):
            return UNKNOWN
        smooth = smoothed(found)
        return interval_of(value, self._slopes(smooth), smooth.squares, self._least)


def unknown(weights: Numbers) -> Slopes:
    """Return the slopes of a value that is not known.

    **Cost**: O(n).

    Examples
    --------
    >>> unknown(np.ones((1, 1))).value
    nan
    """
    return Slopes(math.nan, np.zeros_like(weights))


def apart(one: Numbers, other: Numbers) -> float:
    r"""Return $\sum_{i \ne j} a_i b_j$; exactly 0 where both have the weight of one class alone.

    **Cost**: O(n²).

    Examples
    --------
    >>> apart(np.array([0.1, 0.0]), np.array([0.2, 0.0]))
    0.0
    """
    return float(one @ ((1.0 - np.eye(len(other))) @ other))


def ratio(part: Numbers, whole: Numbers) -> Numbers:
    """Return part ÷ whole, nan where the whole is 0.

    **Cost**: O(n).

    Examples
    --------
    >>> ratio(np.array([1.0, 0.0]), np.array([2.0, 0.0])).tolist()
    [0.5, nan]
    """
    return np.divide(part, whole, out=np.full_like(whole, np.nan), where=whole > 0.0)
