# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Reads the numbers at the start of an event that come in the order of the fields, and compares names. Compiled only.

Most events have all their numbers in that order: a loop of its own keeps what it needs in registers.
"""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import fabs

    from streamimb._kernels.row import Row
else:
    from cython.cimports.cpython.float import PyFloat_AS_DOUBLE, PyFloat_CheckExact
    from cython.cimports.cpython.list import PyList_GET_ITEM
    from cython.cimports.cpython.object import PyObject
    from cython.cimports.cpython.unicode import (
        PyUnicode_1BYTE_DATA,
        PyUnicode_1BYTE_KIND,
        PyUnicode_CheckExact,
        PyUnicode_GET_LENGTH,
        PyUnicode_KIND,
    )
    from cython.cimports.libc.math import fabs
    from cython.cimports.libc.string import memcpy
    from cython.cimports.streamimb._kernels.dict_entries import entries_of
    from cython.cimports.streamimb._kernels.row import Row

LARGEST_VALUE = cython.declare(cython.double, limits.LARGEST_VALUE)
LEAST_NORMAL = cython.declare(cython.double, limits.LEAST_NORMAL)


@cython.cfunc
@cython.exceptval(check=False)
def in_order(
    names: list[Any],
    known: cython.Py_ssize_t,
    name_length: cython.pointer(cython.Py_ssize_t),
    name_place: cython.pointer(cython.ulonglong),
    number_of: cython.pointer(cython.Py_ssize_t),
    row: Row,
    event: dict[Any, Any],
    at: cython.pointer(cython.Py_ssize_t),
) -> cython.Py_ssize_t:
    """Reads numbers while each is that of the next field, from the first; returns how many.

    Sets `at` to the place of the first other entry. The buffers are those of a `Reader`.
    """
    n: cython.Py_ssize_t = 0
    i: cython.Py_ssize_t = 0
    count: cython.Py_ssize_t = 0
    value: cython.double
    key: cython.pointer(PyObject)
    item: cython.pointer(PyObject)
    xs: cython.pointer(cython.double) = cython.address(row.xs[0])
    slots: cython.pointer(cython.Py_ssize_t) = cython.address(row.slots[0])
    least: cython.double = LEAST_NORMAL
    largest: cython.double = LARGEST_VALUE
    entries: cython.pointer(cython.pointer(PyObject)) = entries_of(event, cython.address(count))
    if entries == cython.NULL:
        return 0
    while i < count and n < known:
        key, item = entries[2 * i], entries[2 * i + 1]
        i += 1
        if item == cython.NULL:  # deleted
            continue
        if PyList_GET_ITEM(names, n) != key and not same_name(key, name_length[n], name_place[n]):
            break
        if not PyFloat_CheckExact(cython.cast(object, item)) or number_of[n] != n:
            break
        value = PyFloat_AS_DOUBLE(cython.cast(object, item))
        if not least <= fabs(value) <= largest:
            break
        slots[n] = n
        xs[n] = value
        n += 1
        at[0] = i
    return n


@cython.cfunc
@cython.exceptval(check=False)
def same_name(
    key: cython.pointer(PyObject), length: cython.Py_ssize_t, place: cython.ulonglong
) -> cython.bint:
    """Whether a key is the name of so many characters, of one byte each, at this address. Compiled only."""
    return (
        PyUnicode_CheckExact(cython.cast(object, key))
        and length == PyUnicode_GET_LENGTH(cython.cast(object, key))
        and PyUnicode_KIND(cython.cast(object, key)) == PyUnicode_1BYTE_KIND
        and same(
            cython.cast(cython.size_t, place),
            cython.cast(cython.size_t, PyUnicode_1BYTE_DATA(cython.cast(object, key))),
            length,
        )
    )


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def same(a: cython.size_t, b: cython.size_t, n: cython.Py_ssize_t) -> cython.bint:
    """Whether n bytes at two addresses are equal; faster than memcmp for short names. Compiled only."""
    i: cython.Py_ssize_t = 8
    p: cython.pointer(cython.uchar) = cython.cast(cython.pointer(cython.uchar), a)
    q: cython.pointer(cython.uchar) = cython.cast(cython.pointer(cython.uchar), b)
    u: cython.ulonglong = 0
    v: cython.ulonglong = 0
    if n >= 8:
        memcpy(cython.address(u), p, 8)
        memcpy(cython.address(v), q, 8)
        while u == v and i <= n - 8:
            memcpy(cython.address(u), p + i, 8)
            memcpy(cython.address(v), q + i, 8)
            i += 8
        if u != v or i == n:
            return u == v
        # the last 8 bytes, which may overlap those compared before
        memcpy(cython.address(u), p + n - 8, 8)
        memcpy(cython.address(v), q + n - 8, 8)
        return u == v
    if n >= 4:
        memcpy(cython.address(u), p, 4)
        memcpy(cython.address(v), q, 4)
        if u != v:
            return False
        memcpy(cython.address(u), p + n - 4, 4)
        memcpy(cython.address(v), q + n - 4, 4)
        return u == v
    i = 0
    while i < n and p[i] == q[i]:
        i += 1
    return i == n
