"""Cohen's kappa, decayed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from streamimb.metrics.confusion_interval import Confusion, Slopes
from streamimb.metrics.confusion_metric import ConfusionMetric, apart, unknown
from streamimb.protocols import Reading


class CohenKappa(ConfusionMetric):
    r"""Cohen's kappa $(p_o - p_e)/(1 - p_e)$: accuracy beyond that of chance with the same class sizes; random is 0.

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
    >>> metric = metrics.CohenKappa(half_life=float("inf"))
    >>> for said, y in [(True, True), (False, True), (False, False), (False, False)]:
    ...     metric.update(y, said)
    >>> round(metric.get(), 2)
    0.5

    References
    ----------
    Cohen (1960), A Coefficient of Agreement for Nominal Scales, doi:10.1177/001316446002000104.
    """

    bigger_is_better = True
    _least = -1.0

    def _slopes(self, found: Confusion) -> Slopes:
        weights = found.weights
        total, true, said = weights.sum(), weights.sum(axis=1), weights.sum(axis=0)
        rest = apart(true, said)
        if not rest > 0.0:
            return unknown(weights)
        wrong = float((weights * (1.0 - np.eye(len(true)))).sum())  # exactly 0 where all is right
        kappa = 1.0 - wrong * float(total) / rest
        of_chance = said[:, None] + true[None, :]
        of_agreed = np.trace(weights) + total * np.eye(len(true)) - of_chance
        return Slopes(kappa, (of_agreed - kappa * (2.0 * total - of_chance)) / rest)

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        yield Reading("cohen_kappa", "Accuracy beyond that of chance.", self.get())
        yield self.interval().reading("cohen_kappa_interval", "Accuracy beyond that of chance.")
