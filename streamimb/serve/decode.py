"""Bytes to nouns: a record's JSON becomes an `Event`, a `Label`, a `Rejection`, or nothing.

One flat JSON object a record, its fields named by a `FieldMapping`. Never raises on what a record
holds, and never puts a value of it into a rejection. Must not know where records come from, nor judge
features: a nested or non-finite feature is the guard's business.
"""

from typing import Any, Literal, Protocol

import msgspec

from streamimb.events import Event, Label, Rejection
from streamimb.protocols import Record

Decoded = Event | Label | Rejection | None

UNITS_PER_SECOND = {"s": 1.0, "ms": 1e3, "us": 1e6}


class Decoder(Protocol):
    """What a record says."""

    def decode(self, record: Record) -> Decoded:
        """Never raises; None where there is nothing to say (an empty value).

        A rejection has the id of an event that was rejected, so that a label for it is known to be of a
        rejected event; one of a rejected label has none: the event it names is as good as before.
        """


class FieldMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which field of a flat JSON record is what.

    Whatever is not named here is a feature. Where a key occurs twice in a record, the last one wins.

    Parameters
    ----------
    id
        Field of the event's id: a string, or an integer, which becomes its decimal string.
    time
        Field of the time; a record without it has its record time. None: always the record time.
    label
        Field of the label; an event need not have one (absent or null: not known yet). None: events
        never carry a label (not for records with the role of labels).
    type
        Field that tells `event` from `label` where one input carries both; elsewhere a field like any.
    drop
        Fields that are thrown away.
    categorical
        Fields whose numbers are codes: they become strings (7 and 7.0 both `"7"`).
    time_unit
        Unit of the time field.
    positive, negative
        Labels that mean the rare class, and not, beside 1, 1.0, true, "1" and 0, 0.0, false, "0"; what
        is named here wins over these.
    earliest_s, latest_s
        Times outside, in seconds, are taken for a wrong unit: 1990 to 2100 unless told otherwise.
    max_bytes
        Longer records are rejected before they are decoded.
    max_id_bytes
        Longer ids are rejected.
    tombstone_retracts
        An empty value among labels takes back the label of the id in the record's key.

    Raises
    ------
    ValueError
        Two roles for one field, a label value that is both, bounds the wrong way round.

    Examples
    --------
    >>> from streamimb.protocols import Record
    >>> decoder = EventDecoder(FieldMapping(id="tx", time="at", time_unit="ms", drop=("note",)))
    >>> decoder.decode(Record(0, 0, 0.0, None, b'{"tx": 7, "at": 1600000000500, "amount": 9.5, "note": "x"}'))
    Event(id='7', t=1600000000.5, x={'amount': 9.5}, y=None)
    """

    id: str = "id"
    time: str | None = "time"
    label: str | None = "label"
    type: str = "type"
    drop: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    time_unit: Literal["s", "ms", "us"] = "s"
    positive: tuple[str | int, ...] = ()
    negative: tuple[str | int, ...] = ()
    earliest_s: float = 631_152_000.0
    latest_s: float = 4_102_444_800.0
    max_bytes: int = 1 << 20
    max_id_bytes: int = 256
    tombstone_retracts: bool = False

    def __post_init__(self) -> None:
        if self.time_unit not in UNITS_PER_SECOND:
            raise ValueError(f"time_unit={self.time_unit!r}: give one of {', '.join(UNITS_PER_SECOND)}")
        if not self.earliest_s < self.latest_s:
            raise ValueError(
                f"earliest_s={self.earliest_s!r}, latest_s={self.latest_s!r}: "
                "give the earlier time as earliest_s"
            )
        for name, least in (("max_bytes", 2), ("max_id_bytes", 1)):
            if getattr(self, name) < least:
                raise ValueError(f"{name}={getattr(self, name)!r}: give at least {least}")
        both = set(map(_text, self.positive)) & set(map(_text, self.negative))
        if both:
            raise ValueError(f"label {min(both)!r} is in positive and in negative: leave it in one of them")
        self._check_roles()

    def _check_roles(self) -> None:
        named = [name for name in (self.id, self.time, self.label, self.type) if name is not None]
        for name in named:
            if named.count(name) > 1:
                raise ValueError(f"field {name!r} has two roles: name it once of id, time, label, type")
        for name in (*self.drop, *self.categorical):
            if name in named[:-1]:
                raise ValueError(f"field {name!r} is id, time or label: take it out of drop and categorical")
            if name in self.drop and name in self.categorical:
                raise ValueError(
                    f"field {name!r} is both in drop and in categorical: leave it in one of them"
                )


class EventDecoder:
    """Records that are events, with or without their label.

    Cost: one JSON parse and one dict, about 1.5 microseconds for 30 numbers.

    Examples
    --------
    >>> from streamimb.protocols import Record
    >>> decoder = EventDecoder(FieldMapping(positive=("fraud",)))
    >>> event = decoder.decode(Record(0, 0, 1.6e9, None, b'{"id": "a", "label": "fraud", "amount": 2}'))
    >>> event.t, event.y, event.x
    (1600000000.0, True, {'amount': 2})
    """

    def __init__(self, mapping: FieldMapping) -> None:
        self.mapping = mapping
        self._reader = _Reader(mapping)

    def decode(self, record: Record) -> Decoded:
        """An `Event`, or why not; None for an empty value."""
        if not record.value:
            return None
        fields = self._reader.fields(record.value)
        return self._reader.event(fields, record) if isinstance(fields, dict) else fields


class LabelDecoder:
    """Records that are labels.

    Cost: one JSON parse.

    Examples
    --------
    >>> from streamimb.protocols import Record
    >>> LabelDecoder(FieldMapping()).decode(Record(0, 0, 1.6e9, None, b'{"id": "a", "label": "maybe"}'))
    Rejection(reason='label_value', field='label', id='')
    """

    def __init__(self, mapping: FieldMapping) -> None:
        if mapping.label is None:
            raise ValueError("label=None: labels are read from a field, name it")
        self.mapping = mapping
        self._reader = _Reader(mapping)

    def decode(self, record: Record) -> Decoded:
        """A `Label`, or why not; of an empty value None, or the retraction of its key's label."""
        if not record.value:
            return self._reader.tombstone(record)
        fields = self._reader.fields(record.value)
        return self._reader.label(fields, record) if isinstance(fields, dict) else fields


