"""Matthews correlation coefficient, decayed."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from streamimb.metrics.confusion_interval import Confusion, Slopes
from streamimb.metrics.confusion_metric import ConfusionMetric, apart, unknown
from streamimb.protocols import Reading


class MCC(ConfusionMetric):
    r"""Matthews correlation coefficient: the correlation of true and predicted class, in [-1, 1]; random is 0.

    With more than two classes Gorodkin's $R_K$. `interval()` has the 95 % interval, by the delta method.
    `merge(other)` is this stream followed by the other's.

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
    >>> metric = metrics.MCC(half_life=float("inf"))
    >>> for said, y in [(True, True), (False, True), (False, False), (False, False)]:
    ...     metric.update(y, said)
    >>> round(metric.get(), 2)
    0.58

    References
    ----------
    Gorodkin (2004), Comparing Two K-Category Assignments by a K-Category Correlation Coefficient,
    doi:10.1016/j.compbiolchem.2004.09.006.
    """

    bigger_is_better = True
    _least = -1.0

    def _slopes(self, found: Confusion) -> Slopes:
        weights = found.weights
        total, true, said = weights.sum(), weights.sum(axis=1), weights.sum(axis=0)
        of_true, of_said = apart(true, true), apart(said, said)
        if not of_true * of_said > 0.0:
            return unknown(weights)
        root = math.sqrt(of_true * of_said)
        mcc = float(np.clip((np.trace(weights) * total - true @ said) / root, -1.0, 1.0))
        rise = np.trace(weights) + total * np.eye(len(true)) - said[:, None] - true[None, :]
        spread = (total - true)[:, None] / of_true + (total - said)[None, :] / of_said
        return Slopes(mcc, rise / root - mcc * spread)

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        yield Reading("mcc", "Correlation of true and predicted class.", self.get())
        yield self.interval().reading("mcc_interval", "Correlation of true and predicted class.")
