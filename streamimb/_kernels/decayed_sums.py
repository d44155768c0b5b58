# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: auto_pickle=False
"""Four decayed sums and four sums of squares, which decay twice as fast."""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import limits, saved

if cython.compiled:
    from cython.cimports.libc.math import pow as power
else:
    from math import pow as power

SIZE = cython.declare(cython.Py_ssize_t, 8)
DUST = cython.declare(cython.double, limits.DUST)


@cython.cclass
class DecayedSums:
    """Sums S <- fade S + v of numbers >= 0, and of squares Q <- fade^2 Q + q, so that S^2/Q is an effective number.

    Fields are declared in decayed_sums.pxd.
    """

    def __cinit__(self) -> None:
        self.held = array("d", bytes(64))  # for an object made by `__new__` without `__init__`

    def __init__(self, half_life: float) -> None:
        self.fade = power(0.5, 1.0 / half_life)
        self.steps = 0
        self.held = array("d", bytes(64))

    @cython.cfunc
    @cython.exceptval(check=False)
    def _forget(self, d: cython.double) -> cython.void:
        i: cython.Py_ssize_t
        for i in range(SIZE):
            self.held[i] = self.held[i] * (d if i < 4 else d * d)
            if self.held[i] < DUST:
                self.held[i] = 0.0

    def add(
        self,
        a: cython.double,
        b: cython.double,
        c: cython.double,
        d: cython.double,
        a2: cython.double,
        b2: cython.double,
        c2: cython.double,
        d2: cython.double,
    ) -> None:
        """Forget one step and add to each sum, unchecked: numbers >= 0, at most 1e60."""
        self.put(a, b, c, d, a2, b2, c2, d2)

    @cython.cfunc
    @cython.exceptval(check=False)
    def put(
        self,
        a: cython.double,
        b: cython.double,
        c: cython.double,
        d: cython.double,
        a2: cython.double,
        b2: cython.double,
        c2: cython.double,
        d2: cython.double,
    ) -> cython.void:
        """`add`, for other kernels."""
        self._forget(self.fade)
        self.steps += 1
        self.held[0] += a
        self.held[1] += b
        self.held[2] += c
        self.held[3] += d
        self.held[4] += a2
        self.held[5] += b2
        self.held[6] += c2
        self.held[7] += d2

    def sums(self) -> tuple[float, float, float, float, float, float, float, float]:
        """The four sums and the four sums of squares."""
        h = self.held
        return h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7]

    def append(self, other: DecayedSums) -> None:
        """Add the sums of another, as if its events had come after these."""
        i: cython.Py_ssize_t
        more = other.sums()
        self._forget(power(self.fade, float(other.steps)))
        self.steps += other.steps
        for i in range(SIZE):
            self.held[i] += more[i]

    def __getstate__(self) -> dict[str, Any]:
        return {"fade": float(self.fade), "steps": int(self.steps), "held": bytes(self.held)}

    def __setstate__(self, state: Any) -> None:
        state = saved.entries(state, "fade", "steps", "held")
        fade, steps = saved.number(state, "fade", 0.0, 1.0), saved.whole(state, "steps")
        held = saved.numbers(state, "held", 8, 0.0)
        self.fade, self.steps, self.held = fade, steps, held
