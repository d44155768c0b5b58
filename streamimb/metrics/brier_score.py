"""Brier score with its decomposition, decayed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from streamimb.metrics.equal_mass import equal_mass
from streamimb.metrics.ranked_metric import RankedMetric
from streamimb.metrics.ratio_interval import UNKNOWN, Interval
from streamimb.protocols import Reading
from streamimb.stats.poisson_interval import Z95

BINS = 20


class Decomposition(NamedTuple):
    """Parts of a Brier score: reliability − resolution + uncertainty."""

    reliability: float
    resolution: float
    uncertainty: float


class BrierScore(RankedMetric):
    r"""Mean of $(p - y)^2$, with its 95 % interval and its parts: reliability − resolution + uncertainty.

    Reliability is $\sum_b n_b/n\,[(\bar p_b - \bar y_b)^2 - v_b]$ over 20 bins of equal weight, less the variance
    $v_b$ of $\bar y_b$, so that it is about 0 for a calibrated model whatever n (below 0 by chance). Uncertainty is
    $\bar y(1 - \bar y)$. Resolution is the rest, $\ge$ that between the bins: it includes what differs within a bin.
    `merge(other)` is this stream followed by the other's.

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
    >>> metric = metrics.BrierScore()
    >>> for i in range(1000):
    ...     metric.update(i % 100 == 0, 0.01)
    >>> round(metric.get(), 4)
    0.0099

    References
    ----------
    Murphy (1973), A New Vector Partition of the Probability Score, doi:10.1175/1520-0450(1973)012<0595:ANVPOT>2.0.CO;2;
    Stephenson, Coelho, Jolliffe (2008), Two Extra Components in the Brier Score Decomposition,
    doi:10.1175/2007WAF2006116.1; Ferro, Fricker (2012), A Bias-Corrected Decomposition of the Brier Score,
    doi:10.1002/qj.1924.
    """

    bigger_is_better = False

    def get(self) -> float:
        """Return the score; nan before the first update."""
        return self.interval().value

    def interval(self) -> Interval:
        """Return the score with its 95 % interval."""
        cells = self.ranking()
        total = cells.weight().sum()
        if total <= 0.0:
            return UNKNOWN
        of_pos, of_neg = (1.0 - cells.score) ** 2, cells.score**2
        score = float((cells.pos @ of_pos + cells.neg @ of_neg) / total)
        squares = cells.pos2 @ (of_pos - score) ** 2 + cells.neg2 @ (of_neg - score) ** 2
        half = Z95 * math.sqrt(float(squares)) / float(total)
        return Interval(score, max(0.0, score - half), min(1.0, score + half))

    def decomposition(self) -> Decomposition:
        """Return reliability, resolution and uncertainty; nan before the first update."""
        cells = self.ranking()
        total = cells.weight().sum()
        if total <= 0.0:
            return Decomposition(math.nan, math.nan, math.nan)
        bins = equal_mass(cells, BINS)
        gap = (bins.predicted - bins.observed) ** 2 - bins.variance
        reliability = float(np.nansum(bins.share * gap))
        rate = float(cells.pos.sum() / total)
        uncertainty = rate * (1.0 - rate)
        return Decomposition(reliability, reliability + uncertainty - self.get(), uncertainty)

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        yield self.interval().reading("brier_score", "Mean squared error of P(True).")
        yield Reading(
            "brier_part",
            "Parts of the Brier score: reliability - resolution + uncertainty.",
            self.decomposition()._asdict(),
            labels=("part",),
        )
