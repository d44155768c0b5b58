"""Normalised entropy: log loss divided by the entropy of the base rate."""

from __future__ import annotations

import math
from collections.abc import Iterator

from streamimb.metrics.log_loss import LogLoss
from streamimb.metrics.ratio_interval import UNKNOWN, Interval, normal_interval
from streamimb.metrics.river_metric import RiverMetric, metric_half_life
from streamimb.parameters import refuse_other
from streamimb.protocols import Reading


def entropy(rate: float) -> float:
    r"""Return $-r\log r - (1-r)\log(1-r)$ in nats; 0 at 0 and 1.

    **Cost**: O(1).

    Examples
    --------
    >>> round(entropy(0.01), 4)
    0.056
    """
    if not 0.0 < rate < 1.0:
        return 0.0
    return -rate * math.log(rate) - (1.0 - rate) * math.log1p(-rate)


class NormalizedEntropy(RiverMetric):
    """NE: decayed log loss ÷ entropy of the decayed base rate. 1 is the value of the base rate as prediction.

    `interval()` has the standard error of the ratio, in which the losses and the base rate vary together.
    `merge(other)` is this stream followed by the other's, exact up to rounding.

    **Cost**: O(1) time and memory per event.

    Parameters
    ----------
    half_life
        Events after which one counts half; > 0, or inf: every event counts alike.

    Raises
    ------
    ValueError
        As `LogLoss`.

    Examples
    --------
    >>> from streamimb import metrics
    >>> metric = metrics.NormalizedEntropy()
    >>> for i in range(1000):
    ...     metric.update(i % 100 == 0, 0.01)
    >>> round(metric.get(), 2), round(abs(metric.rig()), 2)
    (1.0, 0.0)

    References
    ----------
    He et al. (2014), Practical Lessons from Predicting Clicks on Ads at Facebook,
    doi:10.1145/2648584.2648589. Belli et al. (2020), Privacy-Aware Recommender Systems Challenge on Twitter's Home
    Timeline, arXiv:2004.13715: the relative cross-entropy.
    """

    bigger_is_better = False

    def __init__(self, half_life: float = 20_000) -> None:
        self.half_life = metric_half_life(half_life)
        self._loss = LogLoss(self.half_life)

    @property
    def log_loss(self) -> LogLoss:
        """The log loss of the same events."""
        return self._loss

    def update_p(self, y: bool, p: float, w: float = 1.0) -> None:
        """Take one event, unchecked."""
        self._loss.update_p(y, p, w)

    def get(self) -> float:
        """Return NE; nan until both classes were seen."""
        n, y, _ = self._loss.sums()
        bound = entropy(y / n) if n > 0.0 else 0.0
        return self._loss.get() / bound if bound > 0.0 else math.nan

    def interval(self) -> Interval:
        """Return NE with its 95 % interval; nan until both classes were seen."""
        n, y, loss = self._loss.sums()
        rate = y / n if n > 0.0 else 0.0
        bound = entropy(rate)
        if not bound > 0.0:
            return UNKNOWN
        n2, y2, l2, yl2, ll2 = self._loss.squares()
        mean = loss / n
        # To first order NE varies by (l - mean - slope (y - rate)) / bound for each event.
        slope = mean / bound * math.log((1.0 - rate) / rate)
        of_losses = ll2 - 2.0 * mean * l2 + mean * mean * n2
        of_both = yl2 - rate * l2 - mean * y2 + mean * rate * n2
        of_labels = y2 * (1.0 - 2.0 * rate) + rate * rate * n2
        variance = max(0.0, of_losses - 2.0 * slope * of_both + slope * slope * of_labels)
        return normal_interval(mean / bound, variance / (bound * bound), n)

    def rig(self) -> float:
        """Return the relative information gain, 1 - NE: 0 as the base rate, 1 if every answer is right; nan as NE."""
        return 1.0 - self.get()

    def rce(self) -> float:
        """Return the relative cross-entropy gain in percent, 100 (1 - NE); nan as NE."""
        return 100.0 * self.rig()

    def merge(self, other: NormalizedEntropy) -> None:
        """Take in another stream, as if it had come after this one."""
        refuse_other(self, other, "half_life")
        self._loss.merge(other._loss)

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        yield Reading(
            "normalized_entropy",
            "Log loss over that of the base rate.",
            self.get(),
            title="normalised entropy",
        )
        yield self.interval().reading("normalized_entropy_interval", "Log loss over that of the base rate.")
