"""The rules by which names become fields and fields have kinds, and the state of an inferred schema."""

from __future__ import annotations

import copy
import math
import pickle
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from streamimb import CalibratedClassifier, Field, GuardedClassifier, SampledClassifier, Schema
from streamimb.compose.inferred_schema import AT_ONCE, PERIOD, InferredSchema
from streamimb.engine import snapshot
from streamimb.linear_model import LogisticRegression
from tests.compose.parts import Recorder


def recorder(**options: Any) -> GuardedClassifier:
    return GuardedClassifier(Recorder(), **options)


def state_of(guard: GuardedClassifier) -> dict[str, Any]:
    state: dict[str, Any] = guard.__getstate__()["inferred"]
    return state


def taught(guard: GuardedClassifier, *events: dict[Any, Any]) -> list[dict[Any, Any]]:
    """What the classifier was given for each of these events."""
    before = len(guard.classifier._given)
    for x in events:
        guard.learn_one(x, True)
    return [x for x, _ in guard.classifier._given[before:]]


# ------------------------------------------------------------------ names


def test_the_first_event_is_learned_whole_and_a_later_name_from_its_third_event():
    guard = recorder()
    one, two = {"a": 1.0, "b": "x"}, {"a": 1.0, "b": "x", "c": 2.0}
    assert taught(guard, one, two, two, two) == [one, one, one, two]
    assert guard.counts == {"unknown_field": 2}


def test_a_first_event_of_too_many_names_waits_for_the_second():
    guard = recorder()
    wide = {f"f{i}": 1.0 for i in range(250)}
    widths = [len(x) for x in taught(guard, *[wide] * 6)]
    assert widths == [0, 0, AT_ONCE, 2 * AT_ONCE, 250, 250]


def test_names_that_occur_once_are_never_fields():
    guard = recorder(warm_up=100)
    given = taught(guard, *[{"a": 1.0, f"new {i}": 1.0, f"text {i}": "b"} for i in range(5000)])
    assert given[1:] == [{"a": 1.0}] * 4999
    assert guard.counts == {"unknown_field": 4999}


@pytest.mark.parametrize("flood", [1, 3, 9])
def test_a_flood_of_names_hides_no_real_one(flood):
    guard = recorder(max_features=10)
    rows = [{**{f"new {i} {k}": 1.0 for k in range(flood)}, "a": 1.0} for i in range(100)]
    taught(guard, {f"junk{i}": 1.0 for i in range(10)})  # the table is full before the first real name
    taught(guard, *rows[:30])
    assert "a" not in guard.inferred
    guard = recorder(max_features=10)
    assert taught(guard, *rows)[-1]["a"] == 1.0


def test_rare_fields_make_room_where_the_table_is_full():
    guard = recorder(max_features=10, warm_up=100)
    junk = {f"junk{i}": 1.0 for i in range(10)}
    taught(guard, junk)
    taught(guard, {"junk0": "a"}, *[{"a": 1.0}] * 200)
    guard.take_revisions()
    taught(guard, *[{"a": 1.0}] * 3000)
    assert list(guard.inferred) == ["a"]
    assert taught(guard, {"a": 1.0, **dict.fromkeys(list(junk)[:2], 1.0)}) == [{"a": 1.0}]
    # what was counted of a field that is gone is counted without its name
    assert guard.counts["left_out"] == guard.counts["type"] == 1
    assert not [reason for reason in guard.counts if "junk" in reason]
    assert "inferred schema: 10 fields given up: rare, and max_features was reached" in guard.take_revisions()


def test_an_optional_field_is_one_however_seldom_as_long_as_there_is_room():
    guard = recorder(warm_up=100)
    rows = [{"a": 1.0, "rare": 2.0} if i % 2000 == 5 else {"a": 1.0} for i in range(9000)]
    given = taught(guard, *rows)
    assert [x for x in given if "rare" in x] == [{"a": 1.0, "rare": 2.0}] * 3
    assert guard.inferred["rare"]["present"] < 0.01


@pytest.mark.parametrize(
    "name",
    [(1, 2), None, 2.5, b"a", "x" * 257, "\ud800", frozenset("a"), 2**63, -(2**63) - 1, 10**5000],
    ids=lambda name: type(name).__name__,
)
def test_a_name_that_no_state_can_hold_is_no_field(name):
    guard = recorder(warm_up=3)
    assert taught(guard, *[{"a": 1.0, name: 1.0}] * 5) == [{"a": 1.0}] * 5
    assert guard.counts == {"unknown_field": 5}
    assert snapshot.loads(snapshot.dumps(state_of(guard))) == state_of(guard)


