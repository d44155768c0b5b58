"""Features that no row can hold: scored, refused as state with a reason, counted; nothing else is lost with them."""

from __future__ import annotations

import enum
from typing import Any

import numpy as np
import pytest

from streamimb import Field, GuardedClassifier, Schema, linear_model
from streamimb.engine import BothReported, Engine, LabelPolicy, PositivesReported
from streamimb.engine.rows import Finished, Pending, comes_back
from streamimb.events import Event, Label
from tests.engine.parts import balanced, scored, until

REGIMES: list[LabelPolicy] = [BothReported(), PositivesReported(window_s=10.0)]


class Word(str):
    __slots__ = ()


class Colour(enum.Enum):
    RED = "red"


NAMES: list[Any] = [
    ("a", 1),
    (),
    1.5,
    None,
    True,
    b"a",
    frozenset({"a"}),
    Colour.RED,
    "\udcff",
    2**64,
    -(2**63) - 1,
]
TUPLE: dict[Any, Any] = {("a", 1): 1.0}
KEPT: list[Any] = ["a", "é", "日本", "😀", "", 0, -7, 2**63 - 1, -(2**63), np.str_("m")]


def of(fields: dict[Any, Field], labels: LabelPolicy) -> Engine:
    return Engine(GuardedClassifier(linear_model.LogisticRegression(), Schema(fields)), labels)


def restarted(engine: Engine) -> tuple[Engine, dict[str, bytes | None]]:
    changes = engine.take_changes()
    other = Engine(engine.model.clone(), engine._labels)
    other.restore(engine.snapshot(), {key: row for key, row in changes.items() if row is not None})
    return other, changes


@pytest.mark.parametrize("labels", REGIMES)
@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_a_name_that_no_row_can_hold(name: Any, labels: LabelPolicy) -> None:
    engine = of({"ok": Field(nullable=True), name: Field(nullable=True)}, labels)
    engine.on_event(Event("before", 1.0, {"ok": 1.0}))
    said = scored(engine.on_event(Event("odd", 1.0, {"ok": 1.0, name: 2.0})))
    assert "unstorable" in said.reasons
    engine.on_event(Event("after", 1.0, {"ok": 1.0}))
    engine.on_label(Label("odd", 2.0, True))
    counters = balanced(engine)
    assert counters["rejected"] == {"unstorable": 1}
    assert (counters["scored"], counters["pending"], counters["unlearnable"]) == (3, 2, 1)
    assert counters["label_of_rejected"] == 1
    assert sorted(engine.take_changes()) == ["fodd", "pafter", "pbefore"]


@pytest.mark.parametrize("labels", REGIMES)
def test_a_label_that_was_there_first_is_counted(labels: LabelPolicy) -> None:
    engine = of({("a", 1): Field()}, labels)
    engine.on_label(Label("odd", 1.0, True))
    assert "unstorable" in scored(engine.on_event(Event("odd", 1.0, TUPLE))).reasons
    assert balanced(engine)["label_of_rejected"] == 1


def test_an_event_that_is_learned_at_once_needs_no_row() -> None:
    engine = of({("a", 1): Field()}, BothReported())
    assert "unstorable" not in scored(engine.on_event(Event("now", 1.0, TUPLE, True))).reasons
    assert engine.counters["learned"] == 1


@pytest.mark.parametrize("labels", REGIMES)
@pytest.mark.parametrize("schema", [True, False])
@pytest.mark.parametrize("value", ["\ud800", "a\udfffb", "日\udc00"])
def test_a_string_with_a_lone_surrogate(value: str, schema: bool, labels: LabelPolicy) -> None:
    fields = Schema({"text": Field("string", nullable=True), "n": Field(nullable=True)}) if schema else None
    engine = Engine(GuardedClassifier(linear_model.LogisticRegression(), fields), labels)
    engine.on_event(Event("before", 1.0, {"text": "x", "n": 1.0}))
    assert "unstorable" in scored(engine.on_event(Event("odd", 1.0, {"text": value}))).reasons
    engine.on_event(Event("after", 1.0, {"text": "y", "n": 1.0}))
    other, changes = restarted(engine)
    assert sorted(changes) == ["fodd", "pafter", "pbefore"]
    assert other.snapshot() == engine.snapshot()


