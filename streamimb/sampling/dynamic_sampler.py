"""Dynamic sampling: the classes that are predicted badly get the larger shares of a budget."""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose
from typing import Any

from streamimb._kernels.feedback_rate import FeedbackRate
from streamimb._kernels.saved import distinct, entries, listed, number, refused, row
from streamimb.parameters import Part, refuse
from streamimb.parameters import number as checked_number

METRICS = ("f1", "recall")
HALF_LIFE = 200  # of a class's hits, false alarms and misses, in events that concern the class


class DynamicSampler(FeedbackRate, Part):
    r"""Give each class a share of the budget in proportion to 1 - F1 of its predictions.

    With B the budget and m the class prior, $r(k) = \min(max\_copies, B s_k / m_k)$, where $s_k \propto \max(.1, 1 -
    F_k)$ and the shares s sum to 1; what `max_copies` cuts off goes to the other classes, so that $\sum_k m_k r(k) = B$
    where that is possible. $F_k$ is the F1 or recall of the likeliest class, decayed (half-life 200 events labelled or
    predicted as k). The shares stay until one is wrong by a factor of 1.2, then all move. An event of a class never
    seen before has rate 1, and so has every event until there are two classes.

    Under an offset the likeliest class is that of the corrected probabilities, which seldom is a rare one; the rare
    class then keeps a large share.

    **Cost**: O(K) time for K classes (.4 µs for two), 4K floats.

    Parameters
    ----------
    budget
        Copies learned per event, in [1e-6, 10].
    metric
        "f1" or "recall".
    max_copies
        Copies of one event at most, in [1, 1000].

    Raises
    ------
    ValueError
        For a parameter out of range, or a weight that is negative or not finite.

    Examples
    --------
    >>> from streamimb import sampling
    >>> sampler = sampling.DynamicSampler(budget=0.1)
    >>> prior = {"a": 0.9, "b": 0.1}
    >>> for i in range(1_000):
    ...     p = {"a": 0.9, "b": 0.1}  # b is never predicted
    ...     sampler.learn_one({}, "b" if i % 10 == 9 else "a", p, sampler.rates_one({}, p, prior), prior)
    >>> {label: round(share, 2) for label, share in sampler.class_shares.items()}
    {'a': 0.11, 'b': 0.89}

    References
    ----------
    Pouyanfar, S. et al. (2018). Dynamic Sampling in Convolutional Neural Networks for Imbalanced Data Classification.
    https://doi.org/10.1109/MIPR.2018.00027. Decay, clipping and hysteresis are ours.
    """

    depends_on_x = False
    draws = True

    def __init__(self, budget: float, metric: str = "f1", max_copies: float = 10.0) -> None:
        if metric not in METRICS:
            refuse("metric", metric, f"one of {', '.join(METRICS)}")
        self.budget = checked_number(
            "budget",
            budget,
            lambda copies: 1e-6 <= copies <= 10.0,
            "copies per event, in [1e-6, 10], e.g. 0.1",
        )
        self.metric = metric
        self.max_copies = checked_number(
            "max_copies",
            max_copies,
            lambda copies: 1.0 <= copies <= 1_000.0,
            "copies of one event, in [1, 1000]",
        )
        FeedbackRate.__init__(self, HALF_LIFE)
        self._set_budget(self.budget, self.max_copies, metric == "recall")

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"budget": 0.1}
        yield {"budget": 0.5, "metric": "recall", "max_copies": 1.0}

    def __getstate__(self) -> dict[str, Any]:
        parameters = {"budget": self.budget, "metric": self.metric, "max_copies": self.max_copies}
        return {**parameters, "classes": self._learned}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "budget", "metric", "max_copies", "classes")
        fresh = DynamicSampler(saved["budget"], saved["metric"], saved["max_copies"])  # checks them
        classes = [listed({"classes": one}, "classes", 3) for one in listed(saved, "classes")]
        labels = distinct({"classes": [one[0] for one in classes]}, "classes")
        tallies = [row({"classes": one[1]}, "classes", 3, 0.0) for one in classes]
        shares = [number({"classes": one[2]}, "classes", 1e-12, 1.0) for one in classes]
        if classes and not isclose(sum(shares), 1.0, rel_tol=1e-9):
            raise refused("classes", "labels with their tallies and with shares that sum to 1")
        FeedbackRate.__init__(self, HALF_LIFE)
        vars(self).update(budget=fresh.budget, metric=fresh.metric, max_copies=fresh.max_copies)
        self._set_budget(fresh.budget, fresh.max_copies, fresh.metric == "recall")
        self._resume(dict(zip(labels, tallies, strict=True)), dict(zip(labels, shares, strict=True)))
