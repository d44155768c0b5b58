# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The bins of the columns of a tree that grows online: one for a missing value, and 33 intervals.

The edges of the intervals are quantiles of both classes (`class_edges.py`). They are renewed after 200, 500, 1,250, ...
events, one column at an event. Then what was counted in the old bins moves to the new ones: of each class in the
proportions in which the reservoir's values of an old bin fall into the new ones.
"""

from __future__ import annotations

from array import array
from math import inf
from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.saved import entries, whole

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.class_edges import ClassEdges
    from streamimb._kernels.draw import Draw
else:
    from cython.cimports.streamimb._kernels.class_edges import ClassEdges
    from cython.cimports.streamimb._kernels.draw import Draw

BINS = 34  # of each column: 0 for a missing value, then the intervals in increasing order
EACH = cython.declare(cython.Py_ssize_t, BINS)
EDGES = cython.declare(cython.Py_ssize_t, BINS - 2)
INFINITE = cython.declare(cython.double, inf)
FIRST_RENEWAL = limits.FIRST_RENEWAL
GROWTH = cython.declare(cython.double, limits.GROWTH)


@cython.cclass
class ColumnBins:
    """Fields are declared in column_bins.pxd.

    **Cost**: `find` about 5 ns a column, `note` 2 ns, `renew` .5 ms. 33 kB a column.
    """

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self.edges, self.draw = ClassEdges(2), Draw(0)
        self.edge = array("f")

    def __init__(self, seed: int) -> None:
        self.edges, self.draw = ClassEdges(2), Draw(seed)
        self.edge = array("f")
        self.moved = array("d", bytes(16 * EACH * EACH))
        self.labelled, self.renewal, self.renewing = 0, FIRST_RENEWAL, 1 << 60

    @cython.cfunc
    def fit(self, columns: cython.Py_ssize_t) -> cython.void:
        """Grows the buffers to at least this many columns."""
        if columns > self.edges.blocks:
            self.edges.fit(columns)
            self._copy_edges()

    @cython.cfunc
    def _copy_edges(self) -> cython.void:
        """Sets `edge` to the edges. Values of columns have 4 bytes, so nothing is lost."""
        self.edge = array("f", self.edges.edges)

    @cython.cfunc
    @cython.exceptval(check=False)
    def find(
        self, z: cython.float[::1], columns: cython.Py_ssize_t, bins: cython.Py_ssize_t[::1]
    ) -> cython.void:
        """Writes the bin of every column; NaN is missing.

        Compilers make this loop, which compares with all edges, faster than a search.
        """
        j: cython.Py_ssize_t
        i: cython.Py_ssize_t
        below: cython.int
        value: cython.float
        for j in range(columns):
            value = z[j]
            below = 0
            for i in range(j * EDGES, (j + 1) * EDGES):
                below += self.edge[i] < value
            bins[j] = below + 1 if value == value else 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def note(self, z: cython.float[::1], columns: cython.Py_ssize_t, y: cython.bint) -> cython.void:
        """Adds the values of a labelled event to the reservoirs."""
        j: cython.Py_ssize_t
        u: cython.double = self.draw._next()
        for j in range(columns):
            if z[j] == z[j]:
                self.edges.note(j, z[j], y, u)
        self.labelled += 1
        if self.labelled >= self.renewal:
            self.renewing = 0
            self.renewal = cython.cast(cython.longlong, GROWTH * self.renewal)

    @cython.cfunc
    @cython.exceptval(check=False)
    def due(self, columns: cython.Py_ssize_t) -> cython.Py_ssize_t:
        """The column whose edges are to be renewed now; -1: none."""
        if self.renewing >= columns:
            return -1
        self.renewing += 1
        return self.renewing - 1

    @cython.cfunc
    def renew(self, column: cython.Py_ssize_t) -> cython.void:
        """Computes the edges of a column anew, and in `moved` the share of each old bin that each new one gets."""
        values0: cython.double[::1] = self.edges.reservoir(column, 0)
        values1: cython.double[::1] = self.edges.reservoir(column, 1)
        before = array("d", bytes(self.edges.edges[column * EDGES : (column + 1) * EDGES]))
        was0 = self._bins_of(column, values0)
        was1 = self._bins_of(column, values1)
        self.edges.renew(column)
        self._copy_edges()
        self._move(column, 0, was0, self._bins_of(column, values0), before)
        self._move(column, 1, was1, self._bins_of(column, values1), before)

    @cython.cfunc
    def _bins_of(self, column: cython.Py_ssize_t, values: cython.double[::1]) -> cython.Py_ssize_t[::1]:
        """The bin of each value, none of which is missing."""
        k: cython.Py_ssize_t
        i: cython.Py_ssize_t
        bins: cython.Py_ssize_t[::1] = array("q", bytes(8 * len(values)))
        for k in range(len(values)):
            i = self.edges.interval(column, values[k])
            bins[k] = 1 if i < 0 else i + 1
        return bins

    @cython.cfunc
    def _move(
        self,
        column: cython.Py_ssize_t,
        y: cython.Py_ssize_t,
        was: cython.Py_ssize_t[::1],
        now: cython.Py_ssize_t[::1],
        before: cython.double[::1],
    ) -> cython.void:
        k: cython.Py_ssize_t
        b: cython.Py_ssize_t
        i: cython.Py_ssize_t
        start: cython.Py_ssize_t = y * EACH * EACH
        seen: cython.double
        for i in range(start, start + EACH * EACH):
            self.moved[i] = 0.0
        for k in range(len(was)):
            self.moved[start + was[k] * EACH + now[k]] += 1.0
        self.moved[start] = 1.0
        for b in range(1, EACH):
            seen = 0.0
            for i in range(EACH):
                seen += self.moved[start + b * EACH + i]
            if seen > 0.0:
                for i in range(EACH):
                    self.moved[start + b * EACH + i] /= seen
            else:
                # The reservoir has no value of the class there: all to where the upper edge of the bin is now.
                i = self.edges.interval(column, before[b - 1] if b <= EDGES else INFINITE)
                self.moved[start + b * EACH + (1 if i < 0 else i + 1)] = 1.0

    @cython.cfunc
    @cython.exceptval(check=False)
    def threshold(self, column: cython.Py_ssize_t, bin: cython.Py_ssize_t) -> cython.double:
        """The largest value of a bin; of that for missing values minus infinity."""
        return -INFINITE if bin == 0 else self.edges.edges[column * EDGES + bin - 1]

    def memory_bytes(self) -> int:
        """Bytes of the buffers."""
        return self.edges.memory_bytes() + 16 * BINS * BINS

    def state(self, columns: int) -> dict[str, Any]:
        """What is known of the first `columns` columns."""
        return {
            "edges": self.edges.state(columns),
            "draw": int(self.draw.state),
            "labelled": int(self.labelled),
            "renewal": int(self.renewal),
            "renewing": int(self.renewing),
        }

    def resume(self, state: Any, columns: int) -> None:
        """Take over what was saved of so many columns, after all of it was checked."""
        saved = entries(state, "edges", "draw", "labelled", "renewal", "renewing")
        draw = whole(saved, "draw", 0, 0xFFFFFFFFFFFFFFFF)
        labelled, renewal = whole(saved, "labelled"), whole(saved, "renewal", 1, 1 << 62)
        renewing = whole(saved, "renewing", 0, 1 << 60)
        self.edges.resume(saved["edges"], columns)
        self._copy_edges()
        self.draw.state, self.labelled, self.renewal, self.renewing = draw, labelled, renewal, renewing