@pytest.mark.parametrize("labels", REGIMES)
@pytest.mark.parametrize("name", KEPT, ids=repr)
def test_a_name_that_survives_a_restart(name: Any, labels: LabelPolicy) -> None:
    engines = [of({name: Field(nullable=True), "n": Field(nullable=True)}, labels) for _ in range(2)]
    for engine in engines:
        for i in range(40):
            said = scored(engine.on_event(Event(f"e{i}", 1.0, {name: float(i), "n": 0.5})))
            assert "unstorable" not in said.reasons
    engines[1], _ = restarted(engines[1])
    for engine in engines:
        engine.take_changes()
        for i in range(40):
            engine.on_label(Label(f"e{i}", 2.0, i % 4 == 0))
        until(engine, 30.0)
        assert balanced(engine)["learned"] == 40
    assert engines[0].snapshot() == engines[1].snapshot()


@pytest.mark.parametrize(
    "x",
    [
        {"a": 1.0, "b": "x", "c": True, "d": None, 7: 2},
        {"a": np.float64(0.1)},
        {"a": np.int64(3)},
        {"a": np.str_("x")},
        {np.str_("a"): 1.0},
        {"a": float("inf")},
    ],
)
def test_features_that_come_back(x: dict[Any, Any]) -> None:
    assert comes_back(x)


@pytest.mark.parametrize(
    "x",
    [
        {"a": [1.0]}, {"a": (1.0,)}, {"a": {"b": 1.0}}, {"a": b"x"}, {"a": 1j}, {"a": Word("x")}, {"a": Colour.RED},
        {"a": 2**64}, {"a": np.array([1.0])}, {"a": object()}, {"a": {1}}, {"a": np.datetime64("2020-01-01")},
    ],
)  # fmt: skip
def test_features_that_do_not(x: dict[Any, Any]) -> None:
    assert not comes_back(x)


@pytest.mark.parametrize("labels", REGIMES)
@pytest.mark.parametrize("stored", [False, True], ids=["never stored", "stored before"])
def test_a_row_that_can_no_longer_be_stored_is_given_up_and_holds_nothing_away(
    stored: bool, labels: LabelPolicy
) -> None:
    engine = of({"a": Field()}, labels)
    engine.on_event(Event("first", 1.0, {"a": 1.0}))
    if stored:
        assert list(engine.take_changes()) == ["pfirst"]
    x: dict[Any, Any] = {"a": 1.0}
    engine.on_event(Event("bad", 1.0, x))
    if stored:
        assert list(engine.take_changes()) == ["pbad"]
        engine.on_label(Label("bad", 1.0, False))  # its row changes once more, where its window is open
        if isinstance(labels, BothReported):
            return
    x["a"] = object()
    engine.on_event(Event("last", 1.0, {"a": 1.0}))
    changes = engine.take_changes()
    kept = {key for key, row in changes.items() if row is not None}
    assert kept == ({"fbad", "plast"} if stored else {"pfirst", "fbad", "plast"})
    assert changes.keys() - kept == ({"pbad"} if stored else set())
    assert balanced(engine)["rejected"] == {"unstorable": 1}
    assert type(engine._life.memory.rows["bad"]) is Finished
    engine.on_label(Label("bad", 2.0, True))
    assert engine.counters["label_of_rejected"] == 1
    assert balanced(engine)["pending"] == 2
    assert engine.take_changes() == {}


def test_the_notes_of_changes_outlive_a_failure_of_ours() -> None:
    """A row without features does not fail; if it did, no note would be lost."""
    engine = of({"a": Field()}, BothReported())
    engine.take_changes()
    engine.on_event(Event("good", 1.0, {"a": 1.0}))
    engine.on_label(Label("held", 1.0, True))
    held: Any = engine._life.memory.rows["held"]
    held.y = object()
    with pytest.raises(NotImplementedError):
        engine.take_changes()
    held.y = True
    assert sorted(engine.take_changes()) == ["hheld", "pgood"]


def test_a_pending_row_keeps_what_was_served() -> None:
    engine = of({"a": Field(), 7: Field(nullable=True)}, BothReported())
    x: dict[Any, Any] = {"a": 1.0, 7: 2.0}
    engine.on_event(Event("e", 1.0, x))
    other, _ = restarted(engine)
    row = other._life.memory.rows["e"]
    assert type(row) is Pending
    assert row.x == x
