# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Offsets of classes: the logs of their shares and rates, and the share of True at a given offset."""

from __future__ import annotations

from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import exp, log
else:
    from cython.cimports.libc.math import exp, log


@cython.cfunc
@cython.exceptval(check=False)
def share_at(logit: cython.double) -> cython.double:
    """The share of True at these log-odds; those beyond ±700 count as ±700."""
    return 1.0 / (1.0 + exp(-min(700.0, max(-700.0, logit))))


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
