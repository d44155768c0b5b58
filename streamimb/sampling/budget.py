"""Target rates for a share of rare events, or for a mean rate, from class priors. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from streamimb.parameters import number

FLOOR = 1e-6  # of every rate: the shift stays finite


def check_share(share: float) -> float:
    """Return the share; raise ValueError where it is out of range."""
    expected = "the share of rare events learned, in [1e-6, 1), e.g. 0.2"
    return number("share", share, lambda part: FLOOR <= part < 1.0, expected)


def check_keep_rate(keep_rate: float) -> float:
    """Return the rate; raise ValueError where it is out of range."""
    expected = "a rate in [1e-6, 1]; a rate of 0 cannot be corrected"
    return number("keep_rate", keep_rate, lambda rate: FLOOR <= rate <= 1.0, expected)


def check_weight(w: float) -> None:
    """Raise ValueError where a weight is negative or not finite."""
    if not 0.0 <= w < math.inf:
        raise ValueError(f"w={w!r}: a weight is a finite number of at least 0")


def targets(masses: Mapping[Any, float], share: float | None, keep_rate: float | None) -> dict[Any, float]:
    r"""Return the mean rate of each class that makes up `share`, or `keep_rate` of all events.

    `keep_rate` is the budget $B$ of the cap: $\sum_k \min(m_k, cap) = B$, the rate of class k is
    $\min(1, cap / m_k)$. `share`: the rare classes (of a prior below 1/(2K), and the rarest in any
    case) are kept whole and make it up together; the others have one cap. Of two classes the rarer is the
    rare one: $\min(1, (1 - s) / s \cdot m / (1 - m))$, as with True and False.
    """
    if keep_rate is not None:
        return _capped(masses, keep_rate * sum(masses.values()))
    if share is None:
        raise ValueError("share=None, keep_rate=None: give one of them")
    total = sum(masses.values())
    rarest = min(masses, key=lambda label: masses[label])
    rare = {label for label, m in masses.items() if m < 0.5 * total / len(masses)} | {rarest}
    common = {label: m for label, m in masses.items() if label not in rare}
    mass = sum(masses[label] for label in rare)
    rates = _capped(common, mass * (1.0 - share) / share)
    return {label: rates.get(label, 1.0) for label in masses}


def _capped(masses: Mapping[Any, float], budget: float) -> dict[Any, float]:
    if budget >= sum(masses.values()):
        return dict.fromkeys(masses, 1.0)
    left, n, cap = budget, len(masses), 1.0
    for i, m in enumerate(sorted(masses.values())):
        cap = left / (n - i)
        if m > cap:
            break
        left -= m
    return {label: max(FLOOR, min(1.0, cap / m)) for label, m in masses.items()}
