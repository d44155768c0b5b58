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
# Variances, and one more for each event seen: up to here any squared deviation counts whole.
NEAR = cython.declare(cython.double, 9.0)
ANY = cython.declare(cython.double, 1e60)  # above every squared deviation of values up to 1e15
FIRST = cython.declare(cython.double, 10.0)  # effective events, below which memory grows slowly,
SLOW = cython.declare(cython.double, 0.25)  # by this much an event: what came first is soon outweighed


@cython.cclass
class Moments(Walk):
    """Fields are declared in moments.pxd.

    Loops index `self.mean[i]` and never a local alias of it: an alias costs two atomic reference counts.
    """

    @cython.cfunc
    def _open(self) -> cython.void:
        self.count = self.mean = self.var = self.top = self.inv_sd = self.zs = array("d")
        Walk._open(self)

    @cython.cfunc
    def _grow(self, capacity: cython.Py_ssize_t) -> cython.void:
        more = bytes(8 * (capacity - self.capacity))
        self.count = array("d", bytes(self.count) + more)
        self.mean = array("d", bytes(self.mean) + more)
        self.var = array("d", bytes(self.var) + more)
        self.top = array("d", bytes(self.top) + more)
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
    def _bound(self) -> cython.void:
        """Limits what one event can do to the moments; call before `_observe`.

        A squared deviation counts whole up to the largest one that counted before, and up to 9 + count variances;
        a value further away counts as one at that distance. So an event of a new size about doubles the variance
        at most (early on, it multiplies it by at most 10), and a rare value that has come before counts as it is.
        A field that has not varied yet accepts any first change.

        A lower limit late in a stream would help after several outliers, but follows rare new sizes too slowly:
        the sampled learner loses .0014 NE on kdd99 with 9 + min(4000, count), .0022 with 9 + count / 4, and .0007
        with this, compared with moments that have no limit (24 seeds, standard error .0004).
        """
        j: cython.Py_ssize_t
        i: cython.Py_ssize_t
        d: cython.double
        s: cython.double
        most: cython.double
        beyond: cython.Py_ssize_t = 0
        near: cython.double = NEAR
        anything: cython.double = ANY
        if self.dense:
            for j in range(self.n):
                d = self.xs[j] - self.mean[j]
                s = d * d if self.count[j] > 0.0 else 0.0  # the first value deviates from nothing
                most = (near + self.count[j]) * self.var[j] if self.var[j] > 0.0 else anything
                most = max(most, self.top[j])
                beyond += s > most
                self.top[j] = min(most, max(s, self.top[j]))
        else:
            for j in range(self.n):
                i = self.slots[j]
                d = self.xs[j] - self.mean[i]
                s = d * d if self.count[i] > 0.0 else 0.0
                most = (near + self.count[i]) * self.var[i] if self.var[i] > 0.0 else anything
                most = max(most, self.top[i])
                beyond += s > most
                self.top[i] = min(most, max(s, self.top[i]))
        if beyond == 0:
            return
        for j in range(self.n):
            i = self.slots[j]
            d = self.xs[j] - self.mean[i]
            if self.count[i] > 0.0 and d * d > self.top[i]:  # then the top is the limit
                self.xs[j] = self.mean[i] + (sqrt(self.top[i]) if d > 0.0 else -sqrt(self.top[i]))

    @cython.cfunc
    @cython.exceptval(check=False)
    def _observe(self) -> cython.void:
        """Running moments, of every event that is shown."""
        j: cython.Py_ssize_t
        i: cython.Py_ssize_t
        d: cython.double
        gain: cython.double
        still: cython.double
        known: cython.double
        news: cython.double = NEWS
        first: cython.double = FIRST
        slow: cython.double = SLOW
        rest: cython.double = 1.0 - SLOW
        self._bound()
        if self.dense:
            for j in range(self.n):
                self.count[j] += slow if self.count[j] < first else 1.0
                gain = 1.0 / (self.count[j] + rest)
                d = self.xs[j] - self.mean[j]
                self.mean[j] += d * gain
                self.var[j] += (d * (self.xs[j] - self.mean[j]) - self.var[j]) * gain
                # What never varied stands at 0, and its first change is news; of one event nothing is known.
                still = 0.0 if self.var[j] > 0.0 else 1.0
                known = news if self.count[j] > slow else 0.0
                self.inv_sd[j] = (1.0 - still) / sqrt(self.var[j] + still) + still * known
        else:
            for j in range(self.n):
                i = self.slots[j]
                self.count[i] += slow if self.count[i] < first else 1.0
                gain = 1.0 / (self.count[i] + rest)
                d = self.xs[j] - self.mean[i]
                self.mean[i] += d * gain
                self.var[i] += (d * (self.xs[j] - self.mean[i]) - self.var[i]) * gain
                still = 0.0 if self.var[i] > 0.0 else 1.0
                known = news if self.count[i] > slow else 0.0
                self.inv_sd[i] = (1.0 - still) / sqrt(self.var[i] + still) + still * known

    @cython.cfunc
    def _walk_state(self) -> Any:
        size = 8 * self.numbers
        state = Walk._walk_state(self)
        state.update(
            count=bytes(self.count)[:size],
            mean=bytes(self.mean)[:size],
            var=bytes(self.var)[:size],
            top=bytes(self.top)[:size],
            inv_sd=bytes(self.inv_sd)[:size],
        )
        return state

    @cython.cfunc
    def _walk_from(self, state: Any, stride: Any) -> cython.void:
        Walk._walk_from(self, state, stride)
        pad = bytes(8 * (self.capacity - self.numbers))
        self.count = array("d", state["count"] + pad)
        self.mean = array("d", state["mean"] + pad)
        self.var = array("d", state["var"] + pad)
        self.top = array("d", state["top"] + pad)
        self.inv_sd = array("d", state["inv_sd"] + pad)
