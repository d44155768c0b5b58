# cython: language_level=3
"""The weight of an event, checked before it is used."""

from __future__ import annotations

import cython

from streamimb._kernels import limits

FINITE = cython.declare(cython.double, limits.FINITE)
WEIGHT_CAP = cython.declare(cython.double, limits.WEIGHT_CAP)


@cython.ccall
@cython.exceptval(-1.0, check=True)
def checked_weight(w: cython.double) -> cython.double:
    """Return a weight, at most 10^15.

    **Cost**: O(1).

    Raises
    ------
    ValueError
        Where w is negative, nan or infinite.

    Examples
    --------
    >>> checked_weight(2.0), checked_weight(1e300)
    (2.0, 1000000000000000.0)
    >>> checked_weight(-1.0)
    Traceback (most recent call last):
    ValueError: w=-1.0: a weight is a finite number of at least 0
    """
    if not 0.0 <= w <= FINITE:
        raise ValueError(f"w={w!r}: a weight is a finite number of at least 0")
    return min(float(w), WEIGHT_CAP)
