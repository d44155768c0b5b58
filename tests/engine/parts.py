"""Streams and engines that several test files share; seeded, so that each is the same in every file."""

from __future__ import annotations

import random
from typing import Any

from river import base

from streamimb import linear_model
from streamimb.compose import Field, GuardedClassifier, Schema
from streamimb.engine import BothReported, Engine, LabelPolicy, Settings, label_identity
from streamimb.engine.rows import Finished, Held, Pending
from streamimb.events import AnyScore, Event, Label, Rejection, Score

Record = Event | Label
SCHEMA = Schema({"a": Field(), "b": Field(nullable=True), "amount": Field(min=0.0, nullable=True)})


def guarded() -> GuardedClassifier:
    return GuardedClassifier(linear_model.LogisticRegression(), SCHEMA)


def engine_of(
    labels: LabelPolicy | None = None, model: base.Classifier | None = None, **settings: Any
) -> Engine:
    return Engine(
        guarded() if model is None else model,
        BothReported() if labels is None else labels,
        Settings(**settings),
    )


def event(id: str, t: float = 0.0, y: bool | None = None, **x: Any) -> Event:
    return Event(id, t, {"a": 1.0, "b": 0.5, **x}, y)


def warm(engine: Engine, t: float = 0.0) -> Engine:
    """Teach an engine a negative and five positives, so that its scores are measured."""
    for i in range(6):
        engine.on_event(event(f"warm{i}", t, y=i > 0))
    if engine.counters["learned"] == 0:
        until(engine, t + 150.0)
    assert engine.counters["learned_positive"] == 5
    return engine


def until(engine: Engine, t: float) -> None:
    """Tell the engine a time often enough to be believed; t is within `skew_s` of engine time."""
    for _ in range(2 * engine._settings.skew_n):
        engine.on_time(t)
    assert engine.time == t


def scored(said: AnyScore | Rejection) -> Score:
    assert isinstance(said, Score)
    return said


def refused(said: AnyScore | Rejection | None) -> str:
    assert isinstance(said, Rejection)
    return said.reason


def feed(engine: Engine, records: list[Record]) -> None:
    for record in records:
        if isinstance(record, Event):
            engine.on_event(record)
        else:
            engine.on_label(record)


def balanced(engine: Engine) -> dict[str, Any]:
    """The counters, checked against each other and against the rows."""
    counters = engine.counters
    memory = engine._life.memory
    kinds = [type(row) for row in memory.rows.values()]
    counted = [counters[kind] for kind in ("pending", "held", "finished")]
    assert counted == [kinds.count(kind) for kind in (Pending, Held, Finished)]
    assert counters["waiting"] == memory.waiting_n()
    read, ended = label_identity(counters)
    assert read == ended, counters
    return counters


def messy(seed: int, n: int = 300) -> list[Record]:
    """Events and labels in every relation: before, after, twice, conflicting, taken back, inline, stale."""
    rng = random.Random(seed)
    records: list[Record] = []
    for i in range(n):
        t, id = float(i), f"e{rng.randrange(int(n * 0.9))}"
        what = rng.random()
        if what < 0.62:
            x: dict[str, Any] = {"a": rng.gauss(0, 1), "b": rng.choice([None, rng.gauss(0, 1)])}
            if rng.random() < 0.03:
                x["a"] = float("inf")
            if rng.random() < 0.03:
                x = {f"f{j}": 1.0 for j in range(11_000)} if rng.random() < 0.3 else {"a": "text"}
            y = rng.choice([True, False]) if rng.random() < 0.2 else None
            lag = rng.choice([0.0, 0.0, 5.0, 400.0, -1e6]) if rng.random() < 0.2 else 0.0
            records.append(Event(id, t - lag, x, y))
        else:
            y = rng.choice([True, True, False, False, False, None])
            records.append(Label(id, t + rng.choice([0.0, -30.0, 10.0]), y))
    return records
