# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Steps of events of a large weight, which move log-odds to the label and not beyond it."""

from __future__ import annotations

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.class_logs import share_at
else:
    from cython.cimports.streamimb._kernels.class_logs import share_at


@cython.cfunc
@cython.exceptval(check=False)
def error_after(z: cython.double, y: cython.bint, reach: cython.double) -> cython.double:
    """y - P(True) at log-odds z; where reach > 0, the error e after an implicit step: at z + reach e.

    An explicit step of a large weight would go beyond the label. Found by bisection.
    """
    i: cython.int
    low: cython.double = 0.0
    middle: cython.double
    error: cython.double = (1.0 if y else 0.0) - share_at(z)
    if reach == 0.0:
        return error
    for i in range(60):
        middle = 0.5 * (low + error)
        if ((1.0 if y else 0.0) - share_at(z + reach * middle) - middle > 0.0) == y:
            low = middle
        else:
            error = middle
    return low
