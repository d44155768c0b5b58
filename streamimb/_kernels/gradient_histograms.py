# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Sums of gradients, hessians and rows by bin, of every leaf of a growing tree, and the best split of a leaf."""

from __future__ import annotations

from array import array

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.bin_edges import BinEdges
else:
    from cython.cimports.streamimb._kernels.bin_edges import BinEdges

from streamimb._kernels import bin_edges

BINS = cython.declare(cython.Py_ssize_t, bin_edges.BINS)
EACH = cython.declare(cython.Py_ssize_t, 3)  # sums of each bin
LEAST_ROWS = cython.declare(cython.double, 20.0)  # on each side of a split
LEAST_HESSIAN = cython.declare(cython.double, 1.0)  # on each side of a split


@cython.cclass
class GradientHistograms:
    """Fields are declared in gradient_histograms.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self.selected, self.sums = array("q"), array("d")

    def __init__(self, slots: int, l2: float) -> None:
        self.slots, self.l2 = slots, l2
        self.columns = self.used = 0
        self.selected, self.sums = array("q"), array("d")
        self.gradient = self.hessian = self.rows = self.best = 0.0
        self.best_column = self.best_bin = 0

    @cython.cfunc
    def begin(self, columns: cython.Py_ssize_t) -> cython.void:
        """Makes room for this many columns; none is selected."""
        if columns > self.columns:
            self.columns = columns
            self.selected = array("q", bytes(8 * columns))
            self.sums = array("d", bytes(8 * self.slots * columns * BINS * EACH))
        self.used = 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def clear(self, slot: cython.Py_ssize_t) -> cython.void:
        i: cython.Py_ssize_t
        size: cython.Py_ssize_t = self.used * BINS * EACH
        for i in range(slot * size, (slot + 1) * size):
            self.sums[i] = 0.0

    @cython.cfunc
    @cython.exceptval(check=False)
    def add(
        self,
        slot: cython.Py_ssize_t,
        bins: cython.uchar[::1],
        at: cython.Py_ssize_t,
        g: cython.double,
        h: cython.double,
    ) -> cython.void:
        """Adds a row, whose bins by column begin at this place."""
        j: cython.Py_ssize_t
        i: cython.Py_ssize_t
        start: cython.Py_ssize_t = slot * self.used * BINS * EACH
        for j in range(self.used):
            i = start + bins[at + self.selected[j]] * EACH
            self.sums[i] += g
            self.sums[i + 1] += h
            self.sums[i + 2] += 1.0
            start += BINS * EACH

    @cython.cfunc
    @cython.exceptval(check=False)
    def subtract(self, slot: cython.Py_ssize_t, part: cython.Py_ssize_t) -> cython.void:
        """Leaves in one slot what is not in another."""
        i: cython.Py_ssize_t
        size: cython.Py_ssize_t = self.used * BINS * EACH
        for i in range(size):
            self.sums[slot * size + i] -= self.sums[part * size + i]

    @cython.cfunc
    @cython.exceptval(check=False)
    def move(self, slot: cython.Py_ssize_t, to: cython.Py_ssize_t) -> cython.void:
        i: cython.Py_ssize_t
        size: cython.Py_ssize_t = self.used * BINS * EACH
        for i in range(size):
            self.sums[to * size + i] = self.sums[slot * size + i]

    @cython.cfunc
    @cython.exceptval(check=False)
    def search(self, slot: cython.Py_ssize_t, edges: BinEdges) -> cython.void:
        """Finds the split of a slot with the largest gain, G^2/(H + l2) of both sides less that of the whole."""
        j: cython.Py_ssize_t
        i: cython.Py_ssize_t
        c: cython.Py_ssize_t
        start: cython.Py_ssize_t = slot * self.used * BINS * EACH
        g: cython.double = 0.0
        h: cython.double = 0.0
        n: cython.double = 0.0
        gain: cython.double
        whole: cython.double
        for c in range(BINS):
            g += self.sums[start + c * EACH]
            h += self.sums[start + c * EACH + 1]
            n += self.sums[start + c * EACH + 2]
        self.gradient, self.hessian, self.rows = g, h, n
        self.best = 0.0
        whole = g * g / (h + self.l2)
        for j in range(self.used):
            g = h = n = 0.0
            i = start + j * BINS * EACH
            for c in range(edges.count[self.selected[j]]):
                g += self.sums[i]
                h += self.sums[i + 1]
                n += self.sums[i + 2]
                i += EACH
                if n < LEAST_ROWS or h < LEAST_HESSIAN:
                    continue
                if self.rows - n < LEAST_ROWS or self.hessian - h < LEAST_HESSIAN:
                    break
                gain = (
                    g * g / (h + self.l2)
                    + (self.gradient - g) * (self.gradient - g) / (self.hessian - h + self.l2)
                    - whole
                )
                if gain > self.best:
                    self.best, self.best_column, self.best_bin = gain, self.selected[j], c

    def memory_bytes(self) -> int:
        """Bytes of all buffers."""
        return 8 * len(self.sums) + 8 * len(self.selected)
