# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Target rates of K classes, for a share of rare events or a mean rate of all events."""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels import limits

FLOOR = cython.declare(cython.double, limits.RATE_FLOOR)
NONE: Any = object()  # equals no label


@cython.cfunc
def seen(prior: dict[Any, float], met: dict[Any, Any]) -> dict[Any, float]:
    """The prior of those classes whose labels were seen."""
    for label in prior:
        if label not in met:
            return {k: prior[k] for k in prior if k in met}
    return prior


@cython.cfunc
@cython.exceptval(check=False)
def least_rate(kept_n: cython.double, labels_n: cython.double) -> cython.double:
    """The least rate of an event where the first kept_n events are kept whole, after so many labels: kept_n / n."""
    if labels_n < kept_n:
        return 1.0
    return FLOOR if kept_n <= 0.0 else max(FLOOR, kept_n / labels_n)


@cython.ccall
def targets(masses: dict[Any, float], odds: cython.double, fixed: cython.double) -> dict[Any, float]:
    r"""Return the target rate of each class to thin, for a share s of rare events or a mean rate `fixed` of all.

    A class that is not returned has rate 1. The rate of class k is $\min(1, cap / m_k)$. Where `fixed` is above 0, the
    cap solves $\sum_k \min(m_k, cap) = fixed$ over all classes. Otherwise `odds` is $(1 - s) / s$: the rare classes
    (those with a prior below 1/(2K), and always the rarest) have rate 1 and together make up the share s; the other
    classes have one cap. With two classes of priors m and 1 - m, where m is the smaller, the rate of the other class
    is $\min(1, odds \cdot m / (1 - m))$, as with True and False.

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
    # A mean rate may thin every class; a share thins all but the rare ones.
    edge: cython.double = 0.0 if fixed > 0.0 else 0.5 * total / max(1, len(masses))
    whole: cython.double = 0.0  # mass of the classes that are not thinned
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
    while True:  # each pass gives the unused budget of the classes below the cap to those above
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
