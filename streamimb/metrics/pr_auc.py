"""Area under precision over recall (average precision), decayed."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from streamimb.metrics.ranked_metric import Cells, RankedMetric
from streamimb.metrics.ratio_interval import UNKNOWN, Interval
from streamimb.protocols import Reading
from streamimb.stats.poisson_interval import Z95


def average_precision(cells: Cells) -> Interval:
    r"""Return $\sum_j (R_j - R_{j-1}) P_j$ over cells j, highest score first, with its 95 % interval.

    nan without a positive.

    Events of equal score form one group, evaluated at its end, so that their order has no effect. In a cell of
    different scores both classes are taken as evenly spread: with a positives and b negatives below A and B, the mean
    of $(A + ta)/(A + ta + B + tb)$ over t in [0, 1].

    The variance is that of the delta method, $\sum s\,d^2$ over cells and classes with s the sum of squared weights. A
    positive at score k changes the area by $d = (P_k - AP + \sum_{j \le k} a_j B_j/C_j^2)/A$, a negative by
    $-\sum_{j \le k} a_j A_j/C_j^2/A$, over cells of no higher score, $C = A + B$. The lower end is symmetric, the upper
    one on the log-odds: the area of few positives is skewed, and a little too high in the mean.

    **Cost**: O(n) in the number of cells.
    """
    found = cells.pos > 0.0
    if not found.any():
        return UNKNOWN
    pos, neg = cells.pos[::-1], cells.neg[::-1]
    above, all_above = np.cumsum(pos), np.cumsum(pos + neg)
    precision = above / np.where(all_above > 0.0, all_above, 1.0)
    spread = cells.mixed[::-1] & (pos > 0.0)
    a, c = pos[spread], pos[spread] + neg[spread]
    start, start_all = above[spread] - a, np.maximum(all_above[spread] - c, 0.0)
    # The integral of (A + ta)/(C + tc) over t is a/c + (A - C a/c) log(1 + c/C)/c; the first cell has C = A = 0.
    logs = np.log1p(np.divide(c, start_all, out=np.zeros_like(c), where=start_all > 0.0))
    precision[spread] = np.clip(a / c + (start - start_all * a / c) * logs / c, 0.0, 1.0)
    value = float(pos @ precision / above[-1])
    by_weight = np.divide(pos, all_above, out=np.zeros_like(pos), where=all_above > 0.0)
    lost, gained = (np.cumsum((by_weight * part)[::-1])[::-1] for part in (precision, 1.0 - precision))
    slopes2 = cells.pos2[::-1] @ (precision - value + gained) ** 2 + cells.neg2[::-1] @ lost**2
    half = Z95 * math.sqrt(float(slopes2)) / float(above[-1])
    if not 0.0 < value < 1.0:
        return Interval(value, max(0.0, value - half), min(1.0, value + half))
    odds = value / (1.0 - value) * math.exp(min(500.0, half / (value * (1.0 - value))))
    return Interval(value, max(0.0, value - half), max(value, 1.0 - 1.0 / (1.0 + odds)))


class PRAUC(RankedMetric):
    r"""Area under the precision-recall curve with its 95 % interval: average precision.

    That is $\sum_j (R_j - R_{j-1}) P_j$ over falling scores. A ranking at random has the base rate. Events of equal
    score form one group, so that their order has no effect.
    Exact up to 2,048 different scores; beyond them neighbours share a cell, within which both classes are taken as
    evenly spread. The 95 % interval is by the delta method. `merge(other)` is this stream followed by the other's.

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
        return self.interval().value

    def interval(self) -> Interval:
        """Return the average precision with its 95 % interval."""
        return average_precision(self.ranking())

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        found, help = self.interval(), "Area under precision over recall."
        yield Reading("pr_auc", help, found.value, title="PR AUC")
        yield found.reading("pr_auc_interval", help)
