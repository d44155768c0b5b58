# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Reads runs of numbers, and of strings, whose fields come in the order of the index; compares names. Compiled only.

Most events have all their fields in that order: loops of their own keep what they need in registers.
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
    name_seed: cython.pointer(cython.ulonglong),
    number_of: cython.pointer(cython.Py_ssize_t),
    row: Row,
    event: dict[Any, Any],
    at: cython.pointer(cython.Py_ssize_t),
) -> cython.Py_ssize_t:
    """Reads the values at the start whose fields come in order; returns the field after them.

    Sets `at` to the place after the last that was read. The buffers are those of a `Reader`.
    """
    start: cython.Py_ssize_t = -1
    i: cython.Py_ssize_t = numbers_in_order(
        names, known, name_length, name_place, number_of, 0, row, event, at
    )
    while start < i < known:
        start = i
        i = strings_in_order(names, known, name_length, name_place, name_seed, i, row, event, at)
        if start < i < known:
            i = numbers_in_order(names, known, name_length, name_place, number_of, i, row, event, at)
    return i


@cython.cfunc
@cython.exceptval(check=False)
def numbers_in_order(
    names: list[Any],
    known: cython.Py_ssize_t,
    name_length: cython.pointer(cython.Py_ssize_t),
    name_place: cython.pointer(cython.ulonglong),
    number_of: cython.pointer(cython.Py_ssize_t),
    i: cython.Py_ssize_t,
    row: Row,
    event: dict[Any, Any],
    at: cython.pointer(cython.Py_ssize_t),
) -> cython.Py_ssize_t:
    """Reads numbers from place `at` on while each is that of the next field, from field i on; adds to the row's `n`."""
    n: cython.Py_ssize_t = row.n
    place: cython.Py_ssize_t = at[0]
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
        return i
    while place < count and i < known:
        key, item = entries[2 * place], entries[2 * place + 1]
        place += 1
        if item == cython.NULL:  # deleted
            continue
        if PyList_GET_ITEM(names, i) != key and not same_name(key, name_length[i], name_place[i]):
            break
        if not PyFloat_CheckExact(cython.cast(object, item)) or number_of[i] != n:
            break
        value = PyFloat_AS_DOUBLE(cython.cast(object, item))
        if not least <= fabs(value) <= largest:
            break
        slots[n] = n
        xs[n] = value
        n += 1
        i += 1
        at[0] = place
    row.n = n
    return i


@cython.cfunc
@cython.exceptval(check=False)
def strings_in_order(
    names: list[Any],
    known: cython.Py_ssize_t,
    name_length: cython.pointer(cython.Py_ssize_t),
    name_place: cython.pointer(cython.ulonglong),
    name_seed: cython.pointer(cython.ulonglong),
    i: cython.Py_ssize_t,
    row: Row,
    event: dict[Any, Any],
    at: cython.pointer(cython.Py_ssize_t),
) -> cython.Py_ssize_t:
    """Reads strings of one byte a character, as `numbers_in_order` reads numbers; leaves them to `hash_batch`."""
    m: cython.Py_ssize_t = row.n_texts
    place: cython.Py_ssize_t = at[0]
    count: cython.Py_ssize_t = 0
    length: cython.Py_ssize_t
    key: cython.pointer(PyObject)
    item: cython.pointer(PyObject)
    entries: cython.pointer(cython.pointer(PyObject)) = entries_of(event, cython.address(count))
    if entries == cython.NULL:
        return i
    while place < count and i < known:
        key, item = entries[2 * place], entries[2 * place + 1]
        place += 1
        if item == cython.NULL:  # deleted
            continue
        if PyList_GET_ITEM(names, i) != key and not same_name(key, name_length[i], name_place[i]):
            break
        if (
            not PyUnicode_CheckExact(cython.cast(object, item))
            or PyUnicode_KIND(cython.cast(object, item)) != PyUnicode_1BYTE_KIND
        ):
            break
        length = PyUnicode_GET_LENGTH(cython.cast(object, item))
        row.owners[m] = i
        row.lengths[m] = row.sizes[m] = length
        row.seeds[m] = name_seed[i]
        row.spots[m] = m
        row.places[m] = cython.cast(cython.size_t, PyUnicode_1BYTE_DATA(cython.cast(object, item)))
        m += 1
        i += 1
        at[0] = place
    row.n_texts = m
    return i


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
