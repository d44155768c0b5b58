# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Finds the field of a name among many: a hash table whose entries hold all that a look-up compares. Compiled only.

A look-up in a dict of 50,000 names waits for main memory four times, one after the other: for the place in the dict,
the entry, the name and the field. Here it waits once, for an entry, which has the characters of a name of up to 40
too, and the processor overlaps it with the next look-up.
"""

from __future__ import annotations

import cython

from streamimb._kernels.large_buffer import zeros

if cython.compiled:
    from cython.cimports.cpython.object import PyObject_Hash
    from cython.cimports.cpython.unicode import PyUnicode_1BYTE_DATA, PyUnicode_GET_LENGTH
    from cython.cimports.libc.string import memcmp, memcpy

# Numbers per entry, which fill a cache line: hash, field + 1 (0: free), length, then the characters of the name. Those
# of a name longer than `WITHIN` are elsewhere, at the address that is the fourth number.
EACH = cython.declare(cython.Py_ssize_t, 8)
WITHIN = cython.declare(cython.ulonglong, 40)  # characters


@cython.cclass
class NameTable:
    """Fields are declared in name_table.pxd. It holds names of one byte a character, and no reference to them."""

    def __init__(self) -> None:
        self._open(64)

    @cython.cfunc
    def _open(self, size: cython.Py_ssize_t) -> cython.void:
        """Makes room for so many entries, a power of 2."""
        self.entries = zeros("Q", EACH * size)
        self.mask = size - 1
        self.used = 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def add(self, name: str, field: cython.Py_ssize_t) -> cython.int:
        """Adds a name that the table does not have; its owner keeps the name alive."""
        at: cython.Py_ssize_t
        place: cython.ulonglong
        old: cython.ulonglong[::1] = self.entries
        if 2 * (self.used + 1) > self.mask + 1:
            self._open(2 * (self.mask + 1))
            for at in range(0, len(old), EACH):
                if old[at + 1] != 0:
                    place = old[at + 3]
                    if old[at + 2] <= WITHIN:
                        place = cython.cast(cython.size_t, cython.address(old[at + 3]))
                    self._put(old[at], old[at + 1], old[at + 2], place)
        self._put(
            cython.cast(cython.ulonglong, PyObject_Hash(name)),
            field + 1,
            PyUnicode_GET_LENGTH(name),
            cython.cast(cython.size_t, PyUnicode_1BYTE_DATA(name)),
        )
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _put(
        self,
        code: cython.ulonglong,
        mark: cython.ulonglong,
        length: cython.ulonglong,
        place: cython.ulonglong,
    ) -> cython.void:
        at: cython.Py_ssize_t = cython.cast(cython.Py_ssize_t, code & self.mask) * EACH
        while self.entries[at + 1] != 0:
            at = (at + EACH) & (EACH * (self.mask + 1) - 1)
        self.entries[at] = code
        self.entries[at + 1] = mark
        self.entries[at + 2] = length
        if length <= WITHIN:
            memcpy(
                cython.address(self.entries[at + 3]),
                cython.cast(cython.pointer(cython.uchar), cython.cast(cython.size_t, place)),
                length,
            )
        else:
            self.entries[at + 3] = place
        self.used += 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def find(self, name: str) -> cython.Py_ssize_t:
        """The field of a name of one byte a character, -1 where there is none."""
        # PyObject_Hash cannot fail for a str.
        code: cython.ulonglong = cython.cast(cython.ulonglong, PyObject_Hash(name))
        length: cython.ulonglong = PyUnicode_GET_LENGTH(name)
        place: cython.size_t
        at: cython.Py_ssize_t = cython.cast(cython.Py_ssize_t, code & self.mask) * EACH
        while self.entries[at + 1] != 0:
            if self.entries[at] == code and self.entries[at + 2] == length:
                place = cython.cast(cython.size_t, cython.address(self.entries[at + 3]))
                if length > WITHIN:
                    place = cython.cast(cython.size_t, self.entries[at + 3])
                if (
                    memcmp(
                        cython.cast(cython.pointer(cython.uchar), place), PyUnicode_1BYTE_DATA(name), length
                    )
                    == 0
                ):
                    return cython.cast(cython.Py_ssize_t, self.entries[at + 1]) - 1
            at = (at + EACH) & (EACH * (self.mask + 1) - 1)
        return -1
