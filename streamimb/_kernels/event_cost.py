# cython: language_level=3
"""The cost of an error on one event: a number, a field of the event, or what a callable returns for it."""

from __future__ import annotations

from numbers import Real
from typing import Any

import cython

from streamimb._kernels import limits

COST_CAP = cython.declare(cython.double, limits.COST_CAP)


@cython.ccall
@cython.exceptval(-2.0, check=True)
def event_cost(source: Any, x: Any) -> cython.double:
    """Return the cost of an event in [0, 1e100]; -1 where it has none that is usable.

    `source` is a number that was checked, the name of a field, or a callable of x.

    **Cost**: O(1), and that of the callable.

    Examples
    --------
    >>> event_cost(5, {}), event_cost("amount", {"amount": 2.5}), event_cost("amount", {"amount": -1.0})
    (5.0, 2.5, -1.0)
    """
    if type(source) is float or type(source) is int:
        return float(source)
    found: Any = x.get(source) if type(source) is str else source(x)
    if type(found) is not float and (type(found) is bool or not isinstance(found, Real)):
        return -1.0
    try:
        cost: cython.double = float(found)
    except OverflowError:  # larger than any float
        return -1.0
    return cost if 0.0 <= cost <= COST_CAP else -1.0
