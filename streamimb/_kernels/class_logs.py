# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Offsets of many classes: the logs of their shares and rates."""

from __future__ import annotations

from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import log
else:
    from cython.cimports.libc.math import log


@cython.cfunc
def logs(shares: dict[Any, float]) -> dict[Any, float]:
    """The log of the share of each class; every share is above 0."""
    share: cython.double
    offsets: dict[Any, float] = {}
    for label, share in shares.items():
        offsets[label] = log(share)
    return offsets


@cython.cfunc
def shifted(offsets: dict[Any, float], rates: dict[Any, float]) -> dict[Any, float]:
    """The offset of each class plus the log of its rate."""
    offset: cython.double
    rate: cython.double
    moved: dict[Any, float] = {}
    for label, offset in offsets.items():
        rate = rates[label]
        moved[label] = offset + log(rate)
    return moved
