# cython: language_level=3, cdivision=True
"""The segment of an event, and the answer of its calibrator shrunk to the pooled one."""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.answer import is_label

if cython.compiled:
    from cython.cimports.libc.math import exp, log
else:
    from math import exp, log

EDGE = cython.declare(cython.double, limits.EDGE)
LONGEST = 200  # characters of the name of a segment


def segment_of(by: Any, x: Any) -> Any:
    """Return the segment of an event: a field of x, or what a function of x returns; None where it has none.

    **Cost**: O(1), and that of the function.

    Examples
    --------
    >>> segment_of("country", {"country": "fr"}), segment_of("country", {"country": 0.5}), segment_of("country", None)
    ('fr', None, None)
    """
    if x is None:
        return None
    segment = x.get(by) if type(by) is str else by(x)
    if type(segment) is str:
        return segment if len(segment) <= LONGEST and (segment.isascii() or is_label(segment)) else None
    return segment if type(segment) is bool or (type(segment) is int and abs(segment) < 2**63) else None


def shrunk(pooled: cython.double, own: cython.double, share: cython.double) -> float:
    """Return the probability whose log-odds are the pooled ones, moved by a share of the way to its own.

    **Cost**: O(1).

    Examples
    --------
    >>> shrunk(0.1, 0.1, 0.5), round(shrunk(0.1, 0.9, 0.5), 9)
    (0.1, 0.5)
    """
    low: cython.double = _logit(pooled)
    z: cython.double = low + share * (_logit(own) - low)
    return 1.0 / (1.0 + exp(-z))


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _logit(p: cython.double) -> cython.double:
    p = min(1.0 - EDGE, max(EDGE, p))
    return log(p / (1.0 - p))
