"""Recall weighted by value: the share of the value of all positives that was found."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from streamimb._kernels.decayed_sums import DecayedSums
from streamimb._kernels.observation import observation
from streamimb.metrics.event_field import Field, amount_of
from streamimb.metrics.event_proba import features_of
from streamimb.metrics.ratio_interval import UNKNOWN, Interval
from streamimb.metrics.river_metric import RiverMetric, metric_half_life
from streamimb.parameters import field, number
from streamimb.protocols import Features, Proba, Reading
from streamimb.stats.poisson_interval import Z95


class ValueRecall(RiverMetric, DecayedSums):
    r"""$\sum v\,1\{p \ge t\} / \sum v$ over positives: the share of their value that is found, with its interval.

    `update` needs the features x, from which the value v is taken. The 95 % interval takes the values as given and
    the hits as chance: variance $\sum w^2v^2(h - R)^2/(\sum wv)^2$. `merge(other)` is this stream followed by the
    other's.

    **Cost**: O(1) time and memory per event.

    Parameters
    ----------
    value
        Name of a field of x, or a function of x: a number in [0, 1e15], such as the amount of a payment.
    threshold
        P(True) from which an event counts as found; > 0 and < 1.
    half_life
        Events after which one counts half; > 0, or inf: every event counts alike.

    Raises
    ------
    ValueError
        A parameter is out of its range; P(True) not in [0, 1]; a weight is negative or not finite; x is missing or
        its value is no such number.

    Examples
    --------
    >>> from streamimb import metrics
    >>> metric = metrics.ValueRecall("amount", threshold=0.1)
    >>> metric.update(True, 0.3, x={"amount": 90.0})
    >>> metric.update(True, 0.05, x={"amount": 10.0})
    >>> round(metric.get(), 2)
    0.9
    """

    _kernel = DecayedSums
    _sources = ("value",)
    bigger_is_better = True

    def __init__(self, value: Field, threshold: float, half_life: float = 20_000) -> None:
        self.value = field("value", value)
        self.threshold = number("threshold", threshold, lambda p: 0.0 < p < 1.0, "a probability > 0 and < 1")
        self.half_life = metric_half_life(half_life)
        DecayedSums.__init__(self, self.half_life)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"value": "amount", "threshold": 0.1}

    def update(self, y_true: bool, y_pred: float | Proba, w: float = 1.0, x: Features | None = None) -> None:
        """Take one event: its class, P(True) or the probabilities of both classes, its weight and features."""
        y, p, w = observation(y_true, y_pred, w)
        v = w * amount_of(self.value, features_of(y_pred, x))
        if w > 0.0:
            hit, miss = (v, 0.0) if p >= self.threshold else (0.0, v)
            if not y:
                hit = miss = 0.0
            self.add(hit, miss, 0.0, 0.0, hit * hit, miss * miss, 0.0, 0.0)

    def get(self) -> float:
        """Return the recall; nan before the first positive of a value above 0."""
        return self.interval().value

    def interval(self) -> Interval:
        """Return the recall with its 95 % interval."""
        hit, miss, _, _, hit2, miss2, _, _ = self.sums()
        if not hit + miss > 0.0:
            return UNKNOWN
        found = hit / (hit + miss)
        half = Z95 * math.sqrt(hit2 * (1.0 - found) ** 2 + miss2 * found**2) / (hit + miss)
        return Interval(found, max(0.0, found - half), min(1.0, found + half))

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        yield self.interval().reading(
            "value_recall", "Share of the value of positives that was found.", unit="share"
        )
