# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Seeded random draws by splitmix64: how many copies of an event are learned at a rate.

The same seed gives the same draws, in any process and in both twins.
"""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.saved import entries, whole

if cython.compiled:
    from cython.cimports.libc.math import exp, floor
else:
    from math import exp, floor

MOST_COPIES = cython.declare(cython.double, limits.MOST_COPIES)
FINITE = cython.declare(cython.double, limits.FINITE)  # finite number
# Declared: written inline, a constant above 2**63 would be a Python object (313 ns instead of 3).
MASK = cython.declare(cython.ulonglong, 0xFFFFFFFFFFFFFFFF)
STEP = cython.declare(cython.ulonglong, 0x9E3779B97F4A7C15)
MIX1 = cython.declare(cython.ulonglong, 0xBF58476D1CE4E5B9)
MIX2 = cython.declare(cython.ulonglong, 0x94D049BB133111EB)


@cython.cclass
class Draw:
    """Uniform numbers and copies from one 64-bit state (Steele, Lea, Flood 2014). Fields: draw.pxd."""

    def __init__(self, seed: int) -> None:
        self.state = int(seed) & 0xFFFFFFFFFFFFFFFF

    @cython.cfunc
    @cython.exceptval(check=False)
    def _next(self) -> cython.double:
        self.state = (self.state + STEP) & MASK
        z: cython.ulonglong = self.state
        z = ((z ^ (z >> 30)) * MIX1) & MASK
        z = ((z ^ (z >> 27)) * MIX2) & MASK
        z = z ^ (z >> 31)
        return cython.cast(cython.double, z >> 11) * 1.1102230246251565e-16

    def uniform(self) -> float:
        """A number in [0, 1)."""
        return self._next()

    def copies(self, rate: cython.double) -> float:
        """floor(rate), plus one with the remainder as its probability; an integer rate uses no random number.

        Raises ValueError where the rate is not a finite number above 0.
        """
        if not 0.0 < rate <= FINITE:
            raise ValueError(f"rate={rate!r}: a rate is a finite number above 0; our samplers floor at 1e-6")
        return self.copies_of(rate)

    @cython.cfunc
    @cython.exceptval(check=False)
    def copies_of(self, rate: cython.double) -> cython.double:
        whole: cython.double = float(floor(rate))
        if rate == whole:
            return whole
        return whole + 1.0 if self._next() < rate - whole else whole

    @cython.cfunc
    @cython.exceptval(check=False)
    def poisson_of(self, rate: cython.double) -> cython.double:
        """A Poisson number of this mean, by the product of uniform numbers (Knuth), 500 of the mean at a time."""
        total: cython.double = 0.0
        left: cython.double = rate
        while left > 0.0:
            part: cython.double = left if left < 500.0 else 500.0  # exp(-part) has to be above 0
            left -= part
            floor_: cython.double = exp(-part)
            product: cython.double = self._next()
            while product > floor_:
                total += 1.0
                product *= self._next()
        return total

    def poisson(self, rate: cython.double) -> float:
        """A Poisson number of this mean; raises ValueError where it is not in (0, 1e6]."""
        if not 0.0 < rate <= MOST_COPIES:
            raise ValueError(f"rate={rate!r}: a mean number of copies is above 0 and at most 1e6")
        return self.poisson_of(rate)

    def __getstate__(self) -> dict[str, Any]:
        return {"state": self.state}

    def __setstate__(self, state: Any) -> None:
        self.state = whole(entries(state, "state"), "state", 0, 0xFFFFFFFFFFFFFFFF)