class MixedDecoder:
    """Events and labels in one input, told apart by the `type` field: `event` or `label`.

    Cost: one JSON parse.

    Examples
    --------
    >>> from streamimb.protocols import Record
    >>> decoder = MixedDecoder(FieldMapping())
    >>> decoder.decode(Record(0, 0, 1.6e9, None, b'{"type": "label", "id": "a", "label": 1}')).y
    True
    """

    def __init__(self, mapping: FieldMapping) -> None:
        if mapping.label is None:
            raise ValueError("label=None: labels are read from a field, name it")
        self.mapping = mapping
        self._reader = _Reader(mapping)

    def decode(self, record: Record) -> Decoded:
        """An `Event` or a `Label`, or why not; of an empty value as among labels."""
        if not record.value:
            return self._reader.tombstone(record)
        fields = self._reader.fields(record.value)
        if not isinstance(fields, dict):
            return fields
        kind = fields.pop(self.mapping.type, None)
        if kind == "event":
            return self._reader.event(fields, record)
        if kind == "label":
            return self._reader.label(fields, record)
        return Rejection("record_type", self.mapping.type)


DECODERS: dict[str, type[EventDecoder] | type[LabelDecoder] | type[MixedDecoder]] = {
    "events": EventDecoder,
    "labels": LabelDecoder,
    "both": MixedDecoder,
}


