"""Lift: how much more frequent positives are among the highest scores."""

from __future__ import annotations

from collections.abc import Iterator

from streamimb.metrics.ranked_metric import RankedMetric
from streamimb.metrics.ratio_interval import Interval
from streamimb.metrics.recall_at_budget import SHARE, found_at_top
from streamimb.parameters import number
from streamimb.protocols import Reading


class Lift(RankedMetric):
    r"""Share of positives among the top `share` of the events ÷ base rate, with its 95 % interval; random is 1.

    It is `RecallAtBudget` ÷ share, at most 1 ÷ share. `merge(other)` is this stream followed by the other's.

    **Cost**: O(1) amortised per event; O(n log n) per `get` in n ≤ 4,096 cells of 48 bytes.

    Parameters
    ----------
    share
        Share of the events with the highest scores; > 0 and < 1.
    half_life
        Events after which one counts half; > 0, or inf: every event counts alike.

    Raises
    ------
    ValueError
        A parameter is out of its range; P(True) not in [0, 1]; a weight is negative or not finite.

    Examples
    --------
    >>> from streamimb import metrics
    >>> metric = metrics.Lift(share=0.25, half_life=float("inf"))
    >>> for p, y in [(0.4, True), (0.3, False), (0.2, True), (0.1, False)]:
    ...     metric.update(y, p)
    >>> metric.get()
    2.0
    """

    bigger_is_better = True

    def __init__(self, share: float = 0.01, half_life: float = 20_000) -> None:
        RankedMetric.__init__(self, half_life)
        self.share = number("share", share, lambda top: 0.0 < top < 1.0, SHARE)

    def get(self) -> float:
        """Return the lift; nan without a positive."""
        return self.interval().value

    def interval(self) -> Interval:
        """Return the lift with its 95 % interval."""
        return Interval(*(end / self.share for end in found_at_top(self.ranking(), self.share)))

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        yield self.interval().reading(
            "lift",
            f"Share of positives in the top {100.0 * self.share:g} % of the events over the base rate.",
        )
