"""Class weights: every event is learned, rare classes with a larger weight."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from streamimb._kernels.saved import distinct, entries
from streamimb.parameters import Part, number, refuse
from streamimb.protocols import Features, Label, Proba
from streamimb.sampling.budget import check_weight

CAP = 1_000.0  # the largest balanced weight, in events of the commonest class

PAIRS = "a tuple of (class, weight) pairs, each class once, e.g. ((True, 10.0),), or None: balanced"


class ClassWeights(Part):
    r"""Learn each event as one example whose weight depends on its class.

    A weight is a rate, so it is corrected like one. Balanced: $r(k) = \min(1000, \max_j m_j / m_k)$ with the
    present priors $m_k$; an event of a class never seen before has weight 1. Every event is learned, so weights save no
    training time, and on eight real streams they are less accurate than under-sampling at a share of .2.

    **Cost**: O(K) time for K classes, O(K) floats.

    Parameters
    ----------
    weights
        (class, weight) pairs, weights in [1e-6, 10^15]; a class not named weighs 1. None: balanced.

    Raises
    ------
    ValueError
        Where `weights` is empty or no tuple of pairs, names a class twice or has a weight out of range; where a
        weight w is negative or not finite.

    Examples
    --------
    >>> from streamimb import sampling
    >>> sampler = sampling.ClassWeights()
    >>> p = prior = {False: 0.9, True: 0.1}
    >>> for y in (False, True):
    ...     sampler.learn_one({}, y, p, sampler.rates_one({}, p, prior), prior)
    >>> round(sampler.rates_one({}, p, prior)[True], 1)
    9.0

    References
    ----------
    King, G. and Zeng, L. (2001). Logistic Regression in Rare Events Data.
    https://doi.org/10.1093/oxfordjournals.pan.a004868.
    """

    depends_on_x = False
    draws = False

    def __init__(self, weights: tuple[tuple[Any, float], ...] | None = None) -> None:
        if weights is not None:
            pairs = type(weights) is tuple and all(
                type(pair) is tuple and len(pair) == 2 and isinstance(pair[0], Hashable) for pair in weights
            )
            if not pairs or not 0 < len(weights) == len(dict(weights)):
                refuse("weights", weights, PAIRS)
            weights = tuple((label, weight_of(label, weight)) for label, weight in weights)
        self.weights = weights
        self._met: dict[Any, None] = {}

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {}
        yield {"weights": ((True, 10.0),)}

    def rates_one(self, x: Features, p: Proba, prior: Proba) -> dict[Any, float]:
        """Return the weight of each class of p; neither x nor the values of p matter."""
        if self.weights is not None:
            given = dict(self.weights)
            return {label: float(given.get(label, 1.0)) for label in p}
        met = self._met
        if len(p) == 2 and True in p and False in p and False in met and True in met:
            odds = (1.0 - prior[True]) / prior[True]
            return {False: min(CAP, max(1.0, 1.0 / odds)), True: min(CAP, max(1.0, odds))}
        known = {label for label in p if label in met}
        most = max((prior[label] for label in known), default=1.0)
        return {label: min(CAP, most / prior[label]) if label in known else 1.0 for label in p}

    def learn_one(self, x: Features, y: Label, p: Proba, rates: Proba, prior: Proba, w: float = 1.0) -> None:
        """Note the label of an event; w = 0 changes nothing."""
        check_weight(w)
        if w > 0.0:
            self._met.setdefault(y)

    def __getstate__(self) -> dict[str, Any]:
        return {"weights": self.weights, "met": list(self._met)}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "weights", "met")
        fresh, met = ClassWeights(saved["weights"]), distinct(saved, "met")
        vars(self).update(weights=fresh.weights, _met=dict.fromkeys(met))


def weight_of(label: Any, weight: Any) -> float:
    """Return the weight of a class; raise ValueError, naming both, where it is out of range."""
    name = f"weights: class {label!r}"
    return number(name, weight, lambda rate: 1e-6 <= rate <= 1e15, "a number in [1e-6, 1e15]")
