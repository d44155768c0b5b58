# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Reads a feature dict into a row: names as fields, numbers, hashed strings, and missing numbers.

A reader owns the index from names to fields. Reading changes no state; only `register`, which is called when an
event is learned, adds new names and number slots.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import fabs

    from streamimb._kernels.hashing import hash_batch, hash_text, seed_of
    from streamimb._kernels.name_table import NameTable
    from streamimb._kernels.presence import Presence
    from streamimb._kernels.row import Row
else:
    from cython.cimports.cpython.dict import PyDict_GetItem
    from cython.cimports.cpython.float import PyFloat_AS_DOUBLE, PyFloat_Check, PyFloat_CheckExact
    from cython.cimports.cpython.list import PyList_GET_ITEM
    from cython.cimports.cpython.long import PyLong_AsDouble, PyLong_AsSsize_t, PyLong_CheckExact
    from cython.cimports.cpython.object import PyObject
    from cython.cimports.cpython.unicode import (
        PyUnicode_1BYTE_DATA,
        PyUnicode_1BYTE_KIND,
        PyUnicode_CheckExact,
        PyUnicode_GET_LENGTH,
        PyUnicode_KIND,
    )
    from cython.cimports.libc.math import fabs
    from cython.cimports.streamimb._kernels.dict_entries import next_entry
    from cython.cimports.streamimb._kernels.hashing import hash_batch, hash_text, seed_of
    from cython.cimports.streamimb._kernels.name_loads import load_entries
    from cython.cimports.streamimb._kernels.name_table import NameTable
    from cython.cimports.streamimb._kernels.presence import Presence
    from cython.cimports.streamimb._kernels.row import Row
    from cython.cimports.streamimb._kernels.values_in_order import in_order, same_name

from streamimb._kernels.index_state import checked_index
from streamimb._kernels.spelling import checked_name, number_or_kind, spelt

LARGEST_VALUE = cython.declare(cython.double, limits.LARGEST_VALUE)  # a larger number counts as missing
LEAST_NORMAL = cython.declare(cython.double, limits.LEAST_NORMAL)  # a smaller number is read as 0
LARGE = cython.declare(
    cython.Py_ssize_t, 1023
)  # entries of a table of names that fill a good part of a cache
CHANGED = "x changed while it was read: give a dict whose values stay the same"
TAUGHT = "x: a value of the event taught the model many new fields while it was read"
BEYOND = cython.declare(cython.double, 2e15)  # replaces an integer too large for a float


