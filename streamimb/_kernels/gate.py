# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The quick look at an event: is everything in it exactly as it should be?

The answer is yes or no; other code finds out what is wrong and what to do about it. A gate can also count how often
each field is present in the events that pass, as evidence for an inferred schema. Knows no schema, only kinds and
bounds by name.
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
    from cython.cimports.streamimb._kernels.dictversion import dict_version
    from cython.cimports.streamimb._kernels.walk import Walk
else:
    from streamimb._kernels.walk import Walk

NUMBER, STRING, BOOL = 0, 1, 2


@cython.cclass
class Gate:
    """Names with a kind, bounds, and whether they must be there. Fields: gate.pxd."""

    def __init__(self, fields: list[tuple[Any, int, float, float, bool]], longest: int) -> None:
        """(name, kind, low, high, required) of every field; strings are at most `longest` characters."""
        self.names = [field[0] for field in fields]
        self.index = {field[0]: i for i, field in enumerate(fields)}
        self.known = len(fields)
        self.longest = longest
        # One entry more: an empty buffer has no place for a first one.
        self.kind = array("q", [field[1] for field in fields] + [0])
        self.low = array("d", [float(field[2]) for field in fields] + [0.0])
        self.high = array("d", [float(field[3]) for field in fields] + [0.0])
        self.must = array("q", [1 if field[4] else 0 for field in fields] + [0])
        # -1 where not every field is a number: then no event is plain.
        self.plain = self.known if all(field[1] == NUMBER for field in fields) else -1
        self.required = 0
        for field in fields:
            if field[4]:
                self.required += 1
        self.met = array("q", [0] * (self.known + 1))
        self.seen = self.whole = self.due = 0
        self.watched = False

    def watch(self, due: int) -> bool:
        """Counts the events that pass from now on; whether `due` of them were counted already."""
        self.watched = True
        self.due = due
        return bool(self.seen >= self.due)

    def note(self, x: dict[Any, Any]) -> bool:
        """Counts an event that passed, where a watch is set; whether the number that is due is reached.

        **Cost**: one addition where every field is present, else about 3 ns a field.
        """
        return bool(self.count(x))

    def take(self) -> tuple[int, dict[Any, int]]:
        """Events counted, and in how many of them each field was present; the counts start again at 0."""
        i: cython.Py_ssize_t
        seen: int = self.seen
        present = {}
        for i in range(self.known):
            present[self.names[i]] = int(self.whole + self.met[i])
            self.met[i] = 0
        self.seen = self.whole = 0
        return seen, present

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def count(self, x: Any) -> cython.bint:
        i: cython.Py_ssize_t
        expected: cython.Py_ssize_t = 0
        if not self.watched:
            return False
        event: dict[Any, Any] = x
        self.seen += 1
        if len(event) == self.known:  # all its names are known here, so none is absent
            self.whole += 1
        else:
            names: list[Any] = self.names
            for name in event:
                i = expected if expected < self.known and names[expected] is name else self.index[name]
                expected = i + 1
                self.met[i] += 1
        return self.seen >= self.due

    def passes(self, x: Any) -> bool:
        """Whether all of x is known, of its very kind and within bounds, and nothing required is absent."""
        return bool(self.look(x))

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def look(self, x: Any) -> cython.bint:
        i: cython.Py_ssize_t
        expected: cython.Py_ssize_t = 0
        there: cython.Py_ssize_t = 0
        value: cython.double
        if type(x) is not dict:
            return False
        event: dict[Any, Any] = x
        if cython.compiled and dict_version(event) == self.passed and self.passed != 0:
            return True
        if len(event) == self.plain and self._plain(event):
            if cython.compiled:
                self.passed = dict_version(event)
            return True
        names: list[Any] = self.names
        for name, raw in event.items():
            if expected < self.known and names[expected] is name:
                i = expected
            else:
                found = self.index.get(name)
                if found is None:
                    return False
                i = found
                names[i] = name  # the object that comes is the one to look for
            expected = i + 1
            there += self.must[i]
            if self.kind[i] == 0:
                if type(raw) is float:
                    value = raw
                    if not (self.low[i] <= value <= self.high[i]):
                        return False
                elif type(raw) is int:
                    if not (self.low[i] <= raw <= self.high[i]):
                        return False
                else:
                    return False
            elif self.kind[i] == 1:
                if type(raw) is not str or len(raw) > self.longest:
                    return False
            elif raw is not True and raw is not False:
                return False
        if there != self.required:
            return False
        if cython.compiled:
            self.passed = dict_version(event)
        return True

    @cython.cfunc
    @cython.exceptval(check=False)
    def within(self, walk: Walk) -> cython.bint:
        """Whether what a walk has read passes: numbers only, of the names known here, in their order.

        Compiled only: interpreted, no walk `reads`.
        """
        j: cython.Py_ssize_t
        names: list[Any] = self.names
        others: list[Any] = walk.names
        if walk.n != self.plain:
            return False
        for j in range(walk.n):
            if PyList_GET_ITEM(names, j) != PyList_GET_ITEM(others, j):
                return False
            if not (self.low[j] <= walk.xs[j] <= self.high[j]):
                return False
        return True

    @cython.cfunc
    @cython.exceptval(check=False)
    def _plain(self, event: dict[Any, Any]) -> cython.bint:
        """The commonest event: every field there, in order, all numbers and floats; False for any other.

        Compiled, that is without a call to `next` and without reference counts.
        """
        n: cython.Py_ssize_t = 0
        value: cython.double
        names: list[Any] = self.names
        if cython.compiled:
            at: cython.Py_ssize_t = 0
            key: cython.pointer(PyObject)
            item: cython.pointer(PyObject)
            while PyDict_Next(event, cython.address(at), cython.address(key), cython.address(item)):
                if PyList_GET_ITEM(names, n) != key:
                    return False
                if not PyFloat_CheckExact(cython.cast(object, item)):
                    return False
                value = PyFloat_AS_DOUBLE(cython.cast(object, item))
                if not (self.low[n] <= value <= self.high[n]):
                    return False
                n += 1
        else:
            for name, raw in event.items():
                if names[n] is not name or type(raw) is not float or not (self.low[n] <= raw <= self.high[n]):
                    return False
                n += 1
        return True
