"""The engine: an event that is not perfect, against the perfect event of 30 floats.

Every event has one defect, in another field each time. Where the event brings its label, the engine does least beside
the model, so that a defect weighs most. Where the label comes 10,000 events later, the event is learned from the row
that the engine kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from benchmarks.messages import NUMBERS, T0, Stream, floats
from benchmarks.rounds import Case, Group, Side, times_the_cost
from benchmarks.works import defects
from benchmarks.works.defects import Change
from benchmarks.works.late_labels import BLOCK, LAG, WARM_UP
from benchmarks.works.whole_path import whole_path
from streamimb import Field, Schema
from streamimb.connections import Record
from streamimb.engine import BothReported, Engine
from streamimb.events import Event, Label
from streamimb.serve.decode import EventDecoder, FieldMapping

GATE = times_the_cost(1.5)

Make = Callable[[Schema | None, Stream], Side]
Defect = tuple[str, Schema | None, Change]


def with_labels(schema: Schema | None, stream: Stream) -> Side:
    """Events that bring their label; those of the warm-up are perfect."""
    on_event = Engine(whole_path(schema=schema), BothReported()).on_event
    decode = EventDecoder(FieldMapping()).decode

    def event(of: Stream, i: int) -> Any:
        return decode(Record(0, i, float(T0 + i), None, of.labelled_message(i)))

    for i in range(WARM_UP):
        on_event(event(floats(), i))

    def prepare(block: int) -> list[Any]:
        first = WARM_UP + block * BLOCK
        return [event(stream, i) for i in range(first, first + BLOCK)]

    def run(events: list[Any]) -> None:
        for one in events:
            on_event(one)

    return Side(prepare, run, BLOCK)


def _late(schema: Schema | None, stream: Stream, *, decoding: bool) -> Side:
    """Events, and the labels of 10,000 events before; where `decoding`, the decoder's time counts."""
    engine = Engine(whole_path(schema=schema), BothReported())
    # Every record here is an event.
    decode = cast(Callable[[Record], Event], EventDecoder(FieldMapping(label=None)).decode)
    on_event, on_label = engine.on_event, engine.on_label

    def record(i: int) -> Record:
        return Record(0, i, float(T0 + i), None, stream.message(i))

    def event(i: int) -> Event:
        return decode(record(i))

    def label(i: int) -> Label:
        return Label(f"e{i}", float(T0 + i + LAG), stream.label(i))

    for i in range(WARM_UP):
        on_event(event(i))
        on_label(label(i))
    for i in range(WARM_UP, WARM_UP + LAG):
        on_event(event(i))

    def prepare(block: int) -> list[tuple[Any, Label]]:
        labelled = range(WARM_UP + block * BLOCK, WARM_UP + (block + 1) * BLOCK)
        make = record if decoding else event
        return [(make(i + LAG), label(i)) for i in labelled]

    def run_events(events: list[tuple[Any, Label]]) -> None:
        for new, known in events:
            on_event(new)
            on_label(known)

    def run_records(records: list[tuple[Any, Label]]) -> None:
        for new, known in records:
            on_event(decode(new))
            on_label(known)

    return Side(prepare, run_records if decoding else run_events, BLOCK)


def late_labels(schema: Schema | None, stream: Stream) -> Side:
    return _late(schema, stream, decoding=False)


def decoded_late_labels(schema: Schema | None, stream: Stream) -> Side:
    return _late(schema, stream, decoding=True)


def _schema(**options: Any) -> Schema:
    return Schema({name: Field(**options) for name in NUMBERS})


def _schema_with_a_bool() -> Schema:
    kinds = dict.fromkeys(NUMBERS, Field()) | {defects.FLAG: Field(type="bool")}
    return Schema(kinds)


def _group(title: str, make: Make, schema: Schema | None, *found: Defect) -> Group:
    """Each defect under a schema that allows it, against the perfect event under `schema`."""
    return Group(
        f"{title}: the perfect event",
        lambda: make(schema, floats()),
        tuple(_case(f"{title}: {name}", make, own, change) for name, own, change in found),
    )


def _case(title: str, make: Make, schema: Schema | None, change: Change) -> Case:
    return Case(title, GATE, lambda: make(schema, floats().changed(change)))


GROUPS = (
    _group(
        "engine",
        with_labels,
        _schema(),
        ("one null (nullable)", _schema(nullable=True), defects.null),
        ("one NaN (nullable)", _schema(nullable=True), defects.not_a_number),
        ("one absent (default)", _schema(default=0.0), defects.absent),
        ("one absent (nullable)", _schema(nullable=True), defects.absent),
        ("one field more", _schema(), defects.one_more),
        ("an int among floats", _schema(), defects.an_int),
        ("a field of bools", _schema_with_a_bool(), defects.flag),
        ("a bool as a number (coerce)", _schema(coerce=True), defects.a_bool),
        ("keys in another order", _schema(), defects.reordered),
    ),
    _group(
        "engine, inferred schema",
        with_labels,
        None,
        ("one null", None, defects.null),
        ("one NaN", None, defects.not_a_number),
        ("one absent", None, defects.absent),
        ("one new field each", None, defects.one_new),
        ("a bool as a number", None, defects.a_bool),
        ("keys in another order", None, defects.reordered),
    ),
    _group(
        "engine, late labels",
        late_labels,
        _schema(),
        ("one null (nullable)", _schema(nullable=True), defects.null),
        ("one absent (default)", _schema(default=0.0), defects.absent),
    ),
    _group(
        "decoder and engine",
        decoded_late_labels,
        _schema(),
        ("a NaN as Python writes it", _schema(nullable=True), defects.not_a_number),
    ),
)
