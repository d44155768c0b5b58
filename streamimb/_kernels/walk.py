# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""One walk over a feature dict: names to slots, numbers standardised, strings hashed, gaps found.

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
    from cython.cimports.cpython.object import PyObject
    from cython.cimports.cpython.unicode import (
        PyUnicode_1BYTE_DATA,
        PyUnicode_1BYTE_KIND,
        PyUnicode_CheckExact,
        PyUnicode_GET_LENGTH,
        PyUnicode_KIND,
    )
    from cython.cimports.libc.math import fabs, log, sqrt
    from cython.cimports.streamimb._kernels.dictversion import dict_version
    from cython.cimports.streamimb._kernels.words import Words
else:
    from math import fabs, log, sqrt

    from streamimb._kernels.words import Words

LARGEST = cython.declare(cython.double, 1e15)  # beyond it a value is not believed
SMALLEST = cython.declare(cython.double, 2.2250738585072014e-308)  # below it, numbers are slow: taken as 0
NEWS = cython.declare(cython.double, 1e6)  # standard deviations a unit of change is worth to a constant
CLIP = cython.declare(cython.double, 3.0)  # standard deviations from which on a value counts logarithmically


@cython.cclass
class Walk(Words):
    """Fields are declared in walk.pxd. Slots of gaps and strings are multiplied by `stride` already.

    Loops index `self.mean[i]` and never a local alias of it: an alias costs two atomic reference counts.
    """

    @cython.cfunc
    def _open(self) -> cython.void:
        """Empty buffers; what an event needs beyond the state."""
        self.names = []
        self.index = {}
        self._open_words()
        self.known = self.numbers = self.capacity = 0
        self.count = self.mean = self.m2 = self.inv_sd = self.xs = self.zs = self.here = array("d")
        self.slots = self.gaps = self.number_of = array("q")
        self._forget()
        self.n = self.n_gaps = 0
        self.any_text = False

    @cython.cfunc
    def _grow(self, capacity: cython.Py_ssize_t) -> cython.void:
        more = bytes(8 * (capacity - self.capacity))
        self.count = array("d", bytes(self.count) + more)
        self.mean = array("d", bytes(self.mean) + more)
        self.m2 = array("d", bytes(self.m2) + more)
        self.inv_sd = array("d", bytes(self.inv_sd) + more)
        self.xs = array("d", bytes(self.xs) + more)
        self.zs = array("d", bytes(self.zs) + more)
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
        self.summed = self.strange = False
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
        if not cython.compiled or len(event) != self.known:
            return False
        if not self._still(event):
            self._forget()
            if not self._plain(event):
                return False
            self._keep(event)
        return self.version != 0 and self.n == self.known

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
            if cython.cast(cython.pointer(PyObject), names[i]) != key:
                good = False
                break
            if PyFloat_CheckExact(cython.cast(object, item)):
                value = PyFloat_AS_DOUBLE(cython.cast(object, item))
                # Numbers come to be known in the order of names: the n-th has slot n, if all are there.
                if self.number_of[i] != n or not fabs(value) <= LARGEST:
                    good = False
                    break
                self.slots[n] = n
                self.xs[n] = value if fabs(value) >= SMALLEST else 0.0
                n += 1
            else:
                if not PyUnicode_CheckExact(cython.cast(object, item)):
                    good = False
                    break
                if cython.cast(cython.pointer(PyObject), last[i]) == item:
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
        self.dense = True
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
            if isinstance(raw, str):
                self.any_text = True
            elif (
                raw is not None and self.number_of[i] < 0 and fabs(self._number(name, raw)) <= LARGEST
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
    @cython.exceptval(check=False)
    def _standardise(self) -> cython.void:
        j: cython.Py_ssize_t
        i: cython.Py_ssize_t
        z: cython.double
        if self.dense:
            for j in range(self.n):
                self.zs[j] = (self.xs[j] - self.mean[j]) * self.inv_sd[j]
        else:
            for j in range(self.n):
                i = self.slots[j]
                self.zs[j] = (self.xs[j] - self.mean[i]) * self.inv_sd[i]
        for j in range(self.n):
            z = self.zs[j]
            if z > CLIP:
                self.zs[j] = CLIP * (1.0 + log(z / CLIP))
            elif z < -CLIP:
                self.zs[j] = -CLIP * (1.0 + log(z / -CLIP))

    @cython.cfunc
    @cython.exceptval(check=False)
    def _observe(self) -> cython.void:
        """Running moments, of every event that is shown."""
        j: cython.Py_ssize_t
        i: cython.Py_ssize_t
        d: cython.double
        still: cython.double
        if self.dense:
            for j in range(self.n):
                self.count[j] += 1.0
                d = self.xs[j] - self.mean[j]
                self.mean[j] += d / self.count[j]
                self.m2[j] += d * (self.xs[j] - self.mean[j])
                # What never varied stands at 0, and its first change is news; of one event nothing is known.
                still = 0.0 if self.m2[j] > 0.0 else 1.0
                self.inv_sd[j] = (1.0 - still) * sqrt(self.count[j] / (self.m2[j] + still))
                self.inv_sd[j] += still * (NEWS if self.count[j] > 1.0 else 0.0)
        else:
            for j in range(self.n):
                i = self.slots[j]
                self.count[i] += 1.0
                d = self.xs[j] - self.mean[i]
                self.mean[i] += d / self.count[i]
                self.m2[i] += d * (self.xs[j] - self.mean[i])
                still = 0.0 if self.m2[i] > 0.0 else 1.0
                self.inv_sd[i] = (1.0 - still) * sqrt(self.count[i] / (self.m2[i] + still))
                self.inv_sd[i] += still * (NEWS if self.count[i] > 1.0 else 0.0)

    @cython.cfunc
    def _walk_state(self) -> Any:
        size = 8 * self.numbers
        return {
            "bits": int(self.bits),
            "seed": int(self.seed),
            "names": list(self.index),  # as first met: `names` has the objects that came last
            "number_of": bytes(self.number_of)[: 8 * self.known],
            "count": bytes(self.count)[:size],
            "mean": bytes(self.mean)[:size],
            "m2": bytes(self.m2)[:size],
            "inv_sd": bytes(self.inv_sd)[:size],
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
        pad = bytes(8 * (self.capacity - self.numbers))
        self.count = array("d", state["count"] + pad)
        self.mean = array("d", state["mean"] + pad)
        self.m2 = array("d", state["m2"] + pad)
        self.inv_sd = array("d", state["inv_sd"] + pad)
