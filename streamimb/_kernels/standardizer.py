# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Running moments of every number, and the numbers of an event standardised by them."""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import fabs, log, sqrt

    from streamimb._kernels.linear_work import LinearWork
    from streamimb._kernels.row import Row
else:
    from cython.cimports.libc.math import fabs, log, sqrt
    from cython.cimports.streamimb._kernels.linear_work import LinearWork
    from cython.cimports.streamimb._kernels.row import Row

from streamimb._kernels.saved import entries, numbers

LARGEST_VALUE = cython.declare(cython.double, limits.LARGEST_VALUE)  # bound of |value|
NEWS = cython.declare(cython.double, 1e6)  # z of a change by 1 in a field that was constant so far
CLIP = cython.declare(cython.double, 3.0)  # beyond so many standard deviations z grows logarithmically
# A squared deviation up to NEAR + count variances counts in full.
NEAR = cython.declare(cython.double, 9.0)
ROUNDED_VARIANCE = cython.declare(cython.double, 1e-290)  # a smaller variance may round to 0
ANY = cython.declare(cython.double, 1e60)  # above every squared deviation of values up to 1e15
FIRST = cython.declare(cython.double, 10.0)  # effective events; below this number the memory grows slowly,
SLOW = cython.declare(cython.double, 0.25)  # by this much an event: the first values soon lose weight


