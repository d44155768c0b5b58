"""The share of positives with its 95 % interval, decayed."""

from __future__ import annotations

from collections.abc import Iterator

from streamimb._kernels.metric_sums import RatioSums
from streamimb.metrics.ratio_interval import Interval, rate_interval
from streamimb.metrics.river_metric import RiverMetric, metric_half_life, no_direction
from streamimb.protocols import Reading


class BaseRate(RiverMetric, RatioSums):
    r"""$\sum y / \sum 1$, decayed, with Byar's 95 % interval, within [0, 1]; what was predicted is not used.

    `orphan()` adds a positive whose event was not found; the upper end counts it. `merge(other)` is this
    stream followed by the other's, exact up to rounding.

    **Cost**: O(1) time and memory per event.

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
    >>> metric = metrics.BaseRate()
    >>> for i in range(1000):
    ...     metric.update(i % 100 == 0, 0.02)
    >>> [round(end, 3) for end in metric.interval()]
    [0.01, 0.005, 0.018]
    """

    _kernel = RatioSums
    _follows = ("fade", "per_positive")
    bigger_is_better = no_direction("compare models by LogLoss")

    def __init__(self, half_life: float = 20_000) -> None:
        self.half_life = metric_half_life(half_life)
        RatioSums.__init__(self, self.half_life)

    def get(self) -> float:
        """Return the share of positives; nan before the first update."""
        return self.interval().value

    def interval(self) -> Interval:
        """Return the share of positives with its 95 % interval."""
        n, n2, y, y2, _ = self.sums()
        return rate_interval(n, n2, y, y2, self.orphaned())

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        yield self.interval().reading("base_rate", "Share of positives.", title="base rate", unit="share")
