"""F1 of a class, decayed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from streamimb.metrics.confusion_interval import Confusion, Slopes
from streamimb.metrics.confusion_metric import ConfusionMetric, ratio, unknown
from streamimb.metrics.recall import checked_positive
from streamimb.protocols import Reading


class F1(ConfusionMetric):
    r"""Harmonic mean of precision and recall of a class: $2\,TP/(2\,TP + FP + FN)$, decayed.

    `interval()` has the 95 % interval, by the delta method. `merge(other)` is this stream followed by the other's.

    **Cost**: O(1) per event, 66 kB.

    Parameters
    ----------
    positive
        Label of the class, or None: the mean over all classes (macro F1).
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
    >>> metric = metrics.F1(threshold=0.02)
    >>> for p, y in [(0.03, True), (0.01, True), (0.01, False), (0.02, False)]:
    ...     metric.update(y, p)
    >>> round(metric.get(), 2)
    0.5
    """

    bigger_is_better = True

    def __init__(
        self, positive: Any = True, threshold: float | None = None, half_life: float = 20_000
    ) -> None:
        ConfusionMetric.__init__(self, threshold, half_life)
        self.positive = checked_positive(positive)

    @property
    def multiclass(self) -> bool:
        """Whether it measures the class of a name; that of True is measured for each class against the rest."""
        return self.threshold is None and self.positive is not True

    def _slopes(self, found: Confusion) -> Slopes:
        classes, weights, *_ = found
        if self.positive is not None and self.positive not in classes:
            return unknown(weights)
        both = weights.sum(axis=0) + weights.sum(axis=1)
        each = ratio(2.0 * np.diag(weights), both)
        if self.positive is None:
            part = np.full(len(classes), 1.0 / max(1, len(classes)))
        else:
            part = np.zeros(len(classes))
            part[classes.index(self.positive)] = 1.0
        # F = 2 TP / (TP + FN + TP + FP): a cell is in the denominator of its true and of its predicted class.
        with np.errstate(invalid="ignore", divide="ignore"):
            fall = np.where(part > 0.0, -part * each / both, 0.0)
            rise = np.where(part > 0.0, 2.0 * part / both, 0.0)
        value = float(each @ part) if self.positive is None else float(each[classes.index(self.positive)])
        return Slopes(value if classes else math.nan, fall[:, None] + fall[None, :] + np.diag(rise))

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        yield Reading("f1", "Harmonic mean of precision and recall.", self.get())
        yield self.interval().reading("f1_interval", "Harmonic mean of precision and recall.")
