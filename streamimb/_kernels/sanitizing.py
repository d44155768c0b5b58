# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Cleans an event with faults: each value is kept, converted, bounded, replaced by a default, or left out.

Under a configured schema an event with such a fault is not learned. Under an inferred schema the field is left out and
the event is learned; the kind of each value is evidence for the kind of its field.
"""

from __future__ import annotations

from math import isfinite
from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.schema_check import BOOL, MISSING, NUMBER, OTHER, STRING, SchemaCheck
else:
    from cython.cimports.cpython.dict import PyDict_Next
    from cython.cimports.cpython.float import PyFloat_AS_DOUBLE, PyFloat_CheckExact
    from cython.cimports.cpython.object import PyObject
    from cython.cimports.cpython.unicode import (
        PyUnicode_1BYTE_DATA,
        PyUnicode_1BYTE_KIND,
        PyUnicode_GET_LENGTH,
        PyUnicode_KIND,
    )
    from cython.cimports.libc.string import memcmp
    from cython.cimports.streamimb._kernels.schema_check import (
        BOOL,
        MISSING,
        NUMBER,
        OTHER,
        STRING,
        SchemaCheck,
    )

LARGEST_VALUE = cython.declare(cython.double, limits.LARGEST_VALUE)  # a larger number counts as missing
AT_ONCE = cython.declare(cython.Py_ssize_t, 100)  # most fields that the first event may add
OWN = frozenset((float, int, str, bool, type(None)))
LEFT_OUT: Any = object()  # stands for a value that is left out of the event


def kind_of(raw: Any, longest: int) -> tuple[int, Any]:
    """Return the kind of a value of a built-in type, and a reason code where no learner accepts the value.

    >>> kind_of(2.5, 100), kind_of(True, 100), kind_of("NO", 100), kind_of(float("inf"), 100)
    ((0, ''), (2, ''), (1, ''), (3, 'inf'))
    """
    if isinstance(raw, bool):
        return BOOL, ""
    if isinstance(raw, (int, float)):
        if -LARGEST_VALUE <= raw <= LARGEST_VALUE:
            return NUMBER, ""
        if raw != raw:
            return MISSING, ""
        return OTHER, "inf" if isinstance(raw, float) and not isfinite(raw) else "too_large"
    if isinstance(raw, str):
        return (STRING, "") if len(raw) <= longest else (OTHER, "too_long")
    return (MISSING, "") if raw is None else (OTHER, "type")


def missing(raw: Any) -> bool:
    """Whether a value of a built-in type is None or NaN."""
    return bool(raw is None or raw != raw)


@cython.cclass
class Cleaned:
    """One event after cleaning. Fields are declared in sanitizing.pxd."""

    def __init__(self) -> None:
        self.x: Any = None
        self.learnable = self.as_read = True
        self.unknown = False
        self.reasons: list[str] = []
        self.found = self.withdrawn = self.strangers = self.left_out = None

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _check_values(
        self, check: SchemaCheck, event: dict[Any, Any], kept: Any, changes: list[Any], doubtful: cython.bint
    ) -> cython.bint:
        """Checks the values of `event`, a copy that no other object refers to.

        Values that stay are put into `kept`. Where `kept` is None, replaced values are put into `changes`, and the
        result is False for a name that is not of a built-in type, because its methods may run any code. Where the
        verdict of the check is DOUBTFUL, only missing values, bools and absent fields are checked.
        """
        r: cython.Py_ssize_t
        number: cython.double
        stays: cython.bint
        expected: cython.Py_ssize_t = 0
        first: cython.bint = check.inferred and check.fields == 0 and len(event) <= AT_ONCE
        if not doubtful:
            check.cleanings += 1
        for name, raw in doubts(event) if doubtful else event.items():
            if kept is None and type(name) is not str and type(name) is not int:
                return False
            if expected < check.fields and same_text(name, check.names[expected]):
                r = expected
            else:
                rule = check.index.get(name)
                r = -1 if rule is None else rule
            if r >= 0:
                expected = r + 1
                check.stamp[r] = check.cleanings
                if check.kind[r] == NUMBER:
                    if type(raw) is float:
                        number = raw
                        stays = check.low[r] <= number <= check.high[r]
                    else:
                        stays = type(raw) is int and check.low[r] <= raw <= check.high[r]
                elif check.kind[r] == STRING:
                    stays = type(raw) is str and len(raw) <= check.longest
                else:
                    stays = check.kind[r] == BOOL and (raw is True or raw is False)
                if stays:
                    if kept is not None:
                        kept[name] = raw
                    continue
            value = raw if type(raw) in OWN else check.plain(raw)
            if check.inferred:
                value = self._appraised(check, r, name, value, first)
            elif r >= 0:
                value = self._configured(check, r, name, value)
            else:
                value = LEFT_OUT
                if not self.unknown:
                    self.unknown = True
                    self.reasons.append("unknown_field")  # without its name, which may be any text
            if kept is not None:
                if value is not LEFT_OUT:
                    kept[name] = value
            elif value is not raw:
                changes.append((name, value))
                if doubtful:  # values of built-in types: comparing them runs no foreign code
                    self.as_read = self.as_read and (missing(raw) if value is LEFT_OUT else value == raw)
        if check.inferred:
            if self.unknown:
                self.reasons.append("unknown_field")
        else:
            for r in range(check.fields):
                if check.need[r] and check.stamp[r] != check.cleanings:
                    name = check.names[r]
                    value = self._configured(check, r, name, None)
                    if kept is not None:
                        if value is not LEFT_OUT:
                            kept[name] = value
                    elif value is not LEFT_OUT:
                        changes.append((name, value))
                        self.as_read = False
        return True

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _say(self, code: str, name: Any) -> cython.int:
        self.reasons.append(f"{code}:{name}")
        return 0

    # ------------------------------------------------------------------ by the rules of a configured schema

    @cython.cfunc
    def _distrust(self, code: str, name: Any) -> Any:
        """Notes a reason for which the event is not learned; returns `LEFT_OUT` for the field."""
        self.learnable = False
        self._say(code, name)
        return LEFT_OUT

    @cython.cfunc
    def _configured(self, check: SchemaCheck, rule: cython.Py_ssize_t, name: Any, raw: Any) -> Any:
        """What replaces a value of a built-in type (None: absent) under a configured schema."""
        if raw is None:
            default = check.defaults[rule]
            if default is not None:
                self._say("imputed", name)
                return default
            return LEFT_OUT if check.nullable[rule] else self._distrust("missing", name)
        if isinstance(raw, float) and raw != raw:
            return LEFT_OUT if check.nullable[rule] else self._distrust("nan", name)
        if check.kind[rule] == NUMBER:
            return self._number(check, rule, name, raw)
        if check.kind[rule] == STRING:
            return self._string(check, rule, name, raw)
        return self._bool(check, rule, name, raw)

    @cython.cfunc
    def _number(self, check: SchemaCheck, rule: cython.Py_ssize_t, name: Any, raw: Any) -> Any:
        if isinstance(raw, (bool, str)):
            if not check.coerce[rule]:
                return self._distrust("type", name)
            try:
                raw = float(raw)
            except ValueError:
                return self._distrust("type", name)
            self._say("coerced", name)
            if raw != raw:
                return self._distrust("nan", name)
        if not isinstance(raw, (int, float)):
            return self._distrust("type", name)
        if isinstance(raw, float) and not isfinite(raw):
            return self._distrust("inf", name)
        if not -LARGEST_VALUE <= raw <= LARGEST_VALUE:
            return self._distrust("too_large", name)
        if check.low[rule] <= raw <= check.high[rule]:
            return raw
        self._distrust("bounded", name)
        return check.low[rule] if raw < check.low[rule] else check.high[rule]

    @cython.cfunc
    def _string(self, check: SchemaCheck, rule: cython.Py_ssize_t, name: Any, raw: Any) -> Any:
        if isinstance(raw, (int, float)) and check.coerce[rule]:
            try:
                raw = str(raw)
            except ValueError:  # Python does not convert an integer of more than 4,300 digits
                return self._distrust("too_long", name)
            self._say("coerced", name)
        if not isinstance(raw, str):
            return self._distrust("type", name)
        return raw if len(raw) <= check.longest else self._distrust("too_long", name)

    @cython.cfunc
    def _bool(self, check: SchemaCheck, rule: cython.Py_ssize_t, name: Any, raw: Any) -> Any:
        if isinstance(raw, bool):
            return raw
        if isinstance(raw, (int, float)) and check.coerce[rule] and raw in (0, 1):
            self._say("coerced", name)
            return bool(raw)
        return self._distrust("type", name)

    # ------------------------------------------------------------------ by an inferred schema

    @cython.cfunc
    def _appraised(
        self, check: SchemaCheck, rule: cython.Py_ssize_t, name: Any, raw: Any, first: cython.bint
    ) -> Any:
        """What replaces a value of a built-in type under an inferred schema; counts its kind.

        A value of another kind than its field's, or one that no learner accepts, is left out. Where the field is a
        number, True and False become 1 and 0; where it is a bool, 1 and 0 become True and False.
        """
        kind: cython.Py_ssize_t
        wanted: cython.Py_ssize_t
        kind, code = kind_of(raw, check.longest)
        wanted = check.kind[rule] if rule >= 0 else MISSING
        kept = raw
        if kind == MISSING:
            kept = LEFT_OUT
        elif wanted == MISSING and (rule >= 0 or (first and check.usable(name))):
            wanted = kind  # the first value of a field decides its kind
        if kind != MISSING and wanted == MISSING:
            kept = LEFT_OUT
            self.unknown = True
        elif kind == OTHER:
            self._say(code, name)
            self._say("left_out", name)
            kept = LEFT_OUT
        elif kind != MISSING and kind != wanted:
            if wanted == NUMBER and kind == BOOL:
                kept = int(raw)
                self._say("coerced", name)
            elif wanted == BOOL and kind == NUMBER and raw in (0, 1):
                kept = bool(raw)
                self._say("coerced", name)
            else:
                self._say("type", name)
                self._say("left_out", name)
                kept = LEFT_OUT
        self._note(check, rule, name, kind, kept is not LEFT_OUT)
        return kept

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _note(
        self,
        check: SchemaCheck,
        rule: cython.Py_ssize_t,
        name: Any,
        kind: cython.Py_ssize_t,
        kept: cython.bint,
    ) -> cython.int:
        """Notes a value that is not of its field's kind; `SchemaCheck.count` counts the others in x."""
        own: cython.Py_ssize_t = check.kind[rule] if rule >= 0 else MISSING
        if own < OTHER and kind == own:
            return 0
        if own < OTHER and kept:  # converted: x holds a value of the field's kind
            if self.withdrawn is None:
                self.withdrawn = []
            self.withdrawn.append(5 * rule + own)
        if rule >= 0 and (
            (kind >= OTHER and (own != MISSING or kind == MISSING)) or (own < OTHER and check.settled)
        ):
            if self.found is None:
                self.found = []
            self.found.append(5 * rule + kind)
        else:
            if self.strangers is None:
                self.strangers = []
            self.strangers.append((name, int(kind)))
        return 0


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def same_text(name: Any, other: Any) -> cython.bint:
    """Whether two names are surely equal; where it returns False, the caller looks the name up in the index."""
    if name is other:
        return True
    return (
        cython.compiled
        and type(name) is str
        and type(other) is str
        and PyUnicode_GET_LENGTH(name) == PyUnicode_GET_LENGTH(other)
        and PyUnicode_KIND(name) == PyUnicode_1BYTE_KIND
        and PyUnicode_KIND(other) == PyUnicode_1BYTE_KIND
        and memcmp(PyUnicode_1BYTE_DATA(name), PyUnicode_1BYTE_DATA(other), PyUnicode_GET_LENGTH(name)) == 0
    )


