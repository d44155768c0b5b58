"""The probabilities of all classes of an event in log-odds about the class prior, and the way back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from streamimb.protocols import Proba
from streamimb.stats import ClassPrior

LEAST = 1e-9  # a smaller probability counts as this
LEAST_SHARE = 1e-6  # a rarer class counts as this in the prior


def centred(p: Proba, prior: ClassPrior) -> tuple[dict[Any, float], dict[Any, float]]:
    """Return log p_k - c_k and c_k of each class of p: c_k is the log of its share in the stream.

    Raises
    ------
    ValueError
        Where p is no mapping, or holds a number that is no probability.

    Examples
    --------
    >>> u, c = centred({"a": 0.5, "b": 0.5}, ClassPrior())
    >>> u == {"a": math.log(0.5) - c["a"], "b": math.log(0.5) - c["b"]}
    True
    """
    if not isinstance(p, Mapping) or not p or not all(-1e-6 <= q <= 1.000001 for q in p.values()):
        raise ValueError("p: expected a probability in [0, 1] of each class")
    shares = prior.over(p)
    c = {k: math.log(max(LEAST_SHARE, shares.get(k, 0.0))) for k in p}
    return {k: math.log(max(LEAST, q)) - c[k] for k, q in p.items()}, c


def softmax(z: dict[Any, float]) -> dict[Any, float]:
    """Return probabilities in proportion to exp z_k.

    Examples
    --------
    >>> softmax({"a": 1000.0, "b": 1000.0})
    {'a': 0.5, 'b': 0.5}
    """
    most = max(z.values())
    masses = {k: math.exp(value - most) for k, value in z.items()}
    total = math.fsum(masses.values())
    return {k: mass / total for k, mass in masses.items()}
