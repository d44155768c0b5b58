# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The path of the log-odds of two classes under ever smaller learning steps on one example, in closed form."""

from __future__ import annotations

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import expm1, log1p
else:
    from cython.cimports.libc.math import expm1, log1p


@cython.cfunc
@cython.exceptval(check=False)
def growth(E: cython.double, g: cython.double, a: cython.double) -> cython.double:
    """Solves d + E (e^d - 1) = a for d, where g = 1/(1 + E).

    Newton's method on a convex function, started at the smaller of two upper bounds: a g and log1p(a / E).
    """
    d: cython.double = a * g
    u: cython.double
    t: cython.double
    i: cython.int
    if d <= 1e-4:
        return d * (1.0 - 0.5 * d * (1.0 - g))
    u = log1p(a / E)
    if u < d:
        d = u
    for i in range(12):
        u = E * expm1(d)
        t = (d + u - a) / (1.0 + u + E)
        d -= t
        if t < 1e-13 * d:
            break
    return d