class _Reader:
    """What the three decoders share: the parse and the reading of each field."""

    def __init__(self, mapping: FieldMapping) -> None:
        self.mapping = mapping
        self._parse = msgspec.json.Decoder().decode
        self._units = units = UNITS_PER_SECOND[mapping.time_unit]
        self._earliest, self._latest = mapping.earliest_s * units, mapping.latest_s * units
        # no JSON object has None as a key, so a field that is not configured is one that is never there
        self._id_field, self._time_field, self._label_field = mapping.id, mapping.time, mapping.label
        self._max_bytes, self._max_id_bytes = mapping.max_bytes, mapping.max_id_bytes
        self._short_id = mapping.max_id_bytes // 4  # characters, of at most 4 bytes each
        self._shaped = bool(mapping.drop or mapping.categorical)
        self._labels = _label_table(mapping)

    def fields(self, value: bytes) -> dict[Any, Any] | Rejection:
        if len(value) > self._max_bytes:
            return Rejection("max_bytes")
        try:
            fields = self._parse(value)
        except (ValueError, RecursionError):  # malformed, not UTF-8, out of range; a nesting bomb
            return Rejection("decode")
        return fields if isinstance(fields, dict) else Rejection("decode")

    def event(self, fields: dict[Any, Any], record: Record) -> Event | Rejection:
        event_id = fields.pop(self._id_field, None)
        if type(event_id) is not str or not 0 < len(event_id) <= self._short_id:
            event_id = self._id(event_id)
            if isinstance(event_id, Rejection):
                return event_id
        t = fields.pop(self._time_field, None)
        if type(t) is float and self._earliest <= t <= self._latest:
            t /= self._units
        else:
            t = self._time(t, record)
            if isinstance(t, str):
                return Rejection(t, self._time_field or "", event_id)
        y = fields.pop(self._label_field, None)
        if y is not None:
            y = self._label(y)
            if y is None:
                return Rejection("label_value", self._label_field or "", event_id)
        if self._shaped:
            self._shape(fields)
        return Event(event_id, t, fields, y)

    def label(self, fields: dict[Any, Any], record: Record) -> Label | Rejection:
        event_id = self._id(fields.get(self._id_field))
        if isinstance(event_id, Rejection):
            return event_id
        t = self._time(fields.get(self._time_field), record)
        if isinstance(t, str):
            return Rejection(t, self._time_field or "")
        y = self._label(fields.get(self._label_field))
        return Rejection("label_value", self._label_field or "") if y is None else Label(event_id, t, y)

    def tombstone(self, record: Record) -> Label | Rejection | None:
        if not self.mapping.tombstone_retracts:
            return None
        try:
            key = (record.key or b"").decode()
        except UnicodeDecodeError:
            return Rejection("decode")
        event_id = self._id(key)
        if isinstance(event_id, Rejection):
            return event_id
        t = self._time(None, record)
        if isinstance(t, str):
            return Rejection(t)
        return Label(event_id, t, None)

    def _shape(self, fields: dict[Any, Any]) -> None:
        for name in self.mapping.drop:
            fields.pop(name, None)
        for name in self.mapping.categorical:
            code = fields.get(name)
            if type(code) is int or type(code) is float:
                fields[name] = _text(code)

    def _id(self, value: object) -> str | Rejection:
        limit = self._max_id_bytes
        if type(value) is int:
            # str() of an int of thousands of digits is refused by Python; a digit is over 3.3 bits
            value = str(value) if value.bit_length() <= 4 * limit else "9" * (limit + 1)
        if type(value) is not str:
            return Rejection("no_id" if value is None else "id_value", self._id_field)
        if not value:
            return Rejection("no_id", self._id_field)
        return Rejection("id_too_long", self._id_field) if len(value.encode()) > limit else value

    def _time(self, value: object, record: Record) -> float | str:
        """Seconds, or the reason code of why not."""
        if value is None:
            # a comparison with nan is False, so this keeps it out too
            return record.t if self.mapping.earliest_s <= record.t <= self.mapping.latest_s else "no_time"
        if type(value) is not float and type(value) is not int:
            return "time_value"
        # an int beyond floats would raise in the division, not in the comparison
        return value / self._units if self._earliest <= value <= self._latest else "ts_unit"

    def _label(self, value: object) -> bool | None:
        kind = type(value)
        if kind is str or kind is int or kind is float or kind is bool:
            return self._labels.get(value)
        return None


def _text(code: str | int | float) -> str:
    """One spelling for one code: 7, 7.0 and "7" are "7"."""
    if isinstance(code, float) and code.is_integer():
        return str(int(code))
    return str(int(code)) if isinstance(code, bool) else str(code)


def _label_table(mapping: FieldMapping) -> dict[object, bool]:
    """Every spelling of every label value; 1, 1.0 and True are one key in Python."""
    table: dict[object, bool] = {}
    for values, y in ((("1",), True), (("0",), False), (mapping.positive, True), (mapping.negative, False)):
        for value in values:
            text = _text(value)
            table[text] = y
            if text.removeprefix("-").isdecimal() and str(int(text)) == text:
                table[int(text)] = y
    return table
