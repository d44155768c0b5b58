# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Reads lines of a matrix into rows, as a feature reader reads dicts from column name to value."""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import fabs

    from streamimb._kernels.feature_reader import Reader
    from streamimb._kernels.row import Row
else:
    from cython.cimports.libc.math import fabs
    from cython.cimports.streamimb._kernels.feature_reader import Reader
    from cython.cimports.streamimb._kernels.row import Row

LARGEST_VALUE = cython.declare(cython.double, limits.LARGEST_VALUE)  # a larger value is missing
LEAST_NORMAL = cython.declare(cython.double, limits.LEAST_NORMAL)  # a smaller number is read as 0


@cython.cclass
class MatrixReader:
    """Fields are declared in matrix_reader.pxd.

    **Cost**: O(columns) for a row. Columns whose numbers have the slots 0, 1, 2, ... are read without a look-up.
    """

    def __init__(self, reader: Reader, names: list[Any] | None, x: Any) -> None:
        """The columns have these names, which must differ, or 0, 1, 2, ... where `names` is None."""
        if reader is None or x is None:
            raise TypeError("x: expected a matrix of floats")
        # A copy: the `__hash__` of a name may change the caller's list.
        self.reader, self.names, self.x = reader, None if names is None else list(names), x
        self.width = self.x.shape[1]
        if self.names is not None and len(self.names) != self.width:
            raise ValueError("names: expected one per column of x")
        if self.names is not None and len(set(self.names)) != self.width:
            raise ValueError("names: two columns have the same name")
        self.find_columns()

    @cython.cfunc
    def name(self, j: cython.Py_ssize_t) -> object:
        """The name of a column."""
        return j if self.names is None else self.names[j]

    @cython.cfunc
    @cython.exceptval(-2, check=False)
    def _field(self, j: cython.Py_ssize_t) -> cython.Py_ssize_t:
        """The field of a column, -1 where its name is unknown."""
        name = self.name(j)
        if j < self.reader.known and self.reader.names[j] is name:
            return j
        return self.reader._find(name)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def find_columns(self) -> cython.int:
        """Finds the number slot of each column: at first, and after a row was registered."""
        j: cython.Py_ssize_t
        field: cython.Py_ssize_t
        slot: cython.Py_ssize_t
        self.dense, self.unnamed = True, False
        for j in range(self.width):
            field = self._field(j)
            slot = self.reader.number_of[field] if field >= 0 else -1
            if field < 0:
                self.unnamed = True
            if self.dense and slot != j:
                self.dense = False
                self.slots = array("q", range(self.width))
            if not self.dense:
                self.slots[j] = slot
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def read(self, row: Row, r: cython.Py_ssize_t) -> cython.int:
        """Reads row r; where it has a new name or number, sets `strange`, and sets `x` to the dict to register."""
        n: cython.Py_ssize_t = self.width
        row.begin(None)
        if n < self.reader.presence.n_expected:
            n = self.reader.presence.n_expected
        if n > row.capacity:
            row.fit(2 * n)
        if not (self.dense and self._read_dense(row, r)):
            self._read_any(row, r)
            if row.strange:
                row.x = self._event(r)
        self.reader.presence.find_gaps(row)
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _read_dense(self, row: Row, r: cython.Py_ssize_t) -> cython.bint:
        """Reads a row without missing numbers; returns False where one is missing: `_read_any` must then read it."""
        j: cython.Py_ssize_t
        value: cython.double
        missing: cython.Py_ssize_t = 0
        largest: cython.double = LARGEST_VALUE
        smallest: cython.double = LEAST_NORMAL
        for j in range(self.width):
            value = self.x[r, j]
            missing += not fabs(value) <= largest
            row.xs[j] = value if fabs(value) >= smallest else 0.0
            row.slots[j] = j
        row.n = self.width
        return missing == 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _read_any(self, row: Row, r: cython.Py_ssize_t) -> cython.void:
        j: cython.Py_ssize_t
        slot: cython.Py_ssize_t
        value: cython.double
        n: cython.Py_ssize_t = 0
        row.strange = self.unnamed
        for j in range(self.width):
            value = self.x[r, j]
            if not fabs(value) <= LARGEST_VALUE:
                continue
            slot = j if self.dense else self.slots[j]
            if slot < 0:
                row.strange = True
                continue
            if slot != n:
                row.dense = False
            row.slots[n] = slot
            row.xs[n] = value if fabs(value) >= LEAST_NORMAL else 0.0
            n += 1
        row.n = n

    @cython.cfunc
    def _event(self, r: cython.Py_ssize_t) -> dict[Any, Any]:
        """The row as a dict."""
        j: cython.Py_ssize_t
        event: dict[Any, Any] = {}
        for j in range(self.width):
            event[self.name(j)] = self.x[r, j]
        return event
