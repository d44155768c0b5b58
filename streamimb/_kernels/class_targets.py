# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Target rates of K classes, for a share of rare events or a mean rate of all events."""

from __future__ import annotations

from typing import Any

import cython

FLOOR = cython.declare(cython.double, 1e-6)  # of every rate: the shift stays finite
NONE: Any = object()  # no label


@cython.ccall
def targets(masses: dict[Any, float], odds: cython.double, fixed: cython.double) -> dict[Any, float]:
    r"""Return the mean rate of each class that is thinned for a share s of rare events, or `fixed` of all.

    The other classes are learned whole. A `fixed` above 0 is the budget $B$ of the cap:
    $\sum_k \min(m_k, cap) = B$, and the rate of class k is $\min(1, cap / m_k)$. Else `odds` is $(1 - s) / s$: the
    rare classes (with a prior below 1/(2K), and always the rarest) are learned whole and together make up the share;
    the others have one cap. Of two classes the rarer is the rare one: its rate is 1, that of the other
    $\min(1, odds \cdot m / (1 - m))$, as with True and False.

    **Cost**: O(K) time per pass in search of the cap; two or three passes, at most K.
    """
    m: cython.double
    total: cython.double = 0.0
    least: cython.double = -1.0
    rarest: Any = NONE
    for label, m in masses.items():
        if least < 0.0 or m < least:
            least, rarest = m, label
        total += m
    # A mean rate thins every class, a share all but the rare ones.
    edge: cython.double = 0.0 if fixed > 0.0 else 0.5 * total / max(1, len(masses))
    whole: cython.double = 0.0  # mass of the classes that are kept whole
    common: cython.Py_ssize_t = 0
    if fixed > 0.0:
        rarest = NONE
    for label, m in masses.items():
        if m < edge or label is rarest:
            whole += m
        else:
            common += 1
    rates: dict[Any, float] = {}
    budget: cython.double = fixed * total if fixed > 0.0 else odds * whole
    if budget >= total - whole:
        return rates
    above: cython.Py_ssize_t = common
    n: cython.Py_ssize_t
    below: cython.double
    cap: cython.double = budget / above
    while True:  # each pass raises the cap by the mass that the classes below it leave
        below, n = 0.0, 0
        for label, m in masses.items():
            if m < edge or label is rarest:
                continue
            if m > cap:
                n += 1
            else:
                below += m
        if n == above or n == 0:
            break
        above, cap = n, (budget - below) / n
    for label, m in masses.items():
        if m > cap and m >= edge and label is not rarest:
            rates[label] = max(FLOOR, cap / m)
    return rates
