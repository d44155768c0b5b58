# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Checks of what a caller gives a learner of two classes: a label, and an offset."""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels import limits

FINITE = cython.declare(cython.double, limits.FINITE)


@cython.cfunc
@cython.exceptval(-1e308, check=True)
def finite_offset(offset: Any) -> cython.double:
    """An offset as a number; raises ValueError where it is not finite."""
    value: cython.double = float(offset)
    if not -FINITE <= value <= FINITE:
        raise ValueError("offset: expected a finite number (log-odds)")
    return value


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
