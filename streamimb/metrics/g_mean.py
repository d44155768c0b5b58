"""Geometric mean of the recalls of all classes, decayed."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from streamimb.metrics.confusion_interval import Confusion, Slopes
from streamimb.metrics.confusion_metric import ConfusionMetric
from streamimb.protocols import Reading


class GMean(ConfusionMetric):
    r"""Geometric mean of the recalls of the classes that came: $(\prod_k R_k)^{1/K}$, decayed; 0 where one is 0.

    `interval()` has the 95 % interval, by the delta method. `merge(other)` is this stream followed by the other's.

    **Cost**: O(1) per event, 66 kB.

    Parameters
    ----------
    threshold
        P(True) from which an event counts as predicted True; > 0 and < 1. None: `y_pred` is a label.
    half_life
        Events after which one counts half; > 0, or inf: every event counts alike.

    Raises
    ------
    ValueError
        A parameter is out of its range; `y_pred` is not what is expected; a weight is negative or not finite; there
        are more than 64 classes.

    Examples
    --------
    >>> from streamimb import metrics
    >>> metric = metrics.GMean()
    >>> for said, y in [("a", "a"), ("a", "b"), ("b", "b"), ("b", "b"), ("b", "b")]:
    ...     metric.update(y, said)
    >>> round(metric.get(), 2)
    0.87

    References
    ----------
    Kubat, Matwin (1997), Addressing the Curse of Imbalanced Training Sets: One-Sided Selection, ICML,
    179-186.
    """

    bigger_is_better = True

    def _slopes(self, found: Confusion) -> Slopes:
        weights, came = found.weights, found.came
        total, right = weights.sum(axis=1), np.diag(weights)
        value = geometric_mean((right[came] / total[came]).tolist())
        # log G is the mean of log w_kk - log (sum of row k).
        with np.errstate(divide="ignore", invalid="ignore"):
            slopes = np.diag(np.where(came, 1.0 / right, 0.0)) - np.where(came, 1.0 / total, 0.0)[:, None]
            return Slopes(value, value * slopes / max(1, int(came.sum())))

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        yield Reading("g_mean", "Geometric mean of the recalls of all classes.", self.get())
        yield self.interval().reading("g_mean_interval", "Geometric mean of the recalls of all classes.")


def geometric_mean(recalls: list[float]) -> float:
    """Return the geometric mean of numbers in [0, 1]; nan of none.

    **Cost**: O(n).

    Examples
    --------
    >>> geometric_mean([0.25, 1.0])
    0.5
    """
    return math.prod(recall ** (1.0 / len(recalls)) for recall in recalls) if recalls else math.nan