@cython.cfunc
def doubts(event: dict[Any, Any]) -> list[tuple[Any, Any]]:
    """The missing values and bools of an event of built-in types, with their names."""
    value: cython.double
    found: list[Any] = []
    if not cython.compiled:
        return [(name, raw) for name, raw in event.items() if isinstance(raw, bool) or missing(raw)]
    at: cython.Py_ssize_t = 0
    key: cython.pointer(PyObject)
    item: cython.pointer(PyObject)
    while PyDict_Next(event, cython.address(at), cython.address(key), cython.address(item)):
        if PyFloat_CheckExact(cython.cast(object, item)):
            value = PyFloat_AS_DOUBLE(cython.cast(object, item))
            if value == value:
                continue
        elif not (
            cython.cast(object, item) is None
            or cython.cast(object, item) is True
            or cython.cast(object, item) is False
        ):
            continue
        found.append((cython.cast(object, key), cython.cast(object, item)))
    return found


@cython.cfunc
def clean(check: SchemaCheck, x: dict[Any, Any], doubtful: cython.bint) -> Cleaned:
    """Cleans an event by the rules of a check; x is not changed. `doubtful`: the verdict of the check was DOUBTFUL."""
    event: dict[Any, Any] = x.copy()  # methods of its values cannot change this copy
    cleaned: Cleaned = Cleaned()
    changes: list[Any] = []
    if not cleaned._check_values(check, event, None, changes, doubtful):
        cleaned = Cleaned()
        cleaned.x = {}
        cleaned._check_values(check, event, cleaned.x, changes, False)
    elif len(changes) == 0:
        cleaned.x = x
    else:
        left_out: list[Any] = []
        for name, value in changes:
            if value is LEFT_OUT:
                del event[name]
                left_out.append(name)
            else:
                event[name] = value
        cleaned.x = event
        if len(left_out) == len(changes):
            cleaned.left_out = left_out
    cleaned.as_read = doubtful and cleaned.as_read
    return cleaned


def clean_one(check: SchemaCheck, x: dict[Any, Any]) -> Cleaned:
    """Return an event, cleaned by the rules of a check; x is not changed."""
    return clean(check, x, False)
