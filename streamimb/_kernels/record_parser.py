# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Takes id, time and label out of the fields of a record; the other fields are features.

It never raises because of the content of a record, and never puts a value into a rejection. The `parse`
argument determines the format.
"""

from __future__ import annotations

from math import inf, nan
from typing import Any

import cython

if cython.compiled:
    from cython.cimports.libc.math import isfinite
else:
    from math import isfinite

from streamimb.events import Event, Label, Rejection

UNITS_PER_SECOND = {"s": 1.0, "ms": 1e3, "us": 1e6}


def spelt(code: str | int | float) -> str:
    """The spelling of a code as a string: 7, 7.0 and "7" all give "7"."""
    if isinstance(code, float) and code.is_integer():
        return str(int(code))
    return str(int(code)) if isinstance(code, bool) else str(code)


def label_table(positive: Any, negative: Any) -> dict[Any, bool]:
    """A dict from every spelling of every label value to its class; 1, 1.0 and True are one key in Python."""
    table: dict[Any, bool] = {}
    for values, y in ((("1",), True), (("0",), False), (positive, True), (negative, False)):
        for value in values:
            text = spelt(value)
            table[text] = y
            if text.removeprefix("-").isdecimal() and str(int(text)) == text:
                table[int(text)] = y
    return table


def class_table(classes: Any) -> dict[Any, str]:
    """A dict from every spelling of the name of a class to the name; "7" is also spelt 7 and 7.0."""
    table: dict[Any, str] = {}
    for name in classes:
        table[name] = name
        if name.removeprefix("-").isdecimal() and str(int(name)) == name:
            table[int(name)] = name
    return table


ALIKE = 100  # so many records after one that only the second parser can read go to it directly
NOT_FINITE = {"NaN": nan, "Infinity": inf, "-Infinity": -inf}  # as Python writes them


def quote_numbers(value: bytes) -> tuple[bytes, int]:
    """Return JSON in which NaN, Infinity and -Infinity are quoted as strings everywhere, and their number."""
    at: cython.Py_ssize_t
    start: cython.Py_ssize_t
    begin: cython.Py_ssize_t
    found: cython.Py_ssize_t = 0
    # A search for one letter is ten times as fast as a search for a word.
    for letter, word in ((b"N", b"NaN"), (b"I", b"Infinity")):
        parts = []
        start, at = 0, value.find(letter)
        while at >= 0:
            if value.startswith(word, at):
                begin = at - 1 if letter == b"I" and value.startswith(b"-", at - 1 if at > 0 else 0) else at
                parts += [value[start:begin], b'"', value[begin : at + len(word)], b'"']
                start = at + len(word)
            at = value.find(letter, at + 1)
        if parts:
            found += len(parts) // 4
            value = b"".join([*parts, value[start:]])
    return value, found


def unquote_numbers(fields: dict[Any, Any]) -> int:
    """Replace the strings NaN, Infinity and -Infinity by numbers; return how many there were."""
    found: cython.Py_ssize_t = 0
    for name, value in fields.items():
        if type(value) is str and value in NOT_FINITE:
            fields[name] = NOT_FINITE[value]
            found += 1
    return found


@cython.cclass
class RecordParser:
    """Reads records by one field mapping. Fields: record_parser.pxd."""

    def __init__(
        self, mapping: Any, parse: Any, parse_again: Any, classes: Any = (), propensity: Any = None
    ) -> None:
        """Both parsers turn bytes into an object, or raise ValueError or RecursionError.

        The second parser accepts all that the first accepts, with the same result, and more. It is tried when the first
        fails, and is then used directly for the next records, which may be like that one. `classes` are the names of
        the classes, where labels are not True and False. `propensity` is the field of a label in which its propensity
        stands.
        """
        self.propensity_field = propensity
        self.parse, self.parse_again = parse, parse_again
        self.again = 0
        self.id_field, self.time_field, self.label_field = mapping.id, mapping.time, mapping.label
        self.type_field = mapping.type
        self.units = UNITS_PER_SECOND[mapping.time_unit]
        self.first, self.last = mapping.earliest_s, mapping.latest_s
        self.earliest, self.latest = self.first * self.units, self.last * self.units
        self.longest, self.most = mapping.max_id_bytes, mapping.max_bytes
        self.retracts = mapping.tombstone_retracts
        self.drop, self.categorical = tuple(mapping.drop), tuple(mapping.categorical)
        self.shaped = len(self.drop) + len(self.categorical) > 0
        self.labels = class_table(classes) if classes else label_table(mapping.positive, mapping.negative)

    @cython.cfunc
    def _fields(self, value: Any) -> Any:
        """The fields of a record by name, or the `Rejection`."""
        if len(value) > self.most:
            return Rejection("max_bytes")
        fields = None
        odd: cython.bint = self.again > 0
        if odd:
            self.again -= 1
        else:
            try:
                fields = self.parse(value)
            except RecursionError:  # nested too deeply
                return Rejection("decode")
            except ValueError:
                self.again, odd = ALIKE, True
        if odd:
            try:
                fields = self.parse_again(value)
            except (ValueError, RecursionError):  # malformed, not UTF-8
                return Rejection("decode")
        return fields if type(fields) is dict else Rejection("decode")

    @cython.cfunc
    def _event(self, fields: dict[Any, Any], t: cython.double) -> Any:
        # No JSON object has None as a key, so a field that is not configured is never found.
        event_id = self._id(fields.pop(self.id_field, None))
        if type(event_id) is not str:
            return event_id
        at = self._time(fields.pop(self.time_field, None), t)
        if type(at) is str:
            return Rejection(at, self.time_field or "", event_id)
        y = fields.pop(self.label_field, None)
        if y is not None:
            y = self._label(y)
            if y is None:  # the event is scored nevertheless
                y = Rejection("label_value", self.label_field or "", event_id)
        if self.shaped:
            self._shape(fields)
        return Event(event_id, at, fields, y)

    @cython.cfunc
    def _label_of(self, fields: dict[Any, Any], t: cython.double) -> Any:
        event_id = self._id(fields.get(self.id_field))
        if type(event_id) is not str:
            return event_id
        at = self._time(fields.get(self.time_field), t)
        if type(at) is str:
            return Rejection(at, self.time_field or "")
        y = self._label(fields.get(self.label_field))
        if y is None:
            return Rejection("label_value", self.label_field or "")
        return Label(event_id, at, y, fields.get(self.propensity_field))

    @cython.cfunc
    def _retraction(self, record: Any) -> Any:
        """The retraction of the label whose id is the key of this record; None where that is not configured."""
        if not self.retracts:
            return None
        try:
            name = (record.key or b"").decode()
        except UnicodeDecodeError:
            return Rejection("decode")
        event_id = self._id(name)
        if type(event_id) is not str:
            return event_id
        at = self._time(None, record.t)
        return Rejection(at) if type(at) is str else Label(event_id, at, None)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _shape(self, fields: dict[Any, Any]) -> cython.int:
        for name in self.drop:
            fields.pop(name, None)
        for name in self.categorical:
            code = fields.get(name)
            if type(code) is int or (type(code) is float and isfinite(code)):
                fields[name] = spelt(code)
        return 0

    @cython.cfunc
    def _id(self, value: Any) -> Any:
        """The id, or the `Rejection`."""
        if type(value) is int:
            # Python refuses str() of an int with thousands of digits; a digit has more than 3.3 bits
            value = str(value) if value.bit_length() <= 4 * self.longest else "9" * (self.longest + 1)
        if type(value) is not str:
            return Rejection("no_id" if value is None else "id_value", self.id_field)
        if not value:
            return Rejection("no_id", self.id_field)
        # a character has at most 4 bytes
        if 4 * len(value) > self.longest and len(value.encode()) > self.longest:
            return Rejection("id_too_long", self.id_field)
        return value

    @cython.cfunc
    def _time(self, value: Any, t: cython.double) -> Any:
        """Seconds, or a reason code."""
        at: cython.double
        if type(value) is float:
            at = value
            return at / self.units if self.earliest <= at <= self.latest else "ts_unit"
        if value is None:
            # a comparison with nan is False, so this excludes nan too
            return t if self.first <= t <= self.last else "no_time"
        if type(value) is not int:
            return "time_value"
        # an int too large for a float would raise in the division, but not in the comparison
        return value / self.units if self.earliest <= value <= self.latest else "ts_unit"

    @cython.cfunc
    def _label(self, value: Any) -> Any:
        """True or False, or the name of a class; None where it is none of them."""
        if type(value) is str or type(value) is int or type(value) is float:
            return self.labels.get(value)
        if type(value) is bool:
            found = self.labels.get(value)
            return found if type(found) is bool else None  # a class "1" is not true
        return None


@cython.cclass
class EventParser(RecordParser):
    """Records that are events."""

    def decode(self, record: Any) -> Event | Rejection | None:
        """An `Event` or a `Rejection`; None for an empty value."""
        value = record.value
        if not value:
            return None
        fields = self._fields(value)
        return self._event(fields, record.t) if type(fields) is dict else fields


@cython.cclass
class LabelParser(RecordParser):
    """Records that are labels."""

    def decode(self, record: Any) -> Label | Rejection | None:
        """A `Label` or a `Rejection`; for an empty value None, or the retraction of the label of its key."""
        value = record.value
        if not value:
            return self._retraction(record)
        fields = self._fields(value)
        return self._label_of(fields, record.t) if type(fields) is dict else fields


@cython.cclass
class MixedParser(RecordParser):
    """Records of both kinds, with a field that names the kind."""

    def decode(self, record: Any) -> Event | Label | Rejection | None:
        """An `Event`, a `Label` or a `Rejection`; an empty value is treated as by `LabelParser`."""
        value = record.value
        if not value:
            return self._retraction(record)
        fields = self._fields(value)
        if type(fields) is not dict:
            return fields
        kind = fields.pop(self.type_field, None)
        if kind == "event":
            return self._event(fields, record.t)
        return (
            self._label_of(fields, record.t) if kind == "label" else Rejection("record_type", self.type_field)
        )
