# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Loads the entries of a table of names into the cache, for all names of an event at once.

A look-up branches on what it has read, so that the processor guesses, and waits for main memory once for each name.
Here nothing branches on it, and all names wait together.
"""

from __future__ import annotations

from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.name_table import NameTable
    from streamimb._kernels.row import Row
else:
    from cython.cimports.cpython.object import PyObject, PyObject_Hash
    from cython.cimports.cpython.unicode import PyUnicode_CheckExact
    from cython.cimports.streamimb._kernels.dict_entries import next_entry
    from cython.cimports.streamimb._kernels.name_table import NameTable
    from cython.cimports.streamimb._kernels.row import Row


@cython.cfunc
@cython.exceptval(check=False)
def load_entries(
    table: NameTable,
    number_of: cython.pointer(cython.Py_ssize_t),
    row: Row,
    event: dict[Any, Any],
    at: cython.Py_ssize_t,
) -> cython.void:
    """Loads what the look-ups of the names from `at` on will read; uses `gaps` of the row for it. Compiled only."""
    j: cython.Py_ssize_t
    n: cython.Py_ssize_t = 0
    place: cython.Py_ssize_t
    last: cython.Py_ssize_t = 8 * (table.mask + 1) - 1
    sum_of_all: cython.Py_ssize_t = 0  # stored, so that the compiler keeps the loads
    key: cython.pointer(PyObject)
    item: cython.pointer(PyObject)
    while next_entry(event, cython.address(at), cython.address(key), cython.address(item)):
        if PyUnicode_CheckExact(cython.cast(object, key)):
            row.gaps[n] = 8 * (PyObject_Hash(cython.cast(object, key)) & table.mask)
            n += 1
    for j in range(n):
        sum_of_all += cython.cast(cython.Py_ssize_t, table.entries[row.gaps[j]])
        sum_of_all += cython.cast(cython.Py_ssize_t, table.entries[(row.gaps[j] + 8) & last])
    for j in range(n):
        place = row.gaps[j]
        if table.entries[place + 1] != 0:
            sum_of_all += number_of[table.entries[place + 1] - 1]
    row.gaps[0] = sum_of_all
