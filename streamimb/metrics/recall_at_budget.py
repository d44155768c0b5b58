"""Recall within an alert budget: the share of positives among the highest scores."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from streamimb.metrics.equal_mass import weighted_wilson
from streamimb.metrics.ranked_metric import Cells, RankedMetric
from streamimb.metrics.ratio_interval import UNKNOWN, Interval
from streamimb.parameters import number
from streamimb.protocols import Reading

SHARE = "a share of the events > 0 and < 1"


def found_at_top(cells: Cells, share: float) -> Interval:
    """Return the share of positives among the events of highest score, with Wilson's 95 % interval.

    Of events with the score at the edge, such a part counts as fills the share. The interval takes the positives as a
    sample and the scores as given. nan without a positive.

    **Cost**: O(n) in the number of cells.
    """
    total = cells.pos.sum()
    if not total > 0.0:
        return UNKNOWN
    weight = cells.weight()[::-1]
    filled = share * weight.sum() - (np.cumsum(weight) - weight)
    part = np.clip(filled / np.where(weight > 0.0, weight, 1.0), 0.0, 1.0)
    hits, hits2 = float(cells.pos[::-1] @ part), float(cells.pos2[::-1] @ part)
    return weighted_wilson((hits, hits2), (float(total), float(cells.pos2.sum())))


class RecallAtBudget(RankedMetric):
    r"""Share of the positives among the `budget` share of events with the highest scores, with Wilson's 95 % interval.

    The recall of a team that looks at a fixed share of the events, whatever threshold that needs. Of events with the
    score at the edge, such a part counts as fills the budget. `merge(other)` is this stream followed by the other's.

    **Cost**: O(1) amortised per event; O(n log n) per `get` in n ≤ 4,096 cells of 48 bytes.

    Parameters
    ----------
    budget
        Share of the events that are looked at; > 0 and < 1.
    half_life
        Events after which one counts half; > 0, or inf: every event counts alike.

    Raises
    ------
    ValueError
        A parameter is out of its range; P(True) not in [0, 1]; a weight is negative or not finite.

    Examples
    --------
    >>> from streamimb import metrics
    >>> metric = metrics.RecallAtBudget(budget=0.25, half_life=float("inf"))
    >>> for p, y in [(0.4, True), (0.3, False), (0.2, True), (0.1, False)]:
    ...     metric.update(y, p)
    >>> metric.get()
    0.5
    """

    bigger_is_better = True

    def __init__(self, budget: float = 0.01, half_life: float = 20_000) -> None:
        RankedMetric.__init__(self, half_life)
        self.budget = number("budget", budget, lambda share: 0.0 < share < 1.0, SHARE)

    def get(self) -> float:
        """Return the recall; nan without a positive."""
        return self.interval().value

    def interval(self) -> Interval:
        """Return the recall with its 95 % interval."""
        return found_at_top(self.ranking(), self.budget)

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        yield self.interval().reading(
            "recall_at_budget",
            f"Share of positives in the top {100.0 * self.budget:g} % of the events.",
            unit="share",
        )
