# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""One walk over a feature dict: names to slots, numbers and strings read, gaps found.

Reading an event changes nothing; what is new gets its place only when it is learned. Knows no weights and no
labels.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

if cython.compiled:
    from cython.cimports.cpython.dict import PyDict_Next
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
    from cython.cimports.streamimb._kernels.dictversion import dict_version
    from cython.cimports.streamimb._kernels.words import Words
else:
    from math import fabs

    from streamimb._kernels.words import Words

LARGEST = cython.declare(cython.double, 1e15)  # beyond it a value is not believed
SMALLEST = cython.declare(cython.double, 2.2250738585072014e-308)  # below it, numbers are slow: taken as 0


@cython.cclass
class Walk(Words):
    """Fields are declared in walk.pxd. Slots of gaps and strings are multiplied by `stride` already."""

    @cython.cfunc
    def _open(self) -> cython.void:
        """Empty buffers; what an event needs beyond the state."""
        self.names = []
        self.index = {}
        self._open_words()
        self.known = self.numbers = self.capacity = 0
        self.xs = self.here = array("d")
        self.slots = self.gaps = self.number_of = array("q")
        self._forget()
        self.n = self.n_gaps = 0
        self.any_text = False

    @cython.cfunc
    def _grow(self, capacity: cython.Py_ssize_t) -> cython.void:
        more = bytes(8 * (capacity - self.capacity))
        self.xs = array("d", bytes(self.xs) + more)
        self.here = array("d", bytes(self.here) + more)
        self.slots = array("q", bytes(self.slots) + more)
        self.gaps = array("q", bytes(self.gaps) + more)
        self.number_of = array("q", bytes(self.number_of) + more)
        self._grow_words(more)
        self.capacity = capacity

    @cython.cfunc
    @cython.exceptval(-1, check=True)
    def _number(self, name: Any, raw: Any) -> cython.double:
        """What is neither float, str nor None, as a float; too long an integer is beyond belief."""
        if isinstance(raw, (bytes, bytearray)):
            raise TypeError(f"feature {name!r} is {type(raw).__name__}: a number, a string, a bool or None")
        try:
            return float(raw)
        except OverflowError:
            return 2.0 * LARGEST
        except (TypeError, ValueError):
            raise TypeError(
                f"feature {name!r} is {type(raw).__name__}: a number, a string, a bool or None"
            ) from None

    @cython.cfunc
    @cython.exceptval(-1)
    def _gather(self, x: Any) -> cython.int:
        """Reads the event into the buffers and changes no state."""
        i: cython.Py_ssize_t
        k: cython.Py_ssize_t
        n: cython.Py_ssize_t = 0
        m: cython.Py_ssize_t = 0
        expected: cython.Py_ssize_t = 0
        value: cython.double
        dense: cython.bint = True
        self._forget()
        event: dict[Any, Any] = x if type(x) is dict else dict(x)
        if len(event) == self.known and self._plain(event):
            return 0
        if len(event) > self.capacity:
            self._grow(2 * len(event))
        names: list[Any] = self.names
        last: list[Any] = self.last_text
        for name, raw in event.items():
            if expected < self.known and (names[expected] is name or names[expected] == name):
                i = expected
                names[i] = name  # the object that comes is the one to look for
            else:
                found = self.index.get(name)
                if found is None:
                    self.strange = True
                    if isinstance(raw, str):
                        self.texts[m] = self._slot(self._hashed(self.seed, str(name)), str(raw))
                        m += 1
                    elif raw is not None:
                        self._number(name, raw)
                    continue
                i = found
            expected = i + 1
            if type(raw) is float:
                value = raw
            elif type(raw) is str:
                # The object that came last (predict, then learn): its slot is known.
                if last[i] is not raw:
                    self.last_slot[i] = self._slot(self.name_seed[i], raw)
                    last[i] = raw
                self.texts[m] = self.last_slot[i]
                m += 1
                continue
            elif raw is None:
                continue
            elif isinstance(raw, str):
                self.certain = False  # it may have a mind of its own
                self.texts[m] = self._slot(self.name_seed[i], str(raw))
                m += 1
                continue
            else:
                if type(raw) is not int and type(raw) is not bool:
                    self.certain = False
                value = self._number(name, raw)
            k = self.number_of[i]
            if k < 0:
                self.strange = True
                continue
            if fabs(value) <= LARGEST:
                if fabs(value) < SMALLEST:
                    value = 0.0
                if k != n:
                    dense = False
                self.slots[n] = k
                self.xs[n] = value
                n += 1
        self.n = n
        self.n_texts = m
        self.dense = dense
        if m > 0 and not self.any_text:
            self.strange = True  # a word under the name of a number: the table is not there yet
        self._find_gaps()
        return 0

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def _forget(self) -> cython.void:
        """The buffers are about to hold something else."""
        self.walked = None
        self.version = 0
        self.plain = self.summed = self.strange = False
        self.certain = True

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def _still(self, x: Any) -> cython.bint:
        """Whether the buffers hold this very event as it is now: learning it after scoring it reads it once."""
        return cython.compiled and self.version != 0 and type(x) is dict and dict_version(x) == self.version

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def _keep(self, x: Any) -> cython.void:
        """The buffers hold x until something else is read or learned."""
        if cython.compiled and self.certain and not self.strange and type(x) is dict:
            self.version = dict_version(x)

    @cython.cfunc
    @cython.exceptval(check=False)
    def reads(self, event: dict[Any, Any]) -> cython.bint:
        """Reads an event where it is the commonest, all numbers, and can be kept: for a look before it is used."""
        if not cython.compiled or len(event) != self.known or dict_version(event) == 0:
            return False
        if not self._still(event):
            self._forget()
            if not self._plain(event):
                return False
            self._keep(event)
        return self.plain and self.n == self.known

    @cython.cfunc
    @cython.exceptval(check=False)
    def _plain(self, event: dict[Any, Any]) -> cython.bint:
        """Reads the commonest event, every known name in order with a float or string each; False for others.

        Without a call to `next` and without reference counts: 60 of 230 ns for 30 floats. Interpreted, no event
        is plain.
        """
        i: cython.Py_ssize_t = 0
        n: cython.Py_ssize_t = 0
        m: cython.Py_ssize_t = 0
        value: cython.double
        names: list[Any] = self.names
        last: list[Any] = self.last_text
        if not cython.compiled:
            return False
        at: cython.Py_ssize_t = 0
        key: cython.pointer(PyObject)
        item: cython.pointer(PyObject)
        good: cython.bint = True
        late: cython.Py_ssize_t = 0
        while PyDict_Next(event, cython.address(at), cython.address(key), cython.address(item)):
            if PyList_GET_ITEM(names, i) != key:
                good = False
                break
            if PyFloat_CheckExact(cython.cast(object, item)):
                value = PyFloat_AS_DOUBLE(cython.cast(object, item))
                # Numbers come to be known in the order of names: the n-th has slot n, if all are there.
                if self.number_of[i] != n or not fabs(value) <= LARGEST:
                    good = False
                    break
                if fabs(value) < SMALLEST and value != 0.0:
                    good = False
                    break
                self.slots[n] = n
                self.xs[n] = value + 0.0  # -0 is 0
                n += 1
            else:
                if not PyUnicode_CheckExact(cython.cast(object, item)):
                    good = False
                    break
                if PyList_GET_ITEM(last, i) == item:
                    self.texts[m] = self.last_slot[i]
                elif PyUnicode_KIND(cython.cast(object, item)) != PyUnicode_1BYTE_KIND:
                    last[i] = cython.cast(object, item)
                    self.last_slot[i] = self._slot(self.name_seed[i], cython.cast(str, item))
                    self.texts[m] = self.last_slot[i]
                else:
                    last[i] = cython.cast(object, item)
                    self.late[late] = i
                    self.spot[late] = m
                    self.length[late] = PyUnicode_GET_LENGTH(cython.cast(object, item))
                    self.place[late] = cython.cast(
                        cython.size_t, PyUnicode_1BYTE_DATA(cython.cast(object, item))
                    )
                    late += 1
                m += 1
            i += 1
        self._hash_late(late)
        if not good or n != self.numbers or (m > 0 and not self.any_text):
            return False
        self.n = n
        self.n_gaps = 0
        self.n_texts = m
        self.dense = self.plain = True
        return True

    @cython.cfunc
    @cython.exceptval(check=False)
    def _find_gaps(self) -> cython.void:
        """Known numbers that the event lacks, in slot order: absent, None and NaN are the same thing."""
        j: cython.Py_ssize_t
        m: cython.Py_ssize_t = 0
        if self.n < self.numbers:
            for j in range(self.n):
                self.here[self.slots[j]] = 1.0
            for j in range(self.numbers):
                if self.here[j] == 0.0:
                    self.gaps[m] = j * self.stride
                    m += 1
                self.here[j] = 0.0
        self.n_gaps = m

    @cython.cfunc
    @cython.exceptval(-1)
    def _register(self, x: Any) -> cython.int:
        """Gives what is new its place; called with events that are learned, after they were read once."""
        i: cython.Py_ssize_t
        for name in list(x):
            raw = x[name]
            found = self.index.get(name)
            if found is None:
                found = self._name(name)
            i = found
            if (
                not isinstance(raw, str)
                and raw is not None
                and self.number_of[i] < 0
                and fabs(self._number(name, raw)) <= LARGEST
            ):  # what is missing does not yet make a number
                self.number_of[i] = self.numbers
                self.numbers += 1
        return self._gather(x)

    @cython.cfunc
    @cython.exceptval(-1)
    def _name(self, name: Any) -> cython.Py_ssize_t:
        if self.known == self.capacity:
            self._grow(2 * self.capacity)
        self.index[name] = self.known
        self.names.append(name)
        self.last_text.append(None)
        self.number_of[self.known] = -1
        self.name_seed[self.known] = self._hashed(self.seed, str(name))
        self.known += 1
        return self.known - 1

    @cython.cfunc
    def _walk_state(self) -> Any:
        return {
            "bits": int(self.bits),
            "seed": int(self.seed),
            "names": list(self.index),  # as first met: `names` has the objects that came last
            "number_of": bytes(self.number_of)[: 8 * self.known],
        }

    @cython.cfunc
    def _walk_from(self, state: Any, stride: Any) -> cython.void:
        k: cython.Py_ssize_t
        self.bits = state["bits"]
        self.seed = state["seed"]
        self.stride = stride
        self._open()
        self._grow(8)
        for name in state["names"]:
            self._name(name)
        number_of = array("q", state["number_of"])
        for k in range(self.known):
            self.number_of[k] = number_of[k]
            if number_of[k] >= 0:
                self.numbers += 1
