# cython: language_level=3
"""Checks of the numbers that a third party's part gives: the message names the part and its method, never a value."""

from __future__ import annotations

from collections.abc import Mapping
from math import fsum, inf
from typing import Any

import cython

from streamimb._kernels.answer import ROUNDING, ProbabilityError

SUM = 1e-6  # how far the sum of the probabilities of all classes may be from 1


@cython.ccall
@cython.exceptval(-1e308, check=True)
def number_from(part: Any, method: Any, value: Any) -> cython.double:
    """A number that a part gave, as a float; it may be infinite or NaN. ValueError for anything else."""
    if type(value) is float:
        return value
    try:
        if isinstance(value, str | bytes | bytearray):  # `float` reads these
            raise TypeError
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(
            f"{type(part).__name__}.{method} gave {type(value).__name__}: it has to give a number"
        ) from None


@cython.ccall
@cython.exceptval(-1.0, check=True)
def probability_from(part: Any, method: Any, value: Any) -> cython.double:
    """A probability that a part gave, as a float in [0, 1]; `ProbabilityError` for anything else."""
    p: cython.double
    try:
        p = number_from(part, method, value)
    except ValueError as error:
        raise ProbabilityError(str(error) + " in [0, 1]") from None
    if not -ROUNDING <= p <= 1.0 + ROUNDING:
        what = "NaN" if p != p else "a number outside [0, 1]"
        raise ProbabilityError(
            f"{type(part).__name__}.{method} gave {what}: it has to give a number in [0, 1]"
        )
    return min(max(p, 0.0), 1.0)


@cython.ccall
@cython.exceptval(-1.0, check=True)
def weight_from(part: Any, method: Any, value: Any) -> cython.double:
    """A weight that a part gave, as a finite float of at least 0; ValueError for anything else."""
    w: cython.double = number_from(part, method, value)
    if not 0.0 <= w < inf:
        raise ValueError(
            f"{type(part).__name__}.{method} gave no weight: it has to give a finite number >= 0"
        )
    return w


def probabilities_from(part: Any, method: str, given: Any, classes: Any) -> dict[Any, float]:
    """The probability of each of these classes, which a part has to give; they have to sum to 1.

    Cost: O(classes).

    Raises
    ------
    ProbabilityError
        Naming the part and its method.

    Examples
    --------
    >>> class Half:
    ...     def correct_one(self, p): return {label: 0.9 for label in p}
    >>> probabilities_from(Half(), "correct_one", {"a": 0.9, "b": 0.9}, ["a", "b"])
    Traceback (most recent call last):
    streamimb._kernels.answer.ProbabilityError: Half.correct_one gave probabilities that do not sum to 1
    """
    name = f"{type(part).__name__}.{method}"
    if type(given) is not dict and not isinstance(given, Mapping):
        raise ProbabilityError(
            f"{name} gave {type(given).__name__}: it has to give a mapping from class to probability"
        )
    checked: dict[Any, float] = {}
    for label in classes:
        if label not in given:
            raise ProbabilityError(
                f"{name} lacks a class: it has to give a probability of every class that it got"
            )
        checked[label] = probability_from(part, method, given[label])
    if not abs(fsum(checked.values()) - 1.0) <= SUM:
        raise ProbabilityError(f"{name} gave probabilities that do not sum to 1")
    return checked
