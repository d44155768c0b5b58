# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The arithmetic of corrections for any number of classes, on unnormalised probabilities (masses).

A probability is raised to at least `LEAST` before it is multiplied, so that a hard 0 or 1 can be corrected.
"""

from __future__ import annotations

from typing import Any

import cython

LEAST = cython.declare(cython.double, 1e-7)
ABSENT: Any = object()
HALF = cython.declare(cython.double, 0.5)  # initial mass of each class, in events


@cython.ccall
@cython.exceptval(-1, check=False)
def normalise(masses: dict[Any, float]) -> cython.int:
    """Divide masses by their sum, in place; leave them unchanged where the sum is 0."""
    mass: cython.double
    total: cython.double = 0.0
    for mass in masses.values():
        total += mass
    if total > 0.0:
        for k, mass in masses.items():
            masses[k] = mass / total
    return 0


@cython.ccall
@cython.cdivision(False)
def divided_by_rates(p: Any, rates: Any) -> dict[Any, float]:
    """Return p_k / r_k, normalised; the rate of a class that `rates` lacks is 1."""
    q: cython.double
    rate: cython.double
    masses: dict[Any, float] = {}
    known: dict[Any, float] = rates if type(rates) is dict else dict(rates)
    for k, q in p.items():
        q = max(LEAST, q)
        found = known.get(k, ABSENT)
        if found is not ABSENT:
            rate = found
            q /= rate
        masses[k] = q
    normalise(masses)
    return masses


@cython.ccall
def with_other_prior(p: Any, prior: Any, given: dict[Any, float]) -> dict[Any, float]:
    """Return p_k m_k / g_k, normalised; g_k: share of class k among learned events, each class plus half an event."""
    q: cython.double
    m: cython.double
    mass: cython.double
    total: cython.double = HALF * len(p)
    for mass in given.values():
        total += mass
    masses: dict[Any, float] = {}
    for k, q in p.items():
        m = prior[k]
        mass = given.get(k, 0.0)
        masses[k] = max(LEAST, q) * m * total / (mass + HALF)
    normalise(masses)
    return masses
