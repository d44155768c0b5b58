# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The quick look at an event: is everything in it exactly as it should be?

Says yes or no; what is wrong, and what to do about it, is found out elsewhere. Knows no schema, only kinds
and bounds by name.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

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
        self.required = 0
        for field in fields:
            if field[4]:
                self.required += 1

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
        names: list[Any] = self.names
        for name, raw in event.items():
            if expected < self.known and names[expected] is name:
                i = expected
            else:
                found = self.index.get(name)
                if found is None:
                    return False
                i = found
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
        return there == self.required
