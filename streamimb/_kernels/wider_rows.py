# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Room for more columns in a ring of events: their values and bins are copied there in slices, so that no event waits.

A field may come when the ring has long been full. Nothing may be added to the ring before all rows are copied.
"""

from __future__ import annotations

from array import array

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.event_rows import EventRows
else:
    from cython.cimports.streamimb._kernels.event_rows import EventRows

from streamimb._kernels.large_buffer import lazy

MISSING = cython.declare(cython.float, float("nan"))
VISIT = cython.declare(cython.Py_ssize_t, 8)  # columns that are copied at the cost of a visit of a row


@cython.cclass
class WiderRows:
    """Fields are declared in wider_rows.pxd."""

    def __init__(self) -> None:
        self.columns = self.at = 0
        self.values, self.bins = array("f"), array("B")

    @cython.cfunc
    def begin(self, ring: EventRows, columns: cython.Py_ssize_t) -> cython.void:
        """Makes room for the rows of a ring with this many columns; none is copied yet."""
        self.columns, self.at = columns, 0
        self.values = lazy("f", ring.capacity * columns)
        self.bins = lazy("B", ring.capacity * columns)

    @cython.cfunc
    @cython.exceptval(check=False)
    def cost(self) -> cython.Py_ssize_t:
        """Visits of a row that copying one takes."""
        return 1 + self.columns // VISIT

    @cython.cfunc
    @cython.exceptval(check=False)
    def left(self, ring: EventRows) -> cython.Py_ssize_t:
        """Visits of a row that copying the others takes."""
        return self.cost() * (ring.n - self.at)

    @cython.cfunc
    def copy(self, ring: EventRows, bins: cython.uchar[::1], end: cython.Py_ssize_t) -> cython.void:
        """Copies the rows up to `end`; a new column is missing in them, which is bin 0."""
        i: cython.Py_ssize_t
        j: cython.Py_ssize_t
        to: cython.Py_ssize_t
        old: cython.Py_ssize_t = ring.columns
        for i in range(self.at, end):
            to = i * self.columns
            self.values[to : to + old] = ring.values[i * old : (i + 1) * old]
            self.bins[to : to + old] = bins[i * old : (i + 1) * old]
            for j in range(old, self.columns):
                self.values[to + j] = MISSING
        self.at = end
