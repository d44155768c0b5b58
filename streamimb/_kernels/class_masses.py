# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The arithmetic of corrections for any number of classes, on unnormalised probabilities (masses).

A probability is raised to at least `CLASS_FLOOR` before it is multiplied: a hard 0 or 1 can be corrected. Each mass
is computed twice, for the sum and for the answer: that costs less than to write it into a dict twice.
"""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels import limits

CLASS_FLOOR = cython.declare(cython.double, limits.CLASS_FLOOR)
ABSENT: Any = object()
HALF = cython.declare(cython.double, 0.5)  # initial mass of each class, in events


@cython.cfunc
@cython.exceptval(check=False)
def divisor(total: cython.double) -> cython.double:
    """The sum of masses, by which they are divided; 1, which leaves them unchanged, where it is 0."""
    return total if total > 0.0 else 1.0


@cython.cfunc
@cython.cdivision(False)
@cython.exceptval(-1.0, check=True)
def over_rate(q: cython.double, rates: dict[Any, float], k: Any) -> cython.double:
    rate: cython.double
    found = rates.get(k, ABSENT)
    if found is ABSENT:
        return max(CLASS_FLOOR, q)
    rate = found
    return max(CLASS_FLOOR, q) / rate


@cython.ccall
def divided_by_rates(p: Any, rates: Any) -> dict[Any, float]:
    """Return p_k / r_k, normalised; the rate of a class that `rates` lacks is 1."""
    q: cython.double
    total: cython.double = 0.0
    known: dict[Any, float] = rates if type(rates) is dict else dict(rates)
    for k, q in p.items():
        total += over_rate(q, known, k)
    total = divisor(total)
    masses: dict[Any, float] = {}
    for k, q in p.items():
        masses[k] = over_rate(q, known, k) / total
    return masses


@cython.cfunc
@cython.exceptval(-1.0, check=True)
def with_prior(
    q: cython.double, prior: Any, given: dict[Any, float], total: cython.double, k: Any
) -> cython.double:
    m: cython.double = prior[k]
    mass: cython.double = given.get(k, 0.0)
    return max(CLASS_FLOOR, q) * m * total / (mass + HALF)


@cython.ccall
def with_other_prior(p: Any, prior: Any, given: dict[Any, float]) -> dict[Any, float]:
    """Return p_k m_k / g_k, normalised; g_k: share of class k among learned events, each class plus half an event."""
    q: cython.double
    mass: cython.double
    learned: cython.double = HALF * len(p)
    for mass in given.values():
        learned += mass
    total: cython.double = 0.0
    for k, q in p.items():
        total += with_prior(q, prior, given, learned, k)
    total = divisor(total)
    masses: dict[Any, float] = {}
    for k, q in p.items():
        masses[k] = with_prior(q, prior, given, learned, k) / total
    return masses
