"""Bins of equal weight over the scores: what was predicted and observed in each."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from streamimb.metrics.ranked_metric import Cells, Numbers
from streamimb.metrics.ratio_interval import Interval
from streamimb.stats.poisson_interval import Z95


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
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))
