# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Checks of what a caller gives a learner: a number, an offset, a weight, and a label of two classes."""

from __future__ import annotations

from math import isfinite
from typing import Any

import cython

from streamimb._kernels import limits

FINITE = cython.declare(cython.double, limits.FINITE)
KEYWORDS = ("offset",)  # of `learn_one` of our learners, beside w and memo
OFFSET = "a finite number (log-odds); leave it out to use the class prior"
WEIGHT = "a finite number of at least 0; leave it out for 1"


@cython.cfunc
@cython.exceptval(-1e308, check=True)
def number_of(name: Any, value: Any, expected: Any) -> cython.double:
    """A number as a double, which may be infinite or NaN; raises ValueError for anything else, with its type."""
    if type(value) is not float:
        try:
            isfinite(value)  # refuses a string, which `float` reads
        except (TypeError, OverflowError) as error:
            raise ValueError(f"{name} ({type(value).__name__}): expected {expected}") from error
    return float(value)


@cython.cfunc
@cython.exceptval(-1e308, check=True)
def finite_offset(offset: Any) -> cython.double:
    """An offset as a number; raises ValueError where it is not finite."""
    value: cython.double = number_of("offset", offset, OFFSET)
    if not -FINITE <= value <= FINITE:
        raise ValueError(f"offset: expected {OFFSET}")
    return value


@cython.cfunc
@cython.exceptval(-1e308, check=True)
def weight_of(w: Any) -> cython.double:
    """The weight of an event as a number, whose range `Model.takes` checks."""
    return number_of("w", w, WEIGHT)


def refuse_unknown(more: Any, known: Any) -> None:
    """Refuse a keyword of a call that is none of these names: it would be dropped.

    Raises
    ------
    ValueError
        Naming the keyword.

    Examples
    --------
    >>> refuse_unknown({"weight": 2.0}, ("w", "offset"))
    Traceback (most recent call last):
    ValueError: weight: no part of this model takes this keyword; leave it out
    """
    for name in more or ():
        if name not in known:
            raise ValueError(f"{name}: no part of this model takes this keyword; leave it out")


@cython.cfunc
@cython.exceptval(-1, check=True)
def is_true(y: Any) -> cython.bint:
    """Whether a label is True (or 1); raises ValueError for one of a third class."""
    if y is True:
        return True
    if y is False:
        return False
    if y == 1:
        return True
    if y == 0:
        return False
    raise ValueError(
        f"y is {type(y).__name__}: expected True or False (or 1 or 0); for classes use OneVsRest"
    )
