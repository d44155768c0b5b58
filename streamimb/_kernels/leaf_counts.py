# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""What each leaf has counted: the mass of each class in every bin of every column, decayed with the leaf's own events.

From these masses come the splits of a leaf, its naive Bayes, and what its children start from: the column of the split
is cut at its threshold; of the other columns, which are taken as independent of it within a class, a child gets its
share of each class.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import column_bins

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import log
else:
    from cython.cimports.libc.math import log

from streamimb._kernels.large_buffer import zeros
from streamimb._kernels.saved import entries, numbers, whole

EACH = cython.declare(cython.Py_ssize_t, column_bins.BINS)
CELLS = cython.declare(cython.Py_ssize_t, 2 * column_bins.BINS)  # of a column of a leaf
UNIT_CAP = cython.declare(cython.double, 1e6)
PRIOR_MASS = cython.declare(cython.double, 5.0)  # of events of both classes, mixed into those of each
RATIO_CAP = cython.declare(cython.double, 8.0)  # of the likelihoods of one column
LARGEST = cython.declare(cython.double, 1e40)  # of a mass, in units of its leaf
SMALLEST = cython.declare(cython.double, 1e-30)  # of a mean weight


@cython.cclass
class LeafCounts:
    """Fields are declared in leaf_counts.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self.mass = self.total = self.square = self.unit = self.events = array("d")

    def __init__(self, leaves: int, most: int, half_life: float) -> None:
        self.leaves, self.most, self.room, self.n = leaves, most, 0, 0
        self.fade = 0.5 ** (1.0 / half_life)
        self.mass = array("d")
        self.total, self.square = array("d", bytes(16 * leaves)), array("d", bytes(16 * leaves))
        self.events = array("d", bytes(16 * leaves))
        self.unit = array("d", [1.0] * leaves)

    @cython.cfunc
    def fit(self, columns: cython.Py_ssize_t) -> cython.void:
        """Takes further columns into use; they were missing in all events so far."""
        i: cython.Py_ssize_t
        j: cython.Py_ssize_t
        k: cython.Py_ssize_t
        if columns > self.room:
            room: cython.Py_ssize_t = max(columns, min(self.most, 2 * self.room))
            mass: cython.double[::1] = zeros("d", self.leaves * room * CELLS)
            for i in range(self.leaves):
                for j in range(self.n * CELLS):
                    mass[i * room * CELLS + j] = self.mass[i * self.room * CELLS + j]
            self.mass, self.room = mass, room
        for i in range(self.leaves):
            for j in range(self.n, columns):
                k = (i * self.room + j) * CELLS
                self.mass[k], self.mass[k + 1] = self.total[2 * i], self.total[2 * i + 1]
        self.n = max(self.n, columns)

    @cython.cfunc
    @cython.exceptval(check=False)
    def add(
        self, leaf: cython.Py_ssize_t, bins: cython.Py_ssize_t[::1], y: cython.bint, w: cython.double
    ) -> cython.void:
        """Counts an event of weight w."""
        j: cython.Py_ssize_t
        at: cython.Py_ssize_t = 2 * leaf + (1 if y else 0)
        if self.total[at] <= self.total[4 * leaf + 1 - at]:
            self.unit[leaf] /= self.fade
        if self.unit[leaf] > UNIT_CAP:
            self._scale(leaf, 1.0 / self.unit[leaf])
            self.unit[leaf] = 1.0
        v: cython.double = w * self.unit[leaf]
        self.total[at] += v
        self.square[at] += v * v
        self.events[at] += min(1.0, w)
        at = leaf * self.room * CELLS + (1 if y else 0)
        for j in range(self.n):
            self.mass[at + 2 * bins[j]] += v
            at += CELLS

    @cython.cfunc
    @cython.exceptval(check=False)
    def evidence(
        self,
        leaf: cython.Py_ssize_t,
        bins: cython.Py_ssize_t[::1],
        start: cython.Py_ssize_t,
        end: cython.Py_ssize_t,
    ) -> cython.double:
        """The log of the product, over columns from start to end, of P(bin | True) / P(bin | False).

        Each ratio counts within a factor of 8 of 1. Into the counts of either class are mixed the shares of bins among
        both, as a number of events, each of the mean weight of the class (a copy is no further event); and into each
        bin one event, parted between the classes as all events are. So a bin without events says nothing: without
        that event the rarer class, of which more is mixed in, would be the likelier one wherever a field is missing
        for the first time.
        """
        j: cython.Py_ssize_t
        k: cython.Py_ssize_t
        at: cython.Py_ssize_t = (leaf * self.room + start) * CELLS
        unit: cython.double = self.unit[leaf]
        each0: cython.double = PRIOR_MASS * self._each(2 * leaf)
        each1: cython.double = PRIOR_MASS * self._each(2 * leaf + 1)
        n0: cython.double = self.total[2 * leaf] + each0
        n1: cython.double = self.total[2 * leaf + 1] + each1
        one0: cython.double = unit * n0 / (n0 + n1)
        one1: cython.double = unit * n1 / (n0 + n1)
        prior: cython.double
        ratio: cython.double
        product: cython.double = 1.0
        times: cython.double = 1.0 / (self.total[2 * leaf] + self.total[2 * leaf + 1] + EACH * unit)
        odds: cython.double = n0 / n1
        for j in range(start, end):
            k = at + 2 * bins[j]
            prior = (self.mass[k] + self.mass[k + 1]) * times
            ratio = odds * (self.mass[k + 1] + prior * each1 + one1) / (self.mass[k] + prior * each0 + one0)
            ratio = RATIO_CAP if ratio > RATIO_CAP else ratio
            product *= ratio if ratio * RATIO_CAP > 1.0 else 1.0 / RATIO_CAP
            at += CELLS
        return log(product)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _each(self, k: cython.Py_ssize_t) -> cython.double:
        """The mean weight of the events of a class: sum of w^2 / sum of w."""
        if self.total[k] <= 0.0:
            return self.unit[k // 2]
        return min(LARGEST, max(SMALLEST, self.square[k] / self.total[k]))

    @cython.cfunc
    @cython.exceptval(check=False)
    def effective(self, leaf: cython.Py_ssize_t) -> cython.double:
        """The effective number of events of the rarer class: (sum of w)^2 / (sum of w^2)."""
        k: cython.Py_ssize_t = 2 * leaf
        if self.square[k] <= 0.0 or self.square[k + 1] <= 0.0:
            return 0.0
        return min(
            self.total[k] / self.square[k] * self.total[k],
            self.total[k + 1] / self.square[k + 1] * self.total[k + 1],
        )

    @cython.cfunc
    @cython.exceptval(check=False)
    def waiting(self, leaf: cython.Py_ssize_t) -> cython.double:
        """Events of the rarer class since `restart`; one of a weight below 1 counts as its weight."""
        return min(self.events[2 * leaf], self.events[2 * leaf + 1])

    @cython.cfunc
    @cython.exceptval(check=False)
    def fade_of(self, leaf: cython.Py_ssize_t, y: cython.bint) -> cython.double:
        """What an event of class y leaves of what the leaf knew: 1 unless the class is the rarer one."""
        at: cython.Py_ssize_t = 2 * leaf + (1 if y else 0)
        return self.fade if self.total[at] <= self.total[4 * leaf + 1 - at] else 1.0

    @cython.cfunc
    @cython.exceptval(check=False)
    def restart(self, leaf: cython.Py_ssize_t) -> cython.void:
        self.events[2 * leaf] = self.events[2 * leaf + 1] = 0.0

    @cython.cfunc
    @cython.exceptval(check=False)
    def part(
        self,
        leaf: cython.Py_ssize_t,
        right: cython.Py_ssize_t,
        column: cython.Py_ssize_t,
        bin: cython.Py_ssize_t,
        most: cython.double,
        kept: cython.double[::1],
    ) -> cython.void:
        """Divides the masses of a leaf: bins of a column up to `bin` stay, the others go to the leaf `right`.

        Of the rarer class each keeps at most the mass of `most` events, of the other in proportion.
        Writes the masses on the left, as they were, into `kept`.
        """
        i: cython.Py_ssize_t
        j: cython.Py_ssize_t
        y: cython.Py_ssize_t
        here: cython.Py_ssize_t = leaf * self.room * CELLS
        there: cython.Py_ssize_t = right * self.room * CELLS
        cut: cython.Py_ssize_t = 2 * bin + 2
        self.unit[right] = self.unit[leaf]
        for y in range(2):
            left: cython.double = 0.0
            share: cython.double
            for i in range(y, cut, 2):
                left += self.mass[here + column * CELLS + i]
            share = left / self.total[2 * leaf + y] if self.total[2 * leaf + y] > 0.0 else 0.5
            share = min(1.0, share)
            kept[y] = share * self.total[2 * leaf + y] / self.unit[leaf]
            for j in range(self.n):
                for i in range(y, CELLS, 2):
                    k: cython.Py_ssize_t = j * CELLS + i
                    if j == column:
                        self.mass[there + k] = 0.0 if i < cut else self.mass[here + k]
                        self.mass[here + k] = self.mass[here + k] if i < cut else 0.0
                    else:
                        self.mass[there + k] = (1.0 - share) * self.mass[here + k]
                        self.mass[here + k] *= share
            self.total[2 * right + y] = (1.0 - share) * self.total[2 * leaf + y]
            self.square[2 * right + y] = (1.0 - share) * self.square[2 * leaf + y]
            self.total[2 * leaf + y] *= share
            self.square[2 * leaf + y] *= share
        self.restart(leaf)
        self.restart(right)
        self._limit(leaf, most)
        self._limit(right, most)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _limit(self, leaf: cython.Py_ssize_t, most: cython.double) -> cython.void:
        found: cython.double = self.effective(leaf)
        if found > most:
            self._scale(leaf, most / found)
            # As if fewer events had been counted: weights stay, their number falls.
            self.square[2 * leaf] *= found / most
            self.square[2 * leaf + 1] *= found / most

    @cython.cfunc
    @cython.exceptval(check=False)
    def _scale(self, leaf: cython.Py_ssize_t, by: cython.double) -> cython.void:
        """Multiplies all masses of a leaf."""
        i: cython.Py_ssize_t
        start: cython.Py_ssize_t = leaf * self.room * CELLS
        for i in range(start, start + self.n * CELLS):
            self.mass[i] *= by
        for i in range(2 * leaf, 2 * leaf + 2):
            self.total[i] *= by
            self.square[i] *= by * by

    @cython.cfunc
    @cython.exceptval(check=False)
    def rebin(self, column: cython.Py_ssize_t, moved: cython.double[::1]) -> cython.void:
        """Moves the masses of a column to new bins, in shares by class, old bin and new bin."""
        i: cython.Py_ssize_t
        y: cython.Py_ssize_t
        b: cython.Py_ssize_t
        c: cython.Py_ssize_t
        at: cython.Py_ssize_t
        part: cython.double
        old: cython.double[::1] = array("d", bytes(8 * CELLS))
        for i in range(self.leaves):
            at = (i * self.room + column) * CELLS
            for c in range(CELLS):
                old[c] = self.mass[at + c]
                self.mass[at + c] = 0.0
            for y in range(2):
                for b in range(EACH):
                    part = old[2 * b + y]
                    if part > 0.0:
                        for c in range(EACH):
                            self.mass[at + 2 * c + y] += part * moved[(y * EACH + b) * EACH + c]

    def memory_bytes(self) -> int:
        """Bytes of all buffers."""
        return 8 * len(self.mass) + 56 * self.leaves

    def state(self, leaves: cython.Py_ssize_t) -> dict[str, Any]:
        """What the first `leaves` leaves have counted."""
        width = 8 * CELLS * self.n
        room = 8 * CELLS * self.room
        held = bytes(self.mass)
        return {
            "columns": int(self.n),
            "mass": b"".join(held[k * room : k * room + width] for k in range(leaves)),
            "total": bytes(self.total)[: 16 * leaves],
            "square": bytes(self.square)[: 16 * leaves],
            "unit": bytes(self.unit)[: 8 * leaves],
            "events": bytes(self.events)[: 16 * leaves],
        }

    def resume(self, state: Any, leaves: int, columns: int) -> None:
        """Take over what so many leaves have counted in so many columns, after all of it was checked."""
        i: cython.Py_ssize_t
        j: cython.Py_ssize_t
        saved = entries(state, "columns", "mass", "total", "square", "unit", "events")
        n: cython.Py_ssize_t = whole(saved, "columns", columns, columns)
        mass: cython.double[::1] = numbers(saved, "mass", leaves * n * CELLS, 0.0, LARGEST)
        total, square = (
            numbers(saved, "total", 2 * leaves, 0.0, LARGEST),
            numbers(saved, "square", 2 * leaves, 0.0, LARGEST * LARGEST),
        )
        unit = numbers(saved, "unit", leaves, 1.0, UNIT_CAP)
        events = numbers(saved, "events", 2 * leaves, 0.0)
        self.fit(n)
        for i in range(leaves):
            self.unit[i] = unit[i]
            for j in range(2 * i, 2 * i + 2):
                self.total[j], self.square[j], self.events[j] = total[j], square[j], events[j]
            for j in range(n * CELLS):
                self.mass[i * self.room * CELLS + j] = mass[i * n * CELLS + j]