@pytest.mark.parametrize("name", [0, -7, 2**63 - 1, "", "a:b", "é", np.int64(3), np.str_("a")])
def test_names_that_are_no_ascii_strings(name):
    guard = GuardedClassifier(LogisticRegression(), warm_up=3)
    for i in range(8):
        guard.learn_one({name: float(i), "b": 1.0}, i > 4)
    assert guard.check_one({name: 1.0, "b": 1.0}).reasons == ()
    assert guard.check_one({name: math.inf}).reasons == (f"inf:{name}", f"left_out:{name}")
    again = snapshot.loads(snapshot.dumps(guard))
    assert again.predict_proba_one({name: 9.0}) == guard.predict_proba_one({name: 9.0})
    assert again.schema_in_force == guard.schema_in_force


# ------------------------------------------------------------------ kinds


def test_the_kind_is_that_of_the_majority_during_the_warm_up():
    guard = recorder()
    given = taught(guard, {"a": "12.50"}, {"a": 1.0}, {"a": 2.0}, {"a": "n/a"}, {"a": 3}, {"a": 4.5})
    assert given == [{"a": "12.50"}, {}, {}, {}, {"a": 3}, {"a": 4.5}]
    assert guard.counts == {"type:a": 3, "left_out:a": 3}


def test_the_first_value_after_nulls_says_the_kind():
    guard = recorder()
    assert taught(guard, {"a": None}, {"a": math.nan}, {"a": "x"}, {"a": 1.0}, {}) == [
        {},
        {},
        {"a": "x"},
        {},
        {},
    ]


def test_a_number_in_a_field_of_lists_is_learned_from_its_second_on():
    guard = recorder()
    given = taught(guard, {"a": [1]}, {"a": [1]}, {"a": 1.0}, {"a": 2.0}, {"a": [1]}, {"a": 3.0})
    assert given == [{}, {}, {}, {"a": 2.0}, {}, {"a": 3.0}]


def test_a_missing_value_is_no_evidence():
    guard = recorder(warm_up=50)
    taught(guard, {"a": 1.0}, *[{"a": None}] * 30, *[{"a": math.nan}] * 3000, *[{}] * 3000)
    assert guard.schema_in_force == Schema({"a": Field(nullable=True)})
    assert taught(guard, {"a": 2.0}) == [{"a": 2.0}]


def test_a_schema_is_in_force_after_the_warm_up():
    guard = recorder(warm_up=50)
    for i in range(50):
        assert guard.schema_in_force is None
        taught(guard, {"amount": 1.0, "country": "NO", "member": True, "tags": [], "odd": "a" if i else 1.0})
    assert guard.schema_in_force == Schema(
        {
            "amount": Field(nullable=True),
            "country": Field("string", nullable=True),
            "member": Field("bool", nullable=True),
            "odd": Field("string", nullable=True),
        }
    )
    assert guard.take_revisions() == [
        "inferred schema: 5 fields: amount (number), country (string), member (bool), tags (unlearnable), odd (string)"
    ]
    assert guard.take_revisions() == []


def test_events_that_an_engine_admits_count_whether_or_not_they_are_learned_later():
    guard = recorder(warm_up=3)
    events: list[Any] = [{"a": 0.0}, {"a": math.inf}, [1], {"a": 2.0}]
    for x in events:
        assert guard.schema_in_force is None
        guard.admit_one(x)
    assert guard.schema_in_force == Schema({"a": Field(nullable=True)})
    assert guard.classifier._given == []


def test_notes_for_a_log_are_bounded():
    guard = recorder(warm_up=1)
    taught(guard, {"a": 1.0})
    guard.take_revisions()
    for i in range(300):
        taught(guard, *[{"a": 1.0, f"later{i}": 1.0}] * 3)
    (sentence,) = guard.take_revisions()
    assert sentence.startswith("inferred schema: 300 fields added: later0, later1, ")
    assert sentence.endswith("later19, and 280 more")


def test_a_configured_schema_infers_nothing():
    guard = GuardedClassifier(Recorder(), Schema({"a": Field()}))
    taught(guard, {"a": 1.0}, *[{"a": "x", "b": 1.0}] * 50)
    assert (guard.inferred, guard.revisions, guard.take_revisions()) == ({}, 0, [])
    assert guard.counts == {"type:a": 50, "unknown_field": 50}
    assert not guard.check_one({"a": "x"}).learnable
    assert guard.check_one({}).reasons == ("missing:a",)


# ------------------------------------------------------------------ the state


