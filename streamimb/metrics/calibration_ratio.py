"""Predicted ÷ observed with its 95 % interval, decayed."""

from __future__ import annotations

from collections.abc import Iterator

from streamimb._kernels.metric_sums import RatioSums
from streamimb.metrics.ratio_interval import Interval, ratio_interval
from streamimb.metrics.river_metric import RiverMetric, metric_half_life, no_direction
from streamimb.parameters import refuse
from streamimb.protocols import Reading


class CalibrationRatio(RiverMetric, RatioSums):
    r"""$\sum p / \sum y$, decayed, with Byar's 95 % interval: 1 is calibrated in the large.

    The interval takes the number of positives as Poisson of effective size $(\sum wy)^2 / \sum w^2 y$.
    `orphan()` adds a positive whose event was not found: that event may have been measured as a negative, so
    the interval widens downwards. `merge(other)` is this stream followed by the other's, exact up to rounding.

    **Cost**: O(1) time and memory per event.

    Parameters
    ----------
    half_life
        Events, or positives, after which one counts half; > 0.
    per
        "event", or "positive": decay once per positive, so that about the same number of positives counts however
        rare the class is.

    Raises
    ------
    ValueError
        A parameter is out of its range; P(True) not in [0, 1]; a weight is negative or not finite.

    Examples
    --------
    >>> from streamimb import metrics
    >>> metric = metrics.CalibrationRatio()
    >>> for i in range(1000):
    ...     metric.update(i % 100 == 0, 0.02)
    >>> [round(end, 1) for end in metric.interval()]
    [2.0, 1.1, 4.2]
    """

    _kernel = RatioSums
    _follows = ("fade", "per_positive")
    bigger_is_better = no_direction("the best is 1; compare models by LogLoss or ECE")

    def __init__(self, half_life: float = 20_000, per: str = "event") -> None:
        self.half_life = metric_half_life(half_life)
        if per not in ("event", "positive"):
            refuse("per", per, "'event' or 'positive'")
        self.per = per
        RatioSums.__init__(self, self.half_life, per == "positive")

    def get(self) -> float:
        """Return predicted ÷ observed; nan before the first update, inf without a positive."""
        return self.interval().value

    def interval(self) -> Interval:
        """Return predicted ÷ observed with its 95 % interval."""
        n, n2, y, y2, p = self.sums()
        return ratio_interval(p, n, n2, y, y2, self.orphaned())

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        if self.per == "event":
            yield self.interval().reading(
                "calibration_ratio", "Predicted over observed; 1 is right.", title="predicted / observed"
            )
        else:
            yield self.interval().reading(
                "calibration_ratio_recent",
                f"Predicted over observed, with weights that halve every {self.half_life:g} positives.",
                title=f"predicted / observed, last {self.half_life:g} positives",
            )