@cython.cclass
class Standardizer:
    """Fields are declared in standardizer.pxd; buffers are indexed by number slot.

    Loops index `self.mean[i]` and never a local alias of it: an alias costs two atomic reference counts.
    """

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self.count = self.mean = self.var = self.top = self.inv_sd = array("d")

    def __init__(self) -> None:
        self.capacity = self.even = 0
        self.count = self.mean = self.var = self.top = self.inv_sd = array("d")
        self.fit(8)

    @cython.cfunc
    def fit(self, capacity: cython.Py_ssize_t) -> cython.void:
        """Grows the buffers to this many slots."""
        more = bytes(8 * (capacity - self.capacity))
        self.count = array("d", bytes(self.count) + more)
        self.mean = array("d", bytes(self.mean) + more)
        self.var = array("d", bytes(self.var) + more)
        self.top = array("d", bytes(self.top) + more)
        self.inv_sd = array("d", bytes(self.inv_sd) + more)
        self.capacity = capacity

    @cython.cfunc
    @cython.exceptval(check=False)
    def standardise(self, row: Row, work: LinearWork) -> cython.void:
        """Sets `work.zs`: deviations in standard deviations, softly clipped beyond 3."""
        j: cython.Py_ssize_t
        i: cython.Py_ssize_t
        z: cython.double
        beyond: cython.Py_ssize_t = 0
        clip: cython.double = CLIP  # the C compiler cannot know that a module constant does not change
        if row.dense:
            for j in range(row.n):
                z = (row.xs[j] - self.mean[j]) * self.inv_sd[j]
                work.zs[j] = z
                beyond += fabs(z) > clip
        else:
            for j in range(row.n):
                i = row.slots[j]
                z = (row.xs[j] - self.mean[i]) * self.inv_sd[i]
                work.zs[j] = z
                beyond += fabs(z) > clip
        if beyond == 0:
            return
        for j in range(row.n):
            z = work.zs[j]
            if z > CLIP:
                work.zs[j] = CLIP * (1.0 + log(z / CLIP))
            elif z < -CLIP:
                work.zs[j] = -CLIP * (1.0 + log(z / -CLIP))

    @cython.cfunc
    @cython.exceptval(check=False)
    def _bound(self, row: Row, work: LinearWork) -> cython.bint:
        """Limits the effect of one event on the moments; returns whether `work.keep` holds limited values.

        A squared deviation counts in full up to the largest one that counted before, and up to 9 + count variances;
        a value further away counts as one at that distance. So an event of a new size about doubles the variance
        at most (early on, it multiplies it by at most 10), and a rare value that has come before counts in full.
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
        if row.dense:
            for j in range(row.n):
                d = row.xs[j] - self.mean[j]
                s = d * d if self.count[j] > 0.0 else 0.0  # the first value has no deviation
                most = (near + self.count[j]) * self.var[j] if self.var[j] > 0.0 else anything
                most = max(most, self.top[j])
                beyond += s > most
                self.top[j] = min(most, max(s, self.top[j]))
        else:
            for j in range(row.n):
                i = row.slots[j]
                d = row.xs[j] - self.mean[i]
                s = d * d if self.count[i] > 0.0 else 0.0
                most = (near + self.count[i]) * self.var[i] if self.var[i] > 0.0 else anything
                most = max(most, self.top[i])
                beyond += s > most
                self.top[i] = min(most, max(s, self.top[i]))
        if beyond == 0:
            return False
        for j in range(row.n):
            i = row.slots[j]
            d = row.xs[j] - self.mean[i]
            work.keep[j] = row.xs[j]
            if self.count[i] > 0.0 and d * d > self.top[i]:  # then the top is the limit
                work.keep[j] = self.mean[i] + (sqrt(self.top[i]) if d > 0.0 else -sqrt(self.top[i]))
        return True

    @cython.cfunc
    @cython.exceptval(check=False)
    def observe(self, row: Row, work: LinearWork) -> cython.void:
        """Updates the moments with an event."""
        n: cython.Py_ssize_t = row.n
        if row.dense and n == self.even and self._bound_even(row):
            self._update_even(row)
        elif self._bound(row, work):
            self._update(row, work.keep)
        else:
            self._update(row, row.xs)
        if not row.dense:
            self.even = 0  # some of the counts may have changed
        elif n != self.even:
            self.even = n
            while n > 1 and self.count[n - 1] == self.count[0]:
                n -= 1
            if n > 1:
                self.even = 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _bound_even(self, row: Row) -> cython.bint:
        """Whether `_bound` would limit nothing, given that all numbers have one count; if so, sets the tops."""
        j: cython.Py_ssize_t
        d: cython.double
        most: cython.double
        beyond: cython.Py_ssize_t = 0
        wide: cython.double = NEAR + self.count[0]
        if self.count[0] <= 0.0:
            return False
        for j in range(row.n):
            d = row.xs[j] - self.mean[j]
            most = wide * self.var[j]
            beyond += (d * d > most) | (self.var[j] < ROUNDED_VARIANCE)
        if beyond > 0:
            return False
        for j in range(row.n):
            d = row.xs[j] - self.mean[j]
            self.top[j] = max(d * d, self.top[j])
        return True

    @cython.cfunc
    @cython.exceptval(check=False)
    def _update_even(self, row: Row) -> cython.void:
        """`_update` where all numbers of the row vary and have one count, and so one gain."""
        j: cython.Py_ssize_t
        d: cython.double
        count: cython.double = self.count[0]
        gain: cython.double
        count += SLOW if count < FIRST else 1.0
        gain = 1.0 / (count + (1.0 - SLOW))
        for j in range(row.n):
            self.count[j] = count
            d = row.xs[j] - self.mean[j]
            self.mean[j] += d * gain
            self.var[j] += (d * (row.xs[j] - self.mean[j]) - self.var[j]) * gain
            self.inv_sd[j] = 1.0 / sqrt(self.var[j])

    @cython.cfunc
    @cython.exceptval(check=False)
    def _update(self, row: Row, values: cython.double[::1]) -> cython.void:
        """Moves the moments of the numbers of a row by these values."""
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
        if row.dense:
            for j in range(row.n):
                self.count[j] += slow if self.count[j] < first else 1.0
                gain = 1.0 / (self.count[j] + rest)
                d = values[j] - self.mean[j]
                self.mean[j] += d * gain
                self.var[j] += (d * (values[j] - self.mean[j]) - self.var[j]) * gain
                # A field that never varied has variance 0, and its first change counts much; one event has no variance.
                still = 0.0 if self.var[j] > 0.0 else 1.0
                known = news if self.count[j] > slow else 0.0
                self.inv_sd[j] = (1.0 - still) / sqrt(self.var[j] + still) + still * known
        else:
            for j in range(row.n):
                i = row.slots[j]
                self.count[i] += slow if self.count[i] < first else 1.0
                gain = 1.0 / (self.count[i] + rest)
                d = values[j] - self.mean[i]
                self.mean[i] += d * gain
                self.var[i] += (d * (values[j] - self.mean[i]) - self.var[i]) * gain
                still = 0.0 if self.var[i] > 0.0 else 1.0
                known = news if self.count[i] > slow else 0.0
                self.inv_sd[i] = (1.0 - still) / sqrt(self.var[i] + still) + still * known

    def state(self, n: cython.Py_ssize_t) -> dict[str, Any]:
        """The learned state of the first n slots."""
        size = 8 * n
        return {
            "count": bytes(self.count)[:size],
            "mean": bytes(self.mean)[:size],
            "var": bytes(self.var)[:size],
            "top": bytes(self.top)[:size],
            "inv_sd": bytes(self.inv_sd)[:size],
        }

    def resume(self, state: Any, n: int) -> None:
        """Takes over a saved state of n slots, after all of it was checked."""
        saved = entries(state, "count", "mean", "var", "top", "inv_sd")
        parts = {
            name: numbers(saved, name, n, -LARGEST_VALUE if name == "mean" else 0.0, ANY) for name in saved
        }
        pad = bytes(8 * max(0, 8 - n))
        self.count, self.mean = (
            array("d", bytes(parts["count"]) + pad),
            array("d", bytes(parts["mean"]) + pad),
        )
        self.var, self.top = array("d", bytes(parts["var"]) + pad), array("d", bytes(parts["top"]) + pad)
        self.inv_sd = array("d", bytes(parts["inv_sd"]) + pad)
        self.capacity = max(8, n)
        self.even = 0
