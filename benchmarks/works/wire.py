"""JSON bytes to score to learn, of events that bring their label; decoding is timed.

Half of our time is msgspec's parse of the message, which has 770 bytes under these names: it bounds the ratio to
about 10.
"""

from __future__ import annotations

import json
from typing import Any

from benchmarks.messages import T0, floats
from benchmarks.river_models import SCALED, scaled_logistic
from benchmarks.rounds import Case, Group, Side, times_faster
from benchmarks.works.late_labels import BLOCK, WARM_UP
from benchmarks.works.whole_path import whole_path
from streamimb.connections import Record
from streamimb.engine import BothReported, Engine
from streamimb.serve.decode import EventDecoder, FieldMapping


def _record(i: int) -> Record:
    return Record(0, i, float(T0 + i), None, floats().labelled_message(i))


def _numbers(block: int) -> range:
    return range(WARM_UP + block * BLOCK, WARM_UP + (block + 1) * BLOCK)


def _side(take: Any, make: Any) -> Side:
    """`take` does all that is timed with what `make` makes of the number of an event."""
    for i in range(WARM_UP):
        take(make(i))

    def run(blocks: list[Any]) -> None:
        for one in blocks:
            take(one)

    return Side(lambda block: [make(i) for i in _numbers(block)], run, BLOCK)


def _model() -> Side:
    decode, learn = EventDecoder(FieldMapping(label="label")).decode, whole_path().score_learn_one

    def take(record: Record) -> None:
        event: Any = decode(record)  # an Event with its label: all of these are
        learn(event.x, event.y)

    return _side(take, _record)


def _engine() -> Side:
    decode = EventDecoder(FieldMapping(label="label")).decode
    on_event = Engine(whole_path(), BothReported()).on_event

    def take(record: Record) -> None:
        event: Any = decode(record)
        on_event(event)

    return _side(take, _record)


def _river() -> Side:
    model = scaled_logistic()
    predict, learn = model.predict_proba_one, model.learn_one

    def take(value: bytes) -> None:
        x = json.loads(value)
        del x["id"], x["time"]
        y = bool(x.pop("label"))
        predict(x)
        learn(x, y)

    return _side(take, floats().labelled_message)


GROUPS = (
    Group(
        f"json.loads, {SCALED}",
        _river,
        (
            Case("JSON bytes -> score -> learn, decoder and model", times_faster(12.0, 8.0), _model),
            Case("JSON bytes -> score -> learn, decoder and engine", times_faster(6.0, 5.0), _engine),
        ),
    ),
)
