"""Bins of equal weight over the scores: what was predicted and observed in each."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from streamimb.metrics.ranked_metric import Cells, Numbers
from streamimb.metrics.ratio_interval import UNKNOWN, Interval
from streamimb.stats.poisson_interval import Z95

Sums = tuple[float, float]  # of weights, and of their squares


class Bins(NamedTuple):
    r"""Bins by score, lowest first: share of the weight, means of p and y, and the variance of the mean of y.

    The variance is $\sum w^2 (y - \bar y)^2 / (\sum w)^2 \cdot n/(n - 1)$ with n the effective number of events
    $(\sum w)^2/\sum w^2$; with equal weights $\bar y (1 - \bar y)/(n - 1)$. It is nan in a bin of one event.
    """

    share: Numbers
    predicted: Numbers
    observed: Numbers
    variance: Numbers
    effective: Numbers  # number of events


def equal_mass(cells: Cells, count: int) -> Bins:
    """Return at most `count` bins of about equal weight; events of one score stay in one bin.

    **Cost**: O(n) in the number of cells.
    """
    weight = cells.weight()
    total = weight.sum()
    middle = (np.cumsum(weight) - 0.5 * weight) / total
    place = np.minimum((middle * count).astype(np.int64), count - 1)
    first = np.flatnonzero(np.append(True, place[1:] != place[:-1]))
    columns = (weight, cells.score * weight, cells.pos, cells.pos2, cells.neg2)
    mass, predicted, pos, pos2, neg2 = (np.add.reduceat(column, first) for column in columns)
    y = pos / mass
    n = mass**2 / (pos2 + neg2)
    spread = (pos2 * (1.0 - y) ** 2 + neg2 * y**2) / mass**2
    variance = np.divide(spread * n, n - 1.0, out=np.full_like(n, math.nan), where=n > 1.0 + 1e-9)
    return Bins(mass / total, predicted / mass, y, variance, n)


def wilson(share: float, n: float) -> Interval:
    r"""Return a share with Wilson's 95 % interval, from n effective events.

    **Cost**: O(1).

    Examples
    --------
    >>> [round(end, 3) for end in wilson(0.1, 100)]
    [0.1, 0.055, 0.174]

    References
    ----------
    Wilson (1927), Probable Inference, the Law of Succession, and Statistical Inference, doi:10.2307/2276774.
    """
    z = Z95 * Z95 / n
    middle = (share + 0.5 * z) / (1.0 + z)
    half = Z95 * math.sqrt(share * (1.0 - share) / n + 0.25 * z / n) / (1.0 + z)
    # The ends enclose the share in spite of rounding.
    return Interval(share, max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half)))


def weighted_wilson(hits: Sums, every: Sums) -> Interval:
    r"""Return the share of a part of the weight with Wilson's 95 % interval, from the effective number of its variance.

    The variance is $(\bar s^2 \sum_{hits} w^2 + s^2 \sum_{rest} w^2) / (\sum w)^2$, $\bar s = 1 - s$.

    **Cost**: O(1).

    Examples
    --------
    >>> [round(end, 3) for end in weighted_wilson((10.0, 10.0), (100.0, 100.0))]
    [0.1, 0.055, 0.174]
    """
    total, squares = every
    if not total > 0.0:
        return UNKNOWN
    s = min(1.0, hits[0] / total)
    n = (total / squares) * total if squares > 0.0 else 0.0
    spread = (1.0 - s) * (1.0 - s) * hits[1] + s * s * max(0.0, squares - hits[1])
    if 0.0 < s < 1.0 and spread > 0.0:
        n = s * (1.0 - s) * (total / spread) * total
    return wilson(s, n) if n > 0.0 else Interval(s, 0.0, 1.0)
