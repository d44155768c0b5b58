# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: auto_pickle=False
"""Decayed weights of positives and negatives by score, in at most 4,096 cells."""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import saved

if cython.compiled:
    from cython.cimports.libc.math import pow as power
else:
    from math import pow as power

MOST = 4_096  # cells; above it neighbours are merged
KEPT = 2_048  # cells after merging, at most
_MOST = cython.declare(cython.Py_ssize_t, MOST)
_KEPT = cython.declare(cython.Py_ssize_t, KEPT)
TOP = cython.declare(cython.double, 20.0)  # a cell holds at most TOP * its share of what is ranked above it
DUST = cython.declare(cython.double, 1e-30)  # a cell with a smaller share of the weight is left out
LARGEST = cython.declare(cython.double, 1e60)  # of the unit: its square times that of a weight is finite


@cython.cclass
class RankedScores:
    """Cells of equal or neighbouring scores: weights of positives and negatives, and the sums of their squares.

    Each event starts as a cell. When there are MOST cells, those of equal score are merged; where more than KEPT are
    left, so are neighbours, into cells of at most about 1/KEPT of the weight, and at the top of the ranking of at most
    about TOP/KEPT of the weight that is ranked at or above them.

    `mixed` marks cells of different scores. Fields: ranked_scores.pxd.
    """

    def __cinit__(self) -> None:
        self.fade = self.unit = 1.0  # for an object made by `__new__` without `__init__`
        self._empty()

    @cython.cfunc
    def _empty(self) -> Any:
        self.score, self.pos, self.neg, self.pos2, self.neg2, self.mixed = [
            array("d", [0.0]) for _ in range(6)
        ]
        self.used = self.capacity = 0

    def __init__(self, half_life: float) -> None:
        self.fade = max(power(0.5, 1.0 / half_life), 1e-30)  # the unit is divided by it
        self.unit = 1.0
        self.steps = 0
        self._empty()

    @cython.cfunc
    def _columns(self) -> list[Any]:
        return [self.score, self.pos, self.neg, self.pos2, self.neg2, self.mixed]

    @cython.cfunc
    def _make_room(self) -> Any:
        if self.used >= _MOST:
            self._merge_cells()
        if self.used >= self.capacity:
            capacity = min(max(256, 2 * self.capacity), _MOST)
            more = bytes(8 * (capacity - self.used))
            columns = [array("d", column + more) for column in self.cells()]
            self.score, self.pos, self.neg, self.pos2, self.neg2, self.mixed = columns
            self.capacity = capacity

    @cython.cfunc
    def _take(self, y: cython.bint, p: cython.double, w: cython.double) -> Any:
        if self.used >= self.capacity or self.used >= _MOST:
            self._make_room()
        # Increase the weight of new events instead of decaying all cells.
        self.unit = self.unit / self.fade
        if self.unit > LARGEST:
            self._rescale(1.0 / self.unit)
            self.unit = 1.0
        self.steps += 1
        i: cython.Py_ssize_t = self.used
        v: cython.double = w * self.unit
        self.score[i] = p
        self.pos[i] = v if y else 0.0
        self.neg[i] = 0.0 if y else v
        self.pos2[i] = v * v if y else 0.0
        self.neg2[i] = 0.0 if y else v * v
        self.mixed[i] = 0.0
        self.used = i + 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def _rescale(self, d: cython.double) -> cython.void:
        i: cython.Py_ssize_t
        for i in range(self.used):
            self.pos[i] = self.pos[i] * d
            self.neg[i] = self.neg[i] * d
            self.pos2[i] = self.pos2[i] * d * d
            self.neg2[i] = self.neg2[i] * d * d

    def update_p(self, y: cython.bint, p: cython.double, w: cython.double = 1.0) -> None:
        """Adds one event of class y with probability p, unchecked: p in [0, 1], w > 0 and at most 1e15."""
        self._take(y, p, w)

    @cython.cfunc
    def _merge_cells(self) -> Any:
        """Sort the cells, highest first, and merge them into at most KEPT."""
        i: cython.Py_ssize_t
        j: cython.Py_ssize_t
        total: cython.double = 0.0
        order: cython.longlong[::1] = self._order()
        moved: cython.double[::1]
        columns = []
        for column in self._columns():
            held: cython.double[::1] = column
            moved = array("d", bytes(8 * self.used))
            for i in range(self.used):
                j = order[i]
                moved[i] = held[j]
            columns.append(moved)
        self.score, self.pos, self.neg, self.pos2, self.neg2, self.mixed = columns
        self.capacity = self.used
        for i in range(self.used):
            total += self.pos[i] + self.neg[i]
        share: cython.double = 0.0
        count: cython.Py_ssize_t = self._grouped(total, share, False)
        while count > _KEPT:
            share = 1.5 * share if share > 0.0 else 1.0 / _KEPT
            count = self._grouped(total, share, False)
        self.used = self._grouped(total, share, True)

    @cython.cfunc
    def _order(self) -> Any:
        """The places of the cells by score, highest first, those of equal score in their order: a merge sort."""
        n: cython.Py_ssize_t = self.used
        width: cython.Py_ssize_t = 1
        left: cython.Py_ssize_t
        right: cython.Py_ssize_t
        start: cython.Py_ssize_t
        middle: cython.Py_ssize_t
        end: cython.Py_ssize_t
        i: cython.Py_ssize_t
        order: cython.longlong[::1] = array("q", range(n))
        other: cython.longlong[::1] = array("q", bytes(8 * n))
        while width < n:
            for start in range(0, n, 2 * width):
                left, middle = start, min(start + width, n)
                right, end = middle, min(start + 2 * width, n)
                for i in range(start, end):
                    if right >= end or (
                        left < middle and self.score[order[left]] >= self.score[order[right]]
                    ):
                        other[i] = order[left]
                        left += 1
                    else:
                        other[i] = order[right]
                        right += 1
            order, other = other, order
            width = 2 * width
        return order

    @cython.cfunc
    @cython.exceptval(check=False)
    def _grouped(self, total: cython.double, share: cython.double, write: cython.bint) -> cython.Py_ssize_t:
        """The number of cells after merging neighbours of at most that share; share 0: those of equal score."""
        i: cython.Py_ssize_t
        last: cython.Py_ssize_t = -1  # the cell that takes in the next
        score: cython.double = -1.0
        top: cython.double = 0.0  # weight ranked at or above the cell
        mass: cython.double = 0.0
        more: cython.double
        for i in range(self.used):
            more = self.pos[i] + self.neg[i]
            if more <= DUST * total:
                continue
            top += more
            if last >= 0 and (self.score[i] == score or mass + more <= share * min(total, TOP * top)):
                if write:
                    if self.score[i] != self.score[last]:
                        self.score[last] = (self.score[last] * mass + self.score[i] * more) / (mass + more)
                        self.mixed[last] = 1.0
                    self.pos[last] += self.pos[i]
                    self.neg[last] += self.neg[i]
                    self.pos2[last] += self.pos2[i]
                    self.neg2[last] += self.neg2[i]
                    if self.mixed[i] > 0.0:
                        self.mixed[last] = 1.0
                mass += more
            else:
                last += 1
                mass = more
                if write:
                    self.score[last] = self.score[i]
                    self.pos[last] = self.pos[i]
                    self.neg[last] = self.neg[i]
                    self.pos2[last] = self.pos2[i]
                    self.neg2[last] = self.neg2[i]
                    self.mixed[last] = self.mixed[i]
            score = self.score[i]
        return last + 1

    def cells(self) -> list[bytes]:
        """Doubles, not sorted: scores, weights of positives and of negatives, both of squares, and mixed or not."""
        return [bytes(column)[: 8 * self.used] for column in self._columns()]

    def scale(self) -> float:
        """The weight in the cells of an event of weight 1 that came last."""
        return float(self.unit)

    def append(self, other: RankedScores) -> None:
        """Adds the cells of another, as if its events had come after these."""
        if other.used == 0 and other.steps == 0:
            return
        d: cython.double = power(self.fade, float(other.steps)) / self.unit
        self._rescale(d)
        self.unit = 1.0
        self.steps += other.steps
        u: cython.double = 1.0 / other.unit
        raw = [array("d", column) for column in other.cells()]
        i: cython.Py_ssize_t
        j: cython.Py_ssize_t
        for i in range(len(raw[0])):
            if self.used >= self.capacity or self.used >= _MOST:
                self._make_room()
            j = self.used
            self.score[j], self.mixed[j] = raw[0][i], raw[5][i]
            self.pos[j], self.neg[j] = raw[1][i] * u, raw[2][i] * u
            self.pos2[j], self.neg2[j] = raw[3][i] * u * u, raw[4][i] * u * u
            self.used = j + 1

    def __getstate__(self) -> dict[str, Any]:
        return {
            "fade": float(self.fade), "unit": float(self.unit), "steps": int(self.steps), "cells": self.cells(),
        }  # fmt: skip

    def __setstate__(self, state: Any) -> None:
        state = saved.entries(state, "fade", "unit", "steps", "cells")
        fade, steps = saved.number(state, "fade", 1e-30, 1.0), saved.whole(state, "steps")
        unit = saved.number(state, "unit", 1.0, 1e60)
        listed = saved.listed(state, "cells", 6)
        scores = saved.numbers({"cells": listed[0]}, "cells", None, 0.0, 1.0)
        if len(scores) > _MOST:
            raise saved.refused("cells", "at most 4096 cells")
        columns = [scores]
        for column in listed[1:]:
            columns.append(saved.numbers({"cells": column}, "cells", len(scores), 0.0))
        for weights, squares in ((columns[1], columns[3]), (columns[2], columns[4])):
            # The sum of squares is at most the square of the sum; 0 both or neither, but for what is too small.
            if not all(
                v <= 1.000001 * w * w + 1e-300 and (v > 0.0 or w < 1e-140)
                for w, v in zip(weights, squares, strict=True)
            ):
                raise saved.refused("cells", "sums of weights, each with the sum of their squares")
        if not all(mixed in (0.0, 1.0) for mixed in columns[5]):
            raise saved.refused("cells", "0 or 1 for each cell: whether its scores differ")
        self.fade, self.unit, self.steps = fade, unit, steps
        self._empty()
        if len(scores) > 0:
            self.score, self.pos, self.neg, self.pos2, self.neg2, self.mixed = columns
            self.used = self.capacity = len(scores)
