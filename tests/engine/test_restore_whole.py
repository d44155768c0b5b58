"""A state is taken over whole or not at all: what is damaged in it is refused before anything changes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from streamimb.engine import BothReported, Engine, SnapshotError
from streamimb.engine.snapshot import dumps, loads
from streamimb.events import Label
from tests.engine.parts import balanced, engine_of, event, feed, messy

Change = Callable[[Any], object]


def used() -> Engine:
    engine = engine_of(BothReported(ttl_s=100.0), max_held=20)
    feed(engine, messy(3, 200))
    return engine


def rows_of(engine: Engine) -> dict[str, bytes]:
    return {key: row for key, row in engine.take_changes().items() if row is not None}


def target() -> Engine:
    engine = engine_of(BothReported(ttl_s=100.0))
    engine.on_event(event("kept", 1.0))
    engine.on_label(Label("held", 1.0, True))
    return engine


def refused_and_unchanged(snapshot: bytes, rows: Any) -> None:
    engine = target()
    before, counters = engine.snapshot(), engine.counters
    ids = set(engine._life.memory.rows)
    with pytest.raises(SnapshotError) as refusal:
        engine.restore(snapshot, rows)
    assert len(str(refusal.value)) < 200
    assert engine.snapshot() == before
    assert engine.counters == counters
    assert set(engine._life.memory.rows) == ids
    engine.on_label(Label("kept", 2.0, True))
    assert balanced(engine)["joined"] == 1


STATES: dict[str, Change] = {
    "unknown counter": lambda s: s["counts"].update(nonsense=1),
    "missing counter": lambda s: s["counts"].pop("joined"),
    "negative counter": lambda s: s["counts"].update(learned=-1),
    "counter that is no number": lambda s: s["counts"].update(events="many"),
    "counter that is a float": lambda s: s["counts"].update(events=1.0),
    "counter beyond all counts": lambda s: s["counts"].update(events=2**200),
    "more positives than labels": lambda s: s["counts"].update(learned_positive=10**6),
    "rejections in a list": lambda s: s["counts"].update(rejected=[1]),
    "rejections without a reason": lambda s: s["counts"].update(rejected={3: 1}),
    "negative rejections": lambda s: s["counts"].update(rejected={"decode": -1}),
    "no sequence number": lambda s: s.update(seq=-1),
    "sequence number of before": lambda s: s.update(seq=3),
    "sequence number that is a bool": lambda s: s.update(seq=True),
    "time that is no number": lambda s: s.update(t=math.nan),
    "time without end": lambda s: s.update(t=math.inf),
    "share that is no number": lambda s: s.update(kept_share=math.nan),
    "negative share": lambda s: s.update(kept_share=-0.5),
    "clock without times": lambda s: s["clock"].pop("times"),
    "clock with a wrong time": lambda s: s["clock"]["times"].append(math.nan),
    "clock that stopped": lambda s: s["clock"].update(now=math.inf),
    "clock with another entry": lambda s: s["clock"].update(hour=1),
    "clock that jumped before the start": lambda s: s["clock"].update(jump_n=-1),
    "clock that jumped nowhere": lambda s: s["clock"].update(jump_seq=None),
    "schema of another kind": lambda s: s.update(schema=1),
    "built of another kind": lambda s: s.update(built=1, schema=""),
    "one part more": lambda s: s.update(more=1),
    "one part less": lambda s: s.pop("t"),
}


@pytest.mark.parametrize("change", STATES.values(), ids=STATES)
def test_a_damaged_state(change: Change) -> None:
    engine = used()
    rows, state = rows_of(engine), loads(engine.snapshot())
    change(state)
    refused_and_unchanged(dumps(state), rows)


def row(rows: dict[str, bytes], kind: str) -> tuple[str, list[Any]]:
    key = next(key for key in rows if key.startswith(kind))
    return key, msgspec.msgpack.decode(rows[key])


def put(kind: str, place: int, value: Any) -> Change:
    def change(rows: dict[str, bytes]) -> None:
        key, fields = row(rows, kind)
        fields[place] = value
        rows[key] = msgspec.msgpack.encode(fields)

    return change


def twice(rows: dict[str, bytes]) -> None:
    key, fields = row(rows, "p")
    rows["h" + key[1:]] = msgspec.msgpack.encode(["h", fields[1], 10**6, 1.0, 2.0, True])


def misfiled(rows: dict[str, bytes]) -> None:
    key, _ = row(rows, "f")
    rows["f-another"] = rows.pop(key)


def nested(rows: dict[str, bytes]) -> None:
    key, _ = row(rows, "p")
    rows[key] = b"\x91" * 100_000


def same_seq(rows: dict[str, bytes]) -> None:
    (_, first), (key, second) = row(rows, "f"), row(rows, "p")
    second[2] = first[2]
    rows[key] = msgspec.msgpack.encode(second)


# places: tag, id, seq, then as in `rows`
ROWS: dict[str, Change] = {
    "not MessagePack": lambda rows: rows.update(px=b"\xc1"),
    "empty": lambda rows: rows.update(px=b""),
    "not bytes": lambda rows: rows.update(px=7),
    "nested without end": nested,
    "under another key": misfiled,
    "an id with two rows": twice,
    "two rows with one sequence number": same_seq,
    "a kind that there is not": put("p", 0, "q"),
    "no id": put("p", 1, ""),
    "an id that is a number": put("p", 1, 7),
    "a negative sequence number": put("p", 2, -1),
    "a sequence number from the future": put("f", 2, 10**9),
    "a time that is none": put("p", 3, math.nan),
    "an end that is none": put("p", 4, math.nan),
    "an end of a remembered event that is none": put("f", 3, math.nan),
    "features in a list": put("p", 5, [1.0]),
    "features in features": put("p", 5, {"a": {"b": 1.0}}),
    "a name that is a list": put("p", 5, {("a", 1): 1.0}),
    "a probability beyond 1": put("p", 6, 1.5),
    "a probability that is none": put("p", 8, math.nan),
    "a probability in words": put("p", 7, "half"),
    "learnable perhaps": put("p", 9, 2),
    "ahead of itself": put("p", 11, -1.0),
    "a label that came no way": put("p", 12, True),
    "a way without a label": put("p", 14, 1),
    "a way that there is not": put("p", 14, 9),
    "an end that there is not": put("f", 4, 17),
    "a held label without a class": put("h", 5, None),
}


@pytest.mark.parametrize("change", ROWS.values(), ids=ROWS)
def test_a_damaged_row(change: Change) -> None:
    engine = used()
    rows = rows_of(engine)
    assert {key[0] for key in rows} == {"p", "h", "f"}
    change(rows)
    refused_and_unchanged(engine.snapshot(), rows)


def test_the_undamaged_state_is_taken() -> None:
    engine, other = used(), target()
    rows = rows_of(engine)
    other.restore(engine.snapshot(), rows)
    assert other.snapshot() == engine.snapshot()
    assert rows_of(other) == {}
    assert other.counters == engine.counters


def test_force_takes_no_damaged_state_either() -> None:
    engine, other = used(), target()
    state = loads(engine.snapshot())
    state["counts"]["nonsense"] = 1
    before = other.snapshot()
    with pytest.raises(SnapshotError, match="a counter"):
        other.restore(dumps(state), rows_of(engine), force=True)
    assert other.snapshot() == before
