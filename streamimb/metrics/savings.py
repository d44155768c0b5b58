"""Savings: the cost that decisions by P(True) avoid, relative to the better of no review and full review."""

from __future__ import annotations

import math
from collections.abc import Iterator

from streamimb._kernels.decayed_sums import DecayedSums
from streamimb._kernels.observation import observation
from streamimb.metrics.event_field import LARGEST, Field, amount_of, checked_amount
from streamimb.metrics.event_proba import features_of
from streamimb.metrics.river_metric import RiverMetric, metric_half_life
from streamimb.parameters import number
from streamimb.protocols import Features, Proba, Reading


class Savings(RiverMetric, DecayedSums):
    r"""1 − cost ÷ base cost: 1 is perfect at no cost, 0 no better than to review nothing, or everything.

    A reviewed event costs `review`, a missed positive costs `miss`, any other nothing. The base cost is the smaller
    one of reviewing nothing, $\sum \mathrm{miss}\,y$, and of reviewing everything, $\sum \mathrm{review}$. An event is
    reviewed where P(True) ≥ `threshold`, or without a threshold where that is cheaper if P(True) is right:
    $p \cdot \mathrm{miss} \ge \mathrm{review}$. `merge(other)` is this stream followed by the other's.

    **Cost**: O(1) time and memory per event.

    Parameters
    ----------
    miss
        Cost of a missed positive: a number, the name of a field of x, or a function of x; in [0, 1e15].
    review
        Cost of a review: as `miss`.
    threshold
        P(True) from which an event is reviewed; > 0 and < 1. None: where it is cheaper.
    half_life
        Events after which one counts half; > 0, or inf: every event counts alike.

    Raises
    ------
    ValueError
        A parameter is out of its range; P(True) not in [0, 1]; a weight is negative or not finite; x is missing or
        a cost in it is no such number.

    Examples
    --------
    >>> from streamimb import metrics
    >>> metric = metrics.Savings(miss="amount", review=2.0)
    >>> metric.update(True, 0.3, x={"amount": 90.0})
    >>> metric.update(True, 0.05, x={"amount": 10.0})
    >>> metric.update(False, 0.05, x={"amount": 1000.0})
    >>> round(metric.get(), 2)
    -1.33

    References
    ----------
    Correa Bahnsen, Aouada, Ottersten (2014), Example-Dependent Cost-Sensitive Logistic Regression for Credit Scoring,
    doi:10.1109/ICMLA.2014.48; Elkan (2001), The Foundations of Cost-Sensitive Learning, IJCAI, 973-978.
    """

    _kernel = DecayedSums
    _sources = ("miss", "review")
    bigger_is_better = True

    def __init__(
        self,
        miss: Field | float = "amount",
        review: Field | float = 1.0,
        threshold: float | None = None,
        half_life: float = 20_000,
    ) -> None:
        self.miss = checked_amount("miss", miss)
        self.review = checked_amount("review", review)
        if threshold is not None:
            expected = "a probability > 0 and < 1, or None: where a review is cheaper"
            threshold = number("threshold", threshold, lambda p: 0.0 < p < 1.0, expected)
        self.threshold = threshold
        self.half_life = metric_half_life(half_life)
        DecayedSums.__init__(self, self.half_life)

    def update(self, y_true: bool, y_pred: float | Proba, w: float = 1.0, x: Features | None = None) -> None:
        """Take one event: its class, P(True) or the probabilities of both classes, its weight and features."""
        y, p, w = observation(y_true, y_pred, w)
        x = features_of(y_pred, x)
        miss, review = amount_of(self.miss, x), amount_of(self.review, x)
        if w > 0.0:
            reviewed = p >= self.threshold if self.threshold is not None else p * miss >= review
            lost = w * miss if y else 0.0
            self.add(w * review if reviewed else lost, lost, w * review, 0.0, 0.0, 0.0, 0.0, 0.0)

    def get(self) -> float:
        """Return the savings, at least -1e15; nan where no review and full review cost nothing."""
        cost, none, everything, *_ = self.sums()
        base = min(none, everything)
        return 1.0 - min(cost / base, LARGEST) if base > 0.0 else math.nan

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        cost, none, everything, *_ = self.sums()
        yield Reading(
            "savings", "Share of the cost of no review, or of full review, that is avoided.", self.get()
        )
        yield Reading(
            "cost",
            "Decayed cost of the decisions, of no review and of full review.",
            {"decisions": cost, "no_review": none, "full_review": everything},
            labels=("of",),
        )
