"""Decoders: the JSON of a record becomes an `Event`, a `Label`, a `Rejection`, or nothing.

A record is one flat JSON object, whose fields are named by a `FieldMapping`. A decoder never raises because of the
content of a record, and never puts a value into a rejection. It does not check features; the guard does.
"""

import json
from typing import Any, Literal, Protocol

import msgspec

from streamimb._kernels.record_parser import UNITS_PER_SECOND as UNITS_PER_SECOND
from streamimb._kernels.record_parser import (
    EventParser,
    LabelParser,
    MixedParser,
    quote_numbers,
    spelt,
    unquote_numbers,
)
from streamimb.connections import Record
from streamimb.events import Event, Label, Rejection

Decoded = Event | Label | Rejection | None

parse = msgspec.json.Decoder().decode


def parse_as_python_writes(value: bytes) -> Any:
    """Parse JSON with NaN, Infinity and 1e400, which Python's encoder writes although they are not JSON.

    A lone surrogate, which could not be written again, raises ValueError like other malformed text.

    Cost: about 1.5 times that of `parse` where NaN and Infinity stand among the values of the record itself, and it has
    no backslash; ten times as much where only Python's own decoder accepts the text.

    Examples
    --------
    >>> parse_as_python_writes(b'{"id": "a", "amount": NaN}')
    {'id': 'a', 'amount': nan}
    """
    quoted, found = quote_numbers(value)
    if found > 0 and b"\\" not in value:
        try:
            fields = parse(quoted)
        except (ValueError, RecursionError):  # a quoted word inside a string ends that string: read below
            fields = None
        # Fewer where one is nested, is a name, or is overwritten by a later value of the same name.
        if type(fields) is dict and unquote_numbers(fields) == found:
            return fields
    try:
        return parse(value)
    except ValueError:
        fields = json.loads(value.decode())
    json.dumps(fields, ensure_ascii=False).encode()
    return fields


class Decoder(Protocol):
    """Turns a record into an event, a label or a rejection."""

    def decode(self, record: Record) -> Decoded:
        """Decode a record, never raising; None for an empty value.

        An event whose label cannot be read is an `Event` whose `y` is the label's `Rejection`: the event is scored,
        and the label is rejected.

        The rejection of an event has its id, so that a label for it is recognised as that of a rejected event. The
        rejection of a label has no id, because the event is not rejected.
        """


class FieldMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The roles of the fields of a flat JSON record.

    A field that is not named here is a feature. Where a key occurs twice in a record, the last one wins.

    Parameters
    ----------
    id
        Field of the event's id: a string, or an integer, which becomes its decimal string.
    time
        Field of the time; a record without it has its record time. None: always the record time.
    label
        Field of the label; an event need not have one (absent or null: not known yet). One that cannot be
        read is rejected as `label_value`, and its event is scored without. None: events never carry a label
        (not for records with the role of labels).
    type
        Field that tells `event` from `label` where one input carries both; elsewhere a field like any.
    drop
        Fields that are ignored.
    categorical
        Fields whose numbers are codes: they become strings (7 and 7.0 both `"7"`).
    time_unit
        Unit of the time field.
    positive, negative
        Labels that mean the rare class, and not, beside the numbers 1 and 0 (1.0 and 0.0), true and false, and
        the strings "1" and "0"; values named here take precedence. Other strings such as "1.0",
        "true" or " 1" are labels only where they are named here.
    earliest_s, latest_s
        Times outside this range, in seconds, are rejected as a wrong unit; 1990 to 2100 by default.
    max_bytes
        Longer records are rejected before they are decoded.
    max_id_bytes
        Longer ids are rejected.
    tombstone_retracts
        An empty value among labels takes back the label of the id in the record's key.

    Raises
    ------
    ValueError
        Two roles for one field, a label value in both lists, or bounds in the wrong order.

    Examples
    --------
    >>> from streamimb.connections import Record
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
        both = set(map(spelt, self.positive)) & set(map(spelt, self.negative))
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


def checked(mapping: FieldMapping, classes: tuple[str, ...]) -> FieldMapping:
    """Return the mapping; raise ValueError where it names labels that mean True or False beside classes by name."""
    for name in ("positive", "negative") if classes else ():
        if getattr(mapping, name):
            raise ValueError(
                f"{name}={getattr(mapping, name)!r}: there are classes by name, and a label names its class: leave it "
                "out"
            )
    return mapping


class EventDecoder(EventParser):
    """Records that are events, with or without their label.

    `classes` are the names of the classes, where labels are not True and False: `y` is then a name. A number spells a
    name as in `positive`; true and false are no names.

    Cost: one JSON parse into one dict, about 2 microseconds for 30 numbers, and .2 microseconds more.

    Examples
    --------
    >>> from streamimb.connections import Record
    >>> decoder = EventDecoder(FieldMapping(positive=("fraud",)))
    >>> event = decoder.decode(Record(0, 0, 1.6e9, None, b'{"id": "a", "label": "fraud", "amount": 2}'))
    >>> event.t, event.y, event.x
    (1600000000.0, True, {'amount': 2})
    >>> decoder = EventDecoder(FieldMapping(), ("normal", "dos"))
    >>> decoder.decode(Record(0, 0, 1.6e9, None, b'{"id": "a", "label": "dos", "amount": 2}')).y
    'dos'
    """

    def __init__(
        self, mapping: FieldMapping, classes: tuple[str, ...] = (), propensity: str | None = None
    ) -> None:
        super().__init__(checked(mapping, classes), parse, parse_as_python_writes, classes, propensity)


class LabelDecoder(LabelParser):
    """Records that are labels; `classes` as in `EventDecoder`, `propensity` is the field of a label's propensity.

    Cost: one JSON parse.

    Examples
    --------
    >>> from streamimb.connections import Record
    >>> LabelDecoder(FieldMapping()).decode(Record(0, 0, 1.6e9, None, b'{"id": "a", "label": "maybe"}'))
    Rejection(reason='label_value', field='label', id='')
    """

    def __init__(
        self, mapping: FieldMapping, classes: tuple[str, ...] = (), propensity: str | None = None
    ) -> None:
        if mapping.label is None:
            raise ValueError("label=None: labels are read from a field, name it")
        super().__init__(checked(mapping, classes), parse, parse_as_python_writes, classes, propensity)


class MixedDecoder(MixedParser):
    """Events and labels in one input, distinguished by the `type` field: `event` or `label`; the rest as above.

    Cost: one JSON parse.

    Examples
    --------
    >>> from streamimb.connections import Record
    >>> decoder = MixedDecoder(FieldMapping())
    >>> decoder.decode(Record(0, 0, 1.6e9, None, b'{"type": "label", "id": "a", "label": 1}')).y
    True
    """

    def __init__(
        self, mapping: FieldMapping, classes: tuple[str, ...] = (), propensity: str | None = None
    ) -> None:
        if mapping.label is None:
            raise ValueError("label=None: labels are read from a field, name it")
        super().__init__(checked(mapping, classes), parse, parse_as_python_writes, classes, propensity)


DECODERS: dict[str, type[EventDecoder] | type[LabelDecoder] | type[MixedDecoder]] = {
    "events": EventDecoder,
    "labels": LabelDecoder,
    "both": MixedDecoder,
}
