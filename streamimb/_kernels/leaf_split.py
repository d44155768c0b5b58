# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The best split of a leaf, by a distance between its classes or by what it tells about them.

Of a split that sends the share a of the positives and the share b of the negatives to the left, the gain is

    Hellinger:    sqrt(((sqrt a - sqrt b)^2 + (sqrt(1 - a) - sqrt(1 - b))^2) / 2)
    information:  (h(y) - h(y | side)) / h(y), with the entropy h

Both are in [0, 1]. The first does not depend on how rare the positives are (Cieslak, Chawla 2008).
"""

from __future__ import annotations

from array import array

import cython

from streamimb._kernels import column_bins, limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import log, sqrt

    from streamimb._kernels.draw import Draw
    from streamimb._kernels.leaf_counts import LeafCounts
else:
    from cython.cimports.libc.math import log, sqrt
    from cython.cimports.streamimb._kernels.draw import Draw
    from cython.cimports.streamimb._kernels.leaf_counts import LeafCounts

EACH = cython.declare(cython.Py_ssize_t, column_bins.BINS)
CELLS = cython.declare(cython.Py_ssize_t, 2 * column_bins.BINS)
M64 = cython.declare(cython.ulonglong, limits.M64)
APART = cython.declare(cython.ulonglong, 0xD1342543DE82EF95)  # between the draws of two nodes


@cython.cclass
class LeafSplit:
    """Fields are declared in leaf_split.pxd."""

    def __init__(self, by_information: bool, least: float, columns: int, share: float, seed: int) -> None:
        self.by_information, self.least, self.share, self.seed = by_information, least, share, seed
        self.draw, self.chosen = Draw(0), array("B", b"\x01" * columns)
        self.column, self.bin, self.gain, self.second = -1, 0, 0.0, 0.0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _choose(self, columns: cython.Py_ssize_t, node: cython.Py_ssize_t) -> cython.void:
        """Draws the columns of a node: the same each time, and all where none is drawn."""
        j: cython.Py_ssize_t
        some: cython.bint = False
        self.draw.state = (self.seed + APART * cython.cast(cython.ulonglong, node + 1)) & M64
        for j in range(columns):
            self.chosen[j] = 1 if self.draw._next() < self.share else 0
            some = some or self.chosen[j] != 0
        if not some:
            for j in range(columns):
                self.chosen[j] = 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def find(self, counts: LeafCounts, leaf: cython.Py_ssize_t, node: cython.Py_ssize_t) -> cython.void:
        """Sets column, bin, gain and second; missing values are on the left side of every split."""
        j: cython.Py_ssize_t
        b: cython.Py_ssize_t
        at: cython.Py_ssize_t
        best_bin: cython.Py_ssize_t
        left0: cython.double
        left1: cython.double
        gain: cython.double
        best: cython.double
        all0: cython.double = counts.total[2 * leaf]
        all1: cython.double = counts.total[2 * leaf + 1]
        self.column, self.gain, self.second = -1, 0.0, 0.0
        if counts.effective(leaf) <= 0.0:
            return
        # A mass in events, each of the mean weight of its class
        each0: cython.double = all0 / counts.square[2 * leaf]
        each1: cython.double = all1 / counts.square[2 * leaf + 1]
        if self.share < 1.0:
            self._choose(counts.n, node)
        for j in range(counts.n):
            if not self.chosen[j]:
                continue
            at = (leaf * counts.room + j) * CELLS
            left0 = left1 = best = 0.0
            best_bin = 0
            for b in range(EACH - 1):
                left0 += counts.mass[at + 2 * b]
                left1 += counts.mass[at + 2 * b + 1]
                if (all0 - left0) * each0 + (all1 - left1) * each1 < self.least:
                    break
                if (
                    left0 * each0 + left1 * each1 >= self.least
                    and counts.mass[at + 2 * b] + counts.mass[at + 2 * b + 1] > 0.0
                ):
                    gain = self._gain(left0, left1, all0, all1)
                    if gain > best:
                        best, best_bin = gain, b
            if best > self.gain:
                self.second = self.gain
                self.gain, self.column, self.bin = best, j, best_bin
            elif best > self.second:
                self.second = best

    @cython.cfunc
    @cython.exceptval(check=False)
    def _gain(
        self, left0: cython.double, left1: cython.double, all0: cython.double, all1: cython.double
    ) -> cython.double:
        if self.by_information:
            before: cython.double = entropy(all0, all1)
            after: cython.double = entropy(left0, left1) + entropy(all0 - left0, all1 - left1)
            return max(0.0, 1.0 - after / before)
        a: cython.double = min(1.0, left1 / all1)
        b: cython.double = min(1.0, left0 / all0)
        low: cython.double = sqrt(a) - sqrt(b)
        high: cython.double = sqrt(1.0 - a) - sqrt(1.0 - b)
        return sqrt(0.5 * (low * low + high * high))


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def entropy(n0: cython.double, n1: cython.double) -> cython.double:
    """The mass of both classes times the entropy of their shares."""
    found: cython.double = 0.0
    if n0 > 0.0 and n1 > 0.0:
        found = n0 * log((n0 + n1) / n0) + n1 * log((n0 + n1) / n1)
    return found
