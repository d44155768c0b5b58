"""Points between events: what counts as a number, and what a category becomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from streamimb.protocols import Features


def number_of(value: Any) -> float | None:
    """Return a finite number as a float, of numpy too; None for anything else: a bool, a string, a missing value."""
    if type(value) is float:
        return value if value - value == 0.0 else None
    if type(value) is int:
        return float(value) if -(2**63) <= value < 2**63 else None
    if isinstance(value, np.generic) and value.dtype.kind in "iuf":
        return number_of(value.item())
    return None


def numbers_of(x: Features) -> dict[Any, float]:
    """Return the fields that are numbers, as floats."""
    found = ((name, number_of(value)) for name, value in x.items())
    return {name: number for name, number in found if number is not None}


def between(numbers: dict[Any, float], other: Features, part: float) -> Features:
    """Return $a + part (b - a)$ for each number a of an event whose field b is a number in the other one too.

    `part` is in [0, 1]. No number leaves the interval between the two.
    """
    made: Features = {}
    for name, a in numbers.items():
        b = number_of(other.get(name))
        if b is not None:
            c = (1.0 - part) * a + part * b
            made[name] = c if a <= c <= b or b <= c <= a else min(max(c, min(a, b)), max(a, b))
    return made


def commonest(x: Features, neighbours: Sequence[Features]) -> Features:
    """Return the strings and bools of x, each replaced by the commonest value among the neighbours.

    The own value stays where it is among the commonest; else the value of the nearer neighbour wins.
    """
    made: Features = {}
    for name, value in x.items():
        if type(value) is str or type(value) is bool:
            votes = Counter(
                other for each in neighbours if type(other := each.get(name)) is str or type(other) is bool
            )
            most = max(votes.values(), default=0)
            if votes[value] < most:
                made[name] = next(other for other, n in votes.items() if n == most)
    return made
