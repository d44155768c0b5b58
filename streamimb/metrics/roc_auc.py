"""ROC AUC with its 95 % interval, decayed."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from streamimb.metrics.ranked_metric import Cells, RankedMetric
from streamimb.metrics.ratio_interval import UNKNOWN, Interval
from streamimb.protocols import Reading
from streamimb.stats.poisson_interval import Z95


def roc_auc(cells: Cells) -> Interval:
    r"""Return P(score of a positive > that of a negative), ties counted half, with DeLong's 95 % interval.

    The variance is that of $F_-(s)$ over positives ÷ their effective number $(\sum w)^2/\sum w^2$, plus the same of
    $F_+(s)$ over negatives. nan until both classes were seen.

    **Cost**: O(n) in the number of cells.

    References
    ----------
    DeLong, DeLong, Clarke-Pearson (1988), Comparing the Areas under Two or More Correlated Receiver Operating
    Characteristic Curves, doi:10.2307/2531595.
    """
    if not cells.both():
        return UNKNOWN
    pos, neg = cells.pos / cells.pos.sum(), cells.neg / cells.neg.sum()
    below_neg = np.cumsum(neg) - 0.5 * neg
    below_pos = np.cumsum(pos) - 0.5 * pos
    auc = float(pos @ below_neg)
    squares = cells.pos2.sum() / cells.pos.sum() ** 2, cells.neg2.sum() / cells.neg.sum() ** 2
    of_pos = float(pos @ (below_neg - auc) ** 2) * squares[0]
    of_neg = float(neg @ (below_pos - (1.0 - auc)) ** 2) * squares[1]
    half = Z95 * math.sqrt(of_pos + of_neg)
    return Interval(auc, max(0.0, auc - half), min(1.0, auc + half))


class ROCAUC(RankedMetric):
    r"""Area under the ROC curve, with DeLong's 95 % interval: P(a positive scores above a negative), ties counted half.

    Exact up to 2,048 different scores. Beyond them it is within about .001 of the exact value at any base rate,
    because cells follow the scores; River's `ROCAUC` has fixed thresholds, and at a base rate of 1 % nearly all
    probabilities lie between two of them. `merge(other)` is this stream followed by the other's.

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
    >>> metric = metrics.ROCAUC()
    >>> for p, y in [(0.03, True), (0.02, False), (0.011, True), (0.01, False)]:
    ...     metric.update(y, p)
    >>> round(metric.get(), 2)
    0.75
    """

    bigger_is_better = True

    def get(self) -> float:
        """Return the area; nan until both classes were seen."""
        return self.interval().value

    def interval(self) -> Interval:
        """Return the area with its 95 % interval."""
        return roc_auc(self.ranking())

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        yield self.interval().reading("roc_auc", "Area under the ROC curve.", title="ROC AUC")
