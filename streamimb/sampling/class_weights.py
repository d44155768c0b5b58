"""Class weights: every event is learned, rare classes with a larger weight."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from streamimb._kernels.class_weight import ClassWeight
from streamimb._kernels.saved import distinct, entries
from streamimb._kernels.saved import number as saved_number
from streamimb.parameters import Part, number, refuse

BETA = 0.9999  # where none is given

KINDS = '"balanced", "effective_number", or a tuple of (class, weight) pairs, each class once, e.g. ((True, 10.0),)'


class ClassWeights(ClassWeight, Part):
    r"""Learn each event as one example whose weight depends on its class.

    A weight is a rate, so it is corrected like one. Balanced: $r(k) = \min(1000, \max_j m_j / m_k)$ with the
    present priors $m_k$. Effective number: $r(k) = \min(1000, \max_j E_j / E_k)$ with $E_k = 1 - \beta^{n_k}$ and
    $n_k = \max(1, n m_k)$, which lies between equal weights ($\beta = 0$) and balanced ones ($\beta \to 1$). n counts
    labels and is decayed (mean age 100,000 labels): counts without decay would grow beyond $1 / (1 - \beta)$ in every
    class, so that all weights would end at 1. An event of a class never seen before has weight 1.

    Every event is learned, so weights save no training time, and on eight real streams they are less accurate than
    under-sampling at a share of .2.

    **Cost**: O(K) time for K classes (0.1 µs for two), O(K) floats.

    Parameters
    ----------
    weights
        "balanced", "effective_number", or (class, weight) pairs, weights in [1e-6, 10^15]; a class not named weighs 1.
    beta
        Of the effective number, in [0, 1 - 1e-9]; None: 0.9999. A class of far more than 1 / (1 - beta) events counts
        as one of 1 / (1 - beta) events.

    Raises
    ------
    ValueError
        Where `weights` is unknown, empty or no tuple of pairs, names a class twice or has a weight out of range; where
        `beta` is out of range, or given with other weights; where a weight w is negative or not finite.

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
    https://doi.org/10.1093/oxfordjournals.pan.a004868. Cui, Y., Jia, M., Lin, T.-Y., Song, Y. and Belongie, S. (2019).
    Class-Balanced Loss Based on Effective Number of Samples. https://arxiv.org/abs/1901.05555.
    """

    depends_on_x = False
    draws = False

    def __init__(
        self, weights: str | tuple[tuple[Any, float], ...] = "balanced", beta: float | None = None
    ) -> None:
        if not isinstance(weights, str):
            pairs = type(weights) is tuple and all(
                type(pair) is tuple and len(pair) == 2 and isinstance(pair[0], Hashable) for pair in weights
            )
            if not pairs or not 0 < len(weights) == len(dict(weights)):
                refuse("weights", weights, KINDS)
            weights = tuple((label, weight_of(label, weight)) for label, weight in weights)
        elif weights not in ("balanced", "effective_number"):
            refuse("weights", weights, KINDS)
        else:
            weights = str(weights)  # numpy's str is a str too
        effective = weights == "effective_number"
        if beta is not None:
            expected = 'a number in [0, 1 - 1e-9], e.g. 0.9999, with weights="effective_number"; or None'
            beta = number("beta", beta, lambda part: effective and 0.0 <= part <= 1.0 - 1e-9, expected)
        self.weights = weights
        self.beta = beta
        self._aim()

    def _aim(self) -> None:
        given = None if isinstance(self.weights, str) else dict(self.weights)
        beta = BETA if self.beta is None else self.beta
        ClassWeight.__init__(self, given, beta if self.weights == "effective_number" else -1.0)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {}
        yield {"weights": ((True, 10.0),)}
        yield {"weights": "effective_number", "beta": 0.999}

    def __getstate__(self) -> dict[str, Any]:
        return {"weights": self.weights, "beta": self.beta, "met": self.labels, "n": self.counted}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "weights", "beta", "met", "n")
        fresh = ClassWeights(saved["weights"], saved["beta"])  # checks them
        met, n = distinct(saved, "met"), saved_number(saved, "n", 0.0, 1e21)
        vars(self).update(weights=fresh.weights, beta=fresh.beta)
        self._aim()
        self._resume(met, n)


def weight_of(label: Any, weight: Any) -> float:
    """Return the weight of a class; raise ValueError, naming both, where it is out of range."""
    name = f"weights: class {label!r}"
    return number(name, weight, lambda rate: 1e-6 <= rate <= 1e15, "a number in [1e-6, 1e15]")
