# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The columns that trees split on: one for each number, and three for each field of strings.

A field gets its columns with the first event that is learned with it, until `most` columns are in use; a field that
comes later has none, and trees do not see it.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.feature_reader import Reader
    from streamimb._kernels.row import Row
    from streamimb._kernels.tree_work import TreeWork
else:
    from cython.cimports.streamimb._kernels.feature_reader import Reader
    from cython.cimports.streamimb._kernels.row import Row
    from cython.cimports.streamimb._kernels.tree_work import TreeWork

from streamimb._kernels import tree_work
from streamimb._kernels.saved import entries, refused, wholes

MISSING = cython.declare(cython.float, float("nan"))
EACH = cython.declare(cython.Py_ssize_t, tree_work.STRING_COLUMNS)


@cython.cclass
class TreeColumns:
    """Fields are declared in tree_columns.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self.number_at = self.text_at = self.field = array("q")

    def __init__(self, most: int) -> None:
        self.most = most
        self.n = 0
        self.number_at = self.text_at = self.field = array("q")

    @cython.cfunc
    @cython.exceptval(check=False)
    def fill(self, row: Row, work: TreeWork) -> cython.void:
        """Sets z of the work, which has room for all columns, to the numbers and the statistics of a row."""
        j: cython.Py_ssize_t
        k: cython.Py_ssize_t
        slots: cython.Py_ssize_t = len(self.number_at)
        fields: cython.Py_ssize_t = len(self.text_at)
        for j in range(self.n):
            work.z[j] = MISSING
        for j in range(row.n):
            k = row.slots[j]
            k = self.number_at[k] if k < slots else -1
            if k >= 0:
                work.z[k] = row.xs[j]
        for j in range(row.n_texts):
            k = row.owners[j]
            k = self.text_at[k] if 0 <= k < fields else -1
            if k >= 0:
                work.z[k] = work.statistics[EACH * j]
                work.z[k + 1] = work.statistics[EACH * j + 1]
                work.z[k + 2] = work.statistics[EACH * j + 2]

    @cython.cfunc
    @cython.exceptval(check=False)
    def lacks(self, row: Row) -> cython.bint:
        """Whether a row whose names are all known has a field without columns, and there are columns left."""
        j: cython.Py_ssize_t
        k: cython.Py_ssize_t
        if self.n == self.most:
            return False
        for j in range(row.n):
            k = row.slots[j]
            if k >= len(self.number_at) or self.number_at[k] < 0:
                return True
        for j in range(row.n_texts):
            k = row.owners[j]
            if k >= len(self.text_at) or self.text_at[k] < 0:
                return self.n + EACH <= self.most
        return False

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def register(self, row: Row, reader: Reader) -> cython.int:
        """Gives columns to the fields of a row that the reader has registered."""
        j: cython.Py_ssize_t
        k: cython.Py_ssize_t
        if self.n == self.most:
            return 0
        self._fit(reader.capacity)
        for j in range(row.n):
            k = row.slots[j]
            if self.number_at[k] < 0:
                self.number_at[k] = self._take(reader.owner[k], 1)
        for j in range(row.n_texts):
            k = row.owners[j]
            if self.text_at[k] < 0:
                self.text_at[k] = self._take(k, EACH)
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _take(self, field: cython.Py_ssize_t, columns: cython.Py_ssize_t) -> cython.Py_ssize_t:
        """The first of so many new columns of a field; -1 where there are not enough left."""
        j: cython.Py_ssize_t
        first: cython.Py_ssize_t = self.n
        if first + columns > self.most:
            return -1
        for j in range(columns):
            self.field[first + j] = field
        self.n = first + columns
        return first

    @cython.cfunc
    def _fit(self, names: cython.Py_ssize_t) -> cython.void:
        """Grows the buffers to this many names and number slots."""
        more: cython.Py_ssize_t = names - len(self.number_at)
        if more > 0:
            none = array("q", [-1]) * more
            self.number_at = array("q", bytes(self.number_at)) + none
            self.text_at = array("q", bytes(self.text_at)) + none
        if len(self.field) == 0:
            self.field = array("q", bytes(8 * self.most))

    def __getstate__(self) -> dict[str, Any]:
        return {
            "number_at": bytes(self.number_at),
            "text_at": bytes(self.text_at),
            "field": bytes(self.field)[: 8 * self.n],
        }

    def resume(self, state: Any, names: int, numbers: int) -> None:
        """Take over the saved columns of a reader of so many names and number slots, after all was checked."""
        saved = entries(state, "number_at", "text_at", "field")
        field = wholes(saved, "field", None, 0, max(0, names - 1))
        n = len(field)
        if n > self.most:
            raise refused("field", f"at most {self.most} columns")
        number_at = wholes(saved, "number_at", None, -1, n - 1)
        text_at = wholes(saved, "text_at", len(number_at), -1, max(-1, n - EACH))
        taken = [column for column in number_at if column >= 0]
        for column in text_at:
            taken += range(column, column + EACH) if column >= 0 else ()
        if sorted(taken) != list(range(n)):
            raise refused("number_at and text_at", "every column once")
        if len(number_at) < numbers and n < self.most:
            raise refused("number_at", "an entry for each number")
        self.number_at, self.text_at, self.n = number_at, text_at, n
        self.field = field + array("q", bytes(8 * (self.most - n))) if n else array("q")