def odd_stream(n: int, seed: int) -> list[tuple[dict[str, Any], bool]]:
    """Fields that change kind, come and go, with odd values and names between them."""
    rng = random.Random(seed)
    rows = []
    for i in range(n):
        y = rng.random() < 0.1
        x: dict[str, Any] = {"a": rng.gauss(1.0 * y, 1), "b": rng.choice("xyz"), "c": rng.random() < 0.5}
        if i > n // 3:
            x["a"], x["d"] = f"v{rng.randrange(3)}", rng.random()
        if rng.random() < 0.2:
            x[rng.choice("abcd")] = rng.choice([None, math.nan, math.inf, "odd", 1, True, [1], 10**20])
        if rng.random() < 0.1:
            x[f"new{rng.randrange(500)}"] = 1.0
        if rng.random() < 0.1:
            del x["b"]
        rows.append((x, y))
    return rows


def whole(**options: Any) -> GuardedClassifier:
    sampled = SampledClassifier(LogisticRegression(), seed=1)
    return GuardedClassifier(CalibratedClassifier(sampled), **{"warm_up": 300, "max_features": 50, **options})


@pytest.mark.parametrize(
    "duplicate",
    [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m)), lambda m: snapshot.loads(snapshot.dumps(m))],
    ids=["deepcopy", "pickle", "snapshot"],
)
def test_resumed_anywhere_is_uninterrupted_bit_for_bit(duplicate: Callable[[Any], Any]):
    rows, rng = odd_stream(6000, 7), random.Random(1)
    cuts = {1, 2, 299, 300, 301, 300 + PERIOD, *(rng.randrange(6000) for _ in range(40))}
    one, two = whole(), whole()
    for i, (x, y) in enumerate(rows):
        if i in cuts:
            two = duplicate(two)
        assert one.predict_proba_one(x) == two.predict_proba_one(x)
        one.learn_one(x, y)
        two.learn_one(x, y)
    assert one.revisions > 2
    assert one.inferred == two.inferred
    assert snapshot.dumps(one) == snapshot.dumps(two)


def test_a_snapshot_and_a_look_change_nothing():
    one, two = whole(), whole()
    for i, (x, y) in enumerate(odd_stream(3000, 8)):
        if i % 17 == 0:
            snapshot.dumps(two)
            two.inferred  # noqa: B018  it must change nothing
            two.take_revisions()
            two.check_one(x)
            two.scores_one(x)
        one.learn_one(x, y)
        two.learn_one(x, y)
    assert snapshot.dumps(one) == snapshot.dumps(two)


DAMAGE: dict[str, Callable[[dict[str, Any]], object]] = {
    "kind": lambda state: state["fields"].update(a=(9, True, 1, 0, 0, 0, 0)),
    "kind of a name": lambda state: state["younger"].update(a=-1),
    "short": lambda state: state["fields"].update(a=(0, True, 1, 0)),
    "negative": lambda state: state["fields"].update(a=(0, True, -1, 0, 0, 0, 0)),
    "no number": lambda state: state["fields"].update(a=(0, True, 1.5, 0, 0, 0, 0)),
    "no bool": lambda state: state["fields"].update(a=(0, 1, 1, 0, 0, 0, 0)),
    "a list": lambda state: state.update(fields=[]),
    "too many": lambda state: state["older"].update({f"n{i}": 0 for i in range(51)}),
    "name": lambda state: state["fields"].update({"x" * 300: (0, True, 1, 0, 0, 0, 0)}),
    "nothing left": lambda state: state.update(left=0),
    "recent": lambda state: state.update(recent=2**63),
    "ready": lambda state: state.update(ready=1),
    "lacking": lambda state: state.pop("revisions"),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_state_is_refused(damage):
    guard = whole()
    for x, y in odd_stream(500, 1):
        guard.learn_one(x, y)
    state = state_of(guard)
    InferredSchema(300, 50, 10_000).load(state)
    damage(state)
    with pytest.raises((ValueError, KeyError)):
        InferredSchema(300, 50, 10_000).load(state)


class Word(str):
    """A name of a kind of its own: no snapshot can hold it."""

    __slots__ = ()


def test_a_name_of_another_kind_that_equals_one_met_before_is_no_field() -> None:
    guard = GuardedClassifier(LogisticRegression(), warm_up=50)
    guard.learn_one({"a": 1.0}, True)
    guard.learn_one({"a": 1.0, "b": 1.0}, False)  # met once
    guard.learn_one({"a": 1.0, Word("b"): 1.0}, False)
    assert "b" not in guard.inferred
    guard.learn_one({"a": 1.0, "b": 1.0}, False)
    assert "b" in guard.inferred
    assert snapshot.loads(snapshot.dumps(guard)).inferred == guard.inferred
