# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""A sum and its mass, both decayed once per update: the state of decayed means and counts."""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.saved import entries, number, refused

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import fabs
    from math import pow as power

    from streamimb._kernels.event_weight import checked_weight
else:
    from cython.cimports.libc.math import fabs
    from cython.cimports.libc.math import pow as power
    from cython.cimports.streamimb._kernels.event_weight import checked_weight

DUST = cython.declare(cython.double, limits.DUST)


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def dusted(total: cython.double) -> cython.double:
    return total if fabs(total) > DUST else 0.0


@cython.cclass
class Decayed:
    """S <- fade S + w v, N <- fade N + w, one step of forgetting per update of any weight above 0."""

    fade: cython.double
    total: cython.double
    weight: cython.double
    n: cython.double

    def __init__(self, half_life: float) -> None:
        self.fade = power(0.5, 1.0 / half_life)
        self.total = self.weight = self.n = 0.0

    def update(self, value: cython.double, w: cython.double = 1.0) -> None:
        """Add one value of weight w; raises ValueError where either is out of range."""
        if not -1e100 <= value <= 1e100:  # so that its product with a weight is finite
            raise ValueError("value: must be a number within 1e100 of 0")
        w = checked_weight(w)
        if w > 0.0:
            self.total = dusted(self.fade * self.total + w * float(value))
            self.weight = dusted(self.fade * self.weight + w)
            self.n += 1.0

    @property
    def sums(self) -> tuple[float, float, float]:
        """(decayed sum, decayed mass, updates)."""
        return self.total, self.weight, self.n

    def append(self, total: cython.double, weight: cython.double, n: cython.double) -> None:
        """Adds the sums of a later stream."""
        fade: cython.double = power(self.fade, n)
        self.total = dusted(self.total * fade + total)
        self.weight = dusted(self.weight * fade + weight)
        self.n += n

    # Plain numbers, so that the compiled and the interpreted twin can load the same state.
    def __getstate__(self) -> dict[str, Any]:
        return {"fade": self.fade, "total": self.total, "weight": self.weight, "n": self.n}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "fade", "total", "weight", "n")
        fade, total, n = number(saved, "fade", 0.0, 1.0), number(saved, "total"), number(saved, "n", 0.0)
        weight = number(saved, "weight", 0.0)
        # Allows for rounding, and for a weight that was set to 0
        if abs(total) > 1.001e100 * weight + 1e-100:
            raise refused("total", "a sum of values within 1e100, for its weight")
        self.fade, self.total, self.weight, self.n = fade, total, weight, n
