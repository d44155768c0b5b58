"""Area under precision over recall (average precision), decayed."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from streamimb.metrics.ranked_metric import Cells, RankedMetric
from streamimb.protocols import Reading


def average_precision(cells: Cells) -> float:
    r"""Return $\sum_j (R_j - R_{j-1}) P_j$ over cells j, highest score first; nan without a positive.

    Events of equal score form one group, evaluated at its end, so that their order has no effect. In a cell of
    different scores both classes are taken as evenly spread: with a positives and b negatives below A and B, the mean
    of $(A + ta)/(A + ta + B + tb)$ over t in [0, 1].

    **Cost**: O(n) in the number of cells.
    """
    found = cells.pos > 0.0
    if not found.any():
        return math.nan
    pos, neg = cells.pos[::-1], cells.neg[::-1]
    above, all_above = np.cumsum(pos), np.cumsum(pos + neg)
    precision = above / np.where(all_above > 0.0, all_above, 1.0)
    spread = cells.mixed[::-1] & (pos > 0.0)
    a, c = pos[spread], pos[spread] + neg[spread]
    start, start_all = above[spread] - a, np.maximum(all_above[spread] - c, 0.0)
    # The integral of (A + ta)/(C + tc) over t is a/c + (A - C a/c) log(1 + c/C)/c; the first cell has C = A = 0.
    logs = np.log1p(np.divide(c, start_all, out=np.zeros_like(c), where=start_all > 0.0))
    precision[spread] = np.clip(a / c + (start - start_all * a / c) * logs / c, 0.0, 1.0)
    return float(pos @ precision / above[-1])


class PRAUC(RankedMetric):
    r"""Area under the precision-recall curve: average precision, $\sum_j (R_j - R_{j-1}) P_j$ over falling scores.

    A ranking at random has the base rate. Events of equal score form one group, so that their order has no effect.
    Exact up to 2,048 different scores; beyond them neighbours share a cell, within which both classes are taken as
    evenly spread. `merge(other)` is this stream followed by the other's.

    **Cost**: O(1) amortised per event; O(n log n) per `get` in n ≤ 4,096 cells of 48 bytes.

    Parameters
    ----------
    half_life
        Events after which one counts half; > 0, or inf: every event counts alike.

    Raises
    ------
    ValueError
        `half_life` is not > 0; P(True) not in [0, 1]; a weight is negative or not finite.

    Examples
    --------
    >>> from streamimb import metrics
    >>> metric = metrics.PRAUC(half_life=float("inf"))
    >>> for p, y in [(0.9, True), (0.5, False), (0.5, True), (0.1, False)]:
    ...     metric.update(y, p)
    >>> round(metric.get(), 3)
    0.833
    """

    bigger_is_better = True

    def get(self) -> float:
        """Return the average precision; nan without a positive."""
        return average_precision(self.ranking())

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        yield Reading("pr_auc", "Area under precision over recall.", self.get(), title="PR AUC")
