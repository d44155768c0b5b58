# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Running moments of every number, and the numbers of an event standardised by them.

Knows slots, not names; nothing of weights or labels.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

if cython.compiled:
    from cython.cimports.libc.math import fabs, log, sqrt
    from cython.cimports.streamimb._kernels.walk import Walk
else:
    from math import fabs, log, sqrt

    from streamimb._kernels.walk import Walk

NEWS = cython.declare(cython.double, 1e6)  # standard deviations a unit of change is worth to a constant
CLIP = cython.declare(cython.double, 3.0)  # standard deviations from which on a value counts logarithmically


@cython.cclass
class Moments(Walk):
    """Fields are declared in moments.pxd.

    Loops index `self.mean[i]` and never a local alias of it: an alias costs two atomic reference counts.
    """

    @cython.cfunc
    def _open(self) -> cython.void:
        self.count = self.mean = self.m2 = self.inv_sd = self.zs = array("d")
        Walk._open(self)

    @cython.cfunc
    def _grow(self, capacity: cython.Py_ssize_t) -> cython.void:
        more = bytes(8 * (capacity - self.capacity))
        self.count = array("d", bytes(self.count) + more)
        self.mean = array("d", bytes(self.mean) + more)
        self.m2 = array("d", bytes(self.m2) + more)
        self.inv_sd = array("d", bytes(self.inv_sd) + more)
        self.zs = array("d", bytes(self.zs) + more)
        Walk._grow(self, capacity)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _standardise(self) -> cython.void:
        j: cython.Py_ssize_t
        i: cython.Py_ssize_t
        z: cython.double
        beyond: cython.Py_ssize_t = 0
        clip: cython.double = CLIP  # a constant of the module might change with each store, for all C knows
        if self.dense:
            for j in range(self.n):
                z = (self.xs[j] - self.mean[j]) * self.inv_sd[j]
                self.zs[j] = z
                beyond += fabs(z) > clip
        else:
            for j in range(self.n):
                i = self.slots[j]
                z = (self.xs[j] - self.mean[i]) * self.inv_sd[i]
                self.zs[j] = z
                beyond += fabs(z) > clip
        if beyond == 0:
            return
        for j in range(self.n):
            z = self.zs[j]
            if z > CLIP:
                self.zs[j] = CLIP * (1.0 + log(z / CLIP))
            elif z < -CLIP:
                self.zs[j] = -CLIP * (1.0 + log(z / -CLIP))

    @cython.cfunc
    @cython.exceptval(check=False)
    def _observe(self) -> cython.void:
        """Running moments, of every event that is shown."""
        j: cython.Py_ssize_t
        i: cython.Py_ssize_t
        d: cython.double
        still: cython.double
        news: cython.double = NEWS
        if self.dense:
            for j in range(self.n):
                self.count[j] += 1.0
                d = self.xs[j] - self.mean[j]
                self.mean[j] += d / self.count[j]
                self.m2[j] += d * (self.xs[j] - self.mean[j])
                # What never varied stands at 0, and its first change is news; of one event nothing is known.
                still = 0.0 if self.m2[j] > 0.0 else 1.0
                self.inv_sd[j] = (1.0 - still) * sqrt(self.count[j] / (self.m2[j] + still))
                self.inv_sd[j] += still * (news if self.count[j] > 1.0 else 0.0)
        else:
            for j in range(self.n):
                i = self.slots[j]
                self.count[i] += 1.0
                d = self.xs[j] - self.mean[i]
                self.mean[i] += d / self.count[i]
                self.m2[i] += d * (self.xs[j] - self.mean[i])
                still = 0.0 if self.m2[i] > 0.0 else 1.0
                self.inv_sd[i] = (1.0 - still) * sqrt(self.count[i] / (self.m2[i] + still))
                self.inv_sd[i] += still * (news if self.count[i] > 1.0 else 0.0)

    @cython.cfunc
    def _walk_state(self) -> Any:
        size = 8 * self.numbers
        state = Walk._walk_state(self)
        state.update(
            count=bytes(self.count)[:size],
            mean=bytes(self.mean)[:size],
            m2=bytes(self.m2)[:size],
            inv_sd=bytes(self.inv_sd)[:size],
        )
        return state

    @cython.cfunc
    def _walk_from(self, state: Any, stride: Any) -> cython.void:
        Walk._walk_from(self, state, stride)
        pad = bytes(8 * (self.capacity - self.numbers))
        self.count = array("d", state["count"] + pad)
        self.mean = array("d", state["mean"] + pad)
        self.m2 = array("d", state["m2"] + pad)
        self.inv_sd = array("d", state["inv_sd"] + pad)
