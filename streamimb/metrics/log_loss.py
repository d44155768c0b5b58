"""Log loss, decayed."""

from __future__ import annotations

import math
from collections.abc import Iterator

from streamimb._kernels.metric_sums import LossSums
from streamimb.metrics.ratio_interval import UNKNOWN, Interval, normal_interval
from streamimb.metrics.river_metric import RiverMetric, metric_half_life
from streamimb.protocols import Reading


class LogLoss(RiverMetric, LossSums):
    r"""Decayed mean of $-\log p_y$ in nats, $p_y$ floored at $10^{-15}$.

    `interval()` has the standard error of a mean of weighted events. `merge(other)` is this stream followed by the
    other's, exact up to rounding.

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
    >>> metric = metrics.LogLoss()
    >>> metric.update(True, 0.9)
    >>> metric.update(False, {False: 0.8, True: 0.2})
    >>> round(metric.get(), 3)
    0.164
    """

    _kernel = LossSums
    bigger_is_better = False

    def __init__(self, half_life: float = 20_000) -> None:
        self.half_life = metric_half_life(half_life)
        LossSums.__init__(self, self.half_life)

    def get(self) -> float:
        """Return the decayed log loss; nan before the first update."""
        n, _, loss = self.sums()
        return loss / n if n > 0.0 else math.nan

    def interval(self) -> Interval:
        """Return the log loss with its 95 % interval; nan before the first update."""
        n, _, loss = self.sums()
        if n <= 0.0:
            return UNKNOWN
        n2, _, l2, _, ll2 = self.squares()
        mean = loss / n
        return normal_interval(mean, max(0.0, ll2 - 2.0 * mean * l2 + mean * mean * n2), n)

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        yield Reading("log_loss", "Log loss of what was served, nats.", self.get())
        yield self.interval().reading("log_loss_interval", "Log loss of what was served, nats.")
