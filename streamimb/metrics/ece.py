"""Expected calibration error: equal-mass bins, debiased, relative to the base rate."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from streamimb.metrics.equal_mass import equal_mass
from streamimb.metrics.ranked_metric import RankedMetric
from streamimb.parameters import whole
from streamimb.protocols import Reading


class ECE(RankedMetric):
    r"""Calibration error ÷ base rate: $\sqrt{\max(0, \sum_b n_b/n\,[(\bar p_b - \bar y_b)^2 - v_b])}\,/\,\bar y$.

    .1 means that P(True) is typically wrong by 10 % of the base rate. Bins have equal weight, because bins of equal
    width put nearly all events of a rare class into one. $v_b = \bar y_b(1 - \bar y_b)/(n_b - 1)$ is what chance
    alone adds: without it, a calibrated model at a base rate of 1 % has an error of 47 % of the base rate over 5,000
    events. `merge(other)` is this stream followed by the other's.

    **Cost**: O(1) amortised per event; O(n log n) per `get` in n ≤ 4,096 cells of 48 bytes.

    Parameters
    ----------
    half_life
        Events after which one counts half; > 0, or inf: every event counts alike.
    bins
        Number of bins; from 2 to 1,000.

    Raises
    ------
    ValueError
        A parameter is out of its range; P(True) not in [0, 1]; a weight is negative or not finite.

    Examples
    --------
    >>> from streamimb import metrics
    >>> metric = metrics.ECE()
    >>> for i in range(10_000):
    ...     metric.update(i % 100 == 0, 0.02)
    >>> round(metric.get(), 1)
    1.0

    References
    ----------
    Kumar, Liang, Ma (2019), Verified Uncertainty Calibration, arXiv:1909.10155.
    """

    bigger_is_better = False

    def __init__(self, half_life: float = 20_000, bins: int = 15) -> None:
        RankedMetric.__init__(self, half_life)
        self.bins = whole("bins", bins, lambda n: 2 <= n <= 1_000, "a whole number of bins from 2 to 1,000")

    def squared(self) -> float:
        """Return the debiased mean square of the error, not relative; about 0, of any sign, where there is none."""
        cells = self.ranking()
        if cells.weight().sum() <= 0.0:
            return math.nan
        bins = equal_mass(cells, self.bins)
        return float(np.nansum(bins.share * ((bins.predicted - bins.observed) ** 2 - bins.variance)))

    def get(self) -> float:
        """Return the error ÷ base rate; nan without a positive."""
        cells = self.ranking()
        positives = float(cells.pos.sum())
        if positives <= 0.0:
            return math.nan
        return math.sqrt(max(0.0, self.squared())) * float(cells.weight().sum()) / positives

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        yield Reading(
            "ece",
            "Calibration error over the base rate, equal-mass bins, without what chance adds.",
            self.get(),
        )