@cython.cclass
class Reader:
    """Fields are declared in feature_reader.pxd."""

    def __init__(self, hash_seed: int = 0) -> None:
        self.seed = seed_of(hash_seed)
        self._empty()

    @cython.cfunc
    def _empty(self) -> cython.void:
        self.names, self.index, self.others = [], {}, {}
        self.known = self.capacity = 0
        self.number_of = self.owner = self.name_length = array("q")
        self.name_seed = self.name_place = array("Q")
        self.presence, self.table = Presence(), NameTable()
        self._grow(8)

    @cython.cfunc
    def _grow(self, capacity: cython.Py_ssize_t) -> cython.void:
        more = bytes(8 * (capacity - self.capacity))
        self.number_of = array("q", bytes(self.number_of) + more)
        self.owner = array("q", bytes(self.owner) + more)
        self.name_length = array("q", bytes(self.name_length) + more)
        self.name_seed = array("Q", bytes(self.name_seed) + more)
        self.name_place = array("Q", bytes(self.name_place) + more)
        self.capacity = capacity

    # ------------------------------------------------------------------ reading

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def read(self, row: Row, x: Any) -> cython.int:
        """Reads an event into a row for which `begin` was called."""
        n: cython.Py_ssize_t
        event: dict[Any, Any] = x if type(x) is dict else dict(x)
        row.reader = self
        n = max(len(event), self.presence.n_expected)
        if n > row.capacity:
            row.fit(2 * n)
        if not (cython.compiled and self._scan(row, event)):
            self._read_any(row, list(event.items()))
            if self.presence.n_expected > row.capacity:
                raise RuntimeError(TAUGHT)
        self.presence.find_gaps(row)
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _scan(self, row: Row, event: dict[Any, Any]) -> cython.bint:
        """Reads an event of built-in types; returns False where it has others: `_read_any` must then read it.

        Compiled only. It holds no references to names and values, so no foreign code may run: names are exactly str or
        int and are compared by their characters; values are float, int, str, bool or None.
        """
        i: cython.Py_ssize_t
        at: cython.Py_ssize_t = 0
        expected: cython.Py_ssize_t = (
            in_order(  # guess: the next field, because names mostly keep their order
                self.names,
                self.known,
                cython.address(self.name_length[0]),
                cython.address(self.name_place[0]),
                cython.address(self.name_seed[0]),
                cython.address(self.number_of[0]),
                row,
                event,
                cython.address(at),
            )
        )
        n: cython.Py_ssize_t = row.n
        texts: cython.Py_ssize_t = row.n_texts
        late: cython.Py_ssize_t = texts  # strings to be hashed together
        value: cython.double
        # Wrong guesses before every name is looked up. Among many names each guess waits for main memory.
        guesses: cython.Py_ssize_t = 1 if self.table.mask >= LARGE else 2 + len(event) // 8
        known: cython.Py_ssize_t = self.known  # 0 once every name is looked up
        names: list[Any] = self.names
        index: dict[Any, Any] = self.index
        seed: cython.ulonglong
        key: cython.pointer(PyObject)
        item: cython.pointer(PyObject)
        found: cython.pointer(PyObject)
        while next_entry(event, cython.address(at), cython.address(key), cython.address(item)):
            if expected < known and (
                PyList_GET_ITEM(names, expected) == key
                or same_name(key, self.name_length[expected], self.name_place[expected])
            ):
                i = expected
            elif PyUnicode_CheckExact(cython.cast(object, key)):
                guesses -= 1
                if guesses == 0:
                    known = 0
                    if self.table.mask >= LARGE:
                        load_entries(self.table, cython.address(self.number_of[0]), row, event, at)
                if PyUnicode_KIND(cython.cast(object, key)) == PyUnicode_1BYTE_KIND:
                    i = self.table.find(cython.cast(object, key))
                else:
                    found = PyDict_GetItem(index, cython.cast(object, key))
                    i = PyLong_AsSsize_t(cython.cast(object, found)) if found != cython.NULL else -1
            elif PyLong_CheckExact(cython.cast(object, key)):
                found = PyDict_GetItem(index, cython.cast(object, key))
                i = PyLong_AsSsize_t(cython.cast(object, found)) if found != cython.NULL else -1
            else:
                return False
            if i >= 0:
                expected = i + 1
            else:
                row.n_unknown += 1
                row.strange = True
            if PyFloat_CheckExact(cython.cast(object, item)):
                value = PyFloat_AS_DOUBLE(cython.cast(object, item))
                if (
                    i >= 0 and self.number_of[i] == n and LEAST_NORMAL <= fabs(value) <= LARGEST_VALUE
                ):  # the common number
                    row.slots[n] = n
                    row.xs[n] = value
                    n += 1
                else:
                    row.n = n
                    take(self, row, i, value)
                    n = row.n
            elif PyUnicode_CheckExact(cython.cast(object, item)):
                row.owners[texts] = i
                row.lengths[texts] = PyUnicode_GET_LENGTH(cython.cast(object, item))
                seed = self.name_seed[i] if i >= 0 else hash_text(self.seed, spelt(cython.cast(object, key)))
                if PyUnicode_KIND(cython.cast(object, item)) == PyUnicode_1BYTE_KIND:
                    row.seeds[late] = seed
                    row.spots[late] = texts
                    row.sizes[late] = row.lengths[texts]
                    row.places[late] = cython.cast(
                        cython.size_t, PyUnicode_1BYTE_DATA(cython.cast(object, item))
                    )
                    late += 1
                else:
                    row.hashes[texts] = hash_text(seed, cython.cast(str, item))
                texts += 1
            elif cython.cast(object, item) is None:
                row.n_missing += 1
            elif cython.cast(object, item) is True or cython.cast(object, item) is False:
                row.n = n
                take(self, row, i, 1.0 if cython.cast(object, item) is True else 0.0)
                if row.n > n:
                    row.bools[row.n_bools] = n
                    row.n_bools += 1
                    n = row.n
            elif PyLong_CheckExact(cython.cast(object, item)):
                try:
                    value = PyLong_AsDouble(cython.cast(object, item))
                except OverflowError:
                    value = BEYOND
                row.n = n
                take(self, row, i, value)
                n = row.n
            elif PyFloat_Check(cython.cast(object, item)):  # numpy's float64 too
                row.n = n
                row.n_converted += 1
                take(self, row, i, PyFloat_AS_DOUBLE(cython.cast(object, item)))
                n = row.n
            else:
                return False
        row.n = n
        row.n_texts = texts
        if late > 0:
            hash_batch(row, late)
        return True

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _read_any(self, row: Row, items: list[Any]) -> cython.int:
        """Reads names and values of any type from a list; their methods may change the dict meanwhile."""
        i: cython.Py_ssize_t
        m: cython.Py_ssize_t
        self._clear(row)
        for name, raw in items:
            i = self._find(name)
            if type(name) is not str and type(name) is not int:
                row.n_converted += 1
            if i < 0:
                row.n_unknown += 1
                row.strange = True
            if raw is None:
                row.n_missing += 1
            elif isinstance(raw, str):
                text: str = str.__str__(raw)
                if type(raw) is not str:
                    row.n_converted += 1
                m = row.n_texts
                row.owners[m] = i
                row.lengths[m] = len(text)
                row.hashes[m] = hash_text(
                    self.name_seed[i] if i >= 0 else hash_text(self.seed, spelt(name)), text
                )
                row.n_texts += 1
            elif raw is True or raw is False:
                m = row.n
                take(self, row, i, 1.0 if raw is True else 0.0)
                if row.n > m:
                    row.bools[row.n_bools] = m
                    row.n_bools += 1
            else:
                m = row.n_odd
                if type(raw) is not float and type(raw) is not int:
                    row.n_converted += 1
                value: cython.double = self._number(row, name, raw)
                if row.n_odd == m:
                    take(self, row, i, value)
        return 0

    @cython.cfunc
    @cython.exceptval(-2, check=False)
    def _find(self, name: Any) -> cython.Py_ssize_t:
        """The field of a name, -1 where there is none."""
        found = self.index.get(name)
        if found is None and type(name) is not str and type(name) is not int:
            found = self.others.get(name)
        return -1 if found is None else found

    @cython.cfunc
    @cython.exceptval(-1, check=True)
    def _number(self, row: Row, name: Any, raw: Any) -> cython.double:
        """A value that is neither str, bool nor None as a float; counts a value that is no number in `n_odd`."""
        value = number_or_kind(raw)
        if type(value) is float:
            return value
        if row.n_odd == 0:
            row.odd = f"feature {spelt(name, repr)} is {value}: a number, a string, a bool or None"
        row.n_odd += 1
        return 0.0

    # ------------------------------------------------------------------ learning

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def register(self, row: Row) -> cython.int:
        """Adds new names and numbers of an event to the index, and reads it again; refuses one with an odd value."""
        i: cython.Py_ssize_t
        x = row.x
        for name, raw in list(x.items() if isinstance(x, dict) else dict(x).items()):
            i = self._find(name)
            if i < 0:
                known = checked_name(name)
                i = self._find(known)
                i = self._name(known) if i < 0 else i
            if (
                not isinstance(raw, str)
                and raw is not None
                and self.number_of[i] < 0
                and fabs(self._number(row, name, raw)) <= LARGEST_VALUE
            ):  # a missing value does not yet make the field a number
                self.number_of[i] = self.presence.add()
                self.owner[self.number_of[i]] = i
        texts: cython.Py_ssize_t = row.n_texts
        self._clear(row)
        self.read(row, x)
        if row.strange or row.n_texts != texts:
            raise ValueError(CHANGED)
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _clear(self, row: Row) -> cython.void:
        """Resets what was read into a row."""
        row.n = row.n_bools = row.n_texts = 0
        row.n_unknown = row.n_missing = row.n_large = row.n_odd = row.n_converted = 0
        row.dense, row.strange = True, False

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _name(self, name: Any) -> cython.Py_ssize_t:
        """Adds a new name to the index; returns its field."""
        i: cython.Py_ssize_t = self.known
        kind = type(name)
        text: str = spelt(name)
        if kind is str or kind is int:
            self.index[name] = i
        else:
            self.others[name] = i
        if i == self.capacity:
            self._grow(2 * self.capacity)
        self.names.append(name)
        self.number_of[i] = -1
        self.name_seed[i] = hash_text(self.seed, text)
        self.name_length[i] = -1
        if cython.compiled and kind is str and PyUnicode_KIND(name) == PyUnicode_1BYTE_KIND:
            self.name_length[i] = PyUnicode_GET_LENGTH(name)
            self.name_place[i] = cython.cast(cython.size_t, PyUnicode_1BYTE_DATA(name))
            self.table.add(name, i)
        self.known = i + 1
        return i

    # ------------------------------------------------------------------ state

    def __getstate__(self) -> dict[str, Any]:
        return {
            "seed": int(self.seed),
            "names": list(self.names),
            "number_of": bytes(self.number_of)[: 8 * self.known],
            "presence": self.presence.__getstate__(),
        }

    def __setstate__(self, state: Any) -> None:
        i: cython.Py_ssize_t
        names, seed, number_of, presence = checked_index(state)
        self._empty()
        self.seed, self.presence = seed, presence
        for name in names:
            self._name(name)
        for i in range(self.known):
            self.number_of[i] = number_of[i]
            if number_of[i] >= 0:
                self.owner[number_of[i]] = i


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def take(reader: Reader, row: Row, i: cython.Py_ssize_t, value: cython.double) -> cython.void:
    """Puts a number of field i into the row; i is -1 for an unknown name."""
    k: cython.Py_ssize_t
    if not fabs(value) <= LARGEST_VALUE:
        if value == value:
            row.n_large += 1
        else:
            row.n_missing += 1
        return
    k = reader.number_of[i] if i >= 0 else -1
    if k < 0:
        row.strange = True
        return
    if fabs(value) < LEAST_NORMAL:
        if value != 0.0:
            row.n_converted += 1
        value = 0.0
    if k != row.n:
        row.dense = False
    row.slots[row.n] = k
    row.xs[row.n] = value
    row.n += 1
