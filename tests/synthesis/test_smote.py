"""SMOTE: points between an event and a neighbour of its class; categories by majority; what is missing stays so."""

from __future__ import annotations

import copy
import functools
import math
import random
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamimb.engine.snapshot import dumps, loads
from streamimb.stats import RecencyReservoir, UniformReservoir
from streamimb.synthesis import SMOTE
from tests.synthesis.streams import EVENTS, STREAMS, is_number, taught, unasked

FEW = settings(max_examples=60, deadline=None)


def lies_between(made: Any, x: Any, other: Any) -> bool:
    """Whether one u in [0, 1] gives every number of the example that is a number in both; up to rounding."""
    low, high = Fraction(0), Fraction(1)
    for name, a in x.items():
        b = other.get(name)
        if not is_number(a) or not is_number(b):
            if is_number(a) and made[name] != a:
                return False
            continue
        if not min(float(a), float(b)) <= made[name] <= max(float(a), float(b)):
            return False
        span = Fraction(float(b)) - Fraction(float(a))
        if span == 0:
            continue
        u = (Fraction(made[name]) - Fraction(float(a))) / span
        error = Fraction(1, 2**40) * (abs(Fraction(float(a))) + abs(Fraction(float(b)))) / abs(
            span
        ) + Fraction(1, 10**300)
        low, high = max(low, u - error), min(high, u + error)
    return low <= high


@FEW
@given(stream=STREAMS, x=EVENTS, copies=st.integers(1, 6), k=st.integers(1, 5))
def test_examples_lie_between_the_event_and_a_neighbour_of_its_class(
    stream: list[Any], x: dict[Any, Any], copies: int, k: int
) -> None:
    smote = taught(SMOTE(k=k), stream)
    before = copy.deepcopy(x)
    made = list(smote.examples_one(x, True, copies, unasked))
    assert repr(x) == repr(before)
    assert [w for _, w in made] == [1.0] * copies
    own = [other for other, y in stream if y]
    for example, _ in made:
        assert list(example) == list(x)
        assert repr(example) == repr(x) or any(lies_between(example, x, other) for other in own)
        for name, value in x.items():
            if not is_number(value):
                assert type(example[name]) in ((str, bool) if type(value) in (str, bool) else (type(value),))
                values = [value, *(other[name] for other in own if name in other)]
                assert example[name] in values


@FEW
@given(stream=STREAMS, x=EVENTS)
def test_a_saved_one_goes_on_as_the_uninterrupted_one(stream: list[Any], x: dict[Any, Any]) -> None:
    smote = taught(SMOTE(k=2, reservoir=UniformReservoir(size=4)), stream)
    again = loads(dumps(smote))
    for each in (*stream, (x, True)):
        made = [repr(list(one.examples_one(each[0], True, 2, unasked))) for one in (smote, again)]
        assert made[0] == made[1]
        for one in (smote, again):
            one.learn_one(*each)
    assert dumps(smote) == dumps(again)


def test_the_neighbours_are_the_nearest_in_standard_deviations() -> None:
    smote = SMOTE(k=2)
    for a, b in ((0.0, 0.0), (0.1, 900.0), (0.2, 100.0), (9.0, 50.0), (10.0, 1000.0)):
        smote.learn_one({"a": a, "b": b}, True)
    # In standard deviations (4.7 and 427) the two nearest are (0, 0) and (.2, 100); unscaled, b alone would count.
    near = smote._near.nearest({"a": 0.0, "b": 60.0}, True, 2)
    assert [x["a"] for x in near] == [0.2, 0.0]


def test_the_neighbours_are_those_of_a_search_event_by_event() -> None:
    rng = random.Random(3)
    events: list[dict[str, Any]] = [
        {"a": rng.gauss(0, 1), "b": rng.gauss(0, 50), "s": rng.choice("uv")} for _ in range(200)
    ]
    events[7].pop("a")
    events[9]["b"] = None
    smote = taught(SMOTE(), [(x, True) for x in events])
    scale = {}
    for name in "ab":
        values = [x[name] for x in events if x.get(name) is not None]
        mean = sum(values) / len(values)
        scale[name] = math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))

    def square(x: Any, other: Any) -> float:
        total = float(x["s"] != other["s"])
        for name in "ab":
            a, b = x.get(name), other.get(name)
            both = a is not None and b is not None
            total += ((a - b) / scale[name]) ** 2 if both else float((a is None) != (b is None))
        return total

    for x in events[:20]:
        wanted = sorted(events, key=functools.partial(square, x))[:5]
        assert smote._near.nearest(x, True, 5) == wanted


def test_a_category_is_the_commonest_of_the_neighbours_and_its_own_on_a_tie() -> None:
    smote = SMOTE(k=4)
    for s, flag in (("u", True), ("u", True), ("v", False), ("v", True)):
        smote.learn_one({"a": 0.0, "s": s, "flag": flag}, True)
    for own, wanted in (
        ("v", "v"),
        ("u", "u"),
        ("w", "u"),
    ):  # the nearest of the commonest where w has no vote
        (example, _), *_ = smote.examples_one({"a": 0.0, "s": own, "flag": True}, True, 1, unasked)
        assert example == {"a": 0.0, "s": wanted, "flag": True}


def test_what_is_missing_stays_missing() -> None:
    smote = SMOTE()
    smote.learn_one({"a": 1.0, "b": 2.0, "c": 3.0}, True)
    (example, _), *_ = smote.examples_one({"a": None, "b": math.inf, "d": 5.0}, True, 1, unasked)
    assert example == {"a": None, "b": math.inf, "d": 5.0}


def test_other_classes_give_no_neighbour() -> None:
    smote = SMOTE()
    smote.learn_one({"a": 1.0}, False)
    smote.learn_one({"a": 2.0}, "other")
    assert list(smote.examples_one({"a": 5.0}, True, 2, unasked)) == [({"a": 5.0}, 1.0)] * 2


def test_names_that_change_from_event_to_event_stay_within_256_fields() -> None:
    smote = SMOTE(reservoir=RecencyReservoir(size=50, half_life=40))
    for i in range(2_000):
        smote.learn_one({f"name {i}": 1.0, "a": float(i)}, True)
    assert len(smote._near._columns) == 256
    assert len(smote._near.nearest({"a": 1_990.0}, True, 5)) == 5


@pytest.mark.parametrize(
    "change",
    [
        {"k": 0},
        {"reservoir": None, "near": {"fields": [], "classes": [[True, {}]]}},
        {"seed": "1"},
        {"near": None},
        {"near": {"fields": ["a", "a"], "classes": []}},
        {"near": {"fields": [f"f{i}" for i in range(257)], "classes": []}},
        {"near": {"fields": [], "classes": 3}},
        {"near": {"fields": [], "classes": [[True]]}},
        {"near": {"fields": [], "classes": [[True, UniformReservoir(size=4).__getstate__()]]}},
        {"draw": {"state": 2**64}},
        {"more": 1},
    ],
)
def test_a_damaged_state_is_refused_and_changes_nothing(change: dict[str, Any]) -> None:
    smote = taught(SMOTE(), [({"a": float(i)}, True) for i in range(20)])
    before = dumps(smote)
    with pytest.raises(ValueError):
        smote.__setstate__({**smote.__getstate__(), **change})
    assert dumps(smote) == before


def test_fields_that_the_events_of_a_state_do_not_name_are_refused() -> None:
    smote = taught(SMOTE(), [({"a": 1.0}, True)])
    state = smote.__getstate__()
    with pytest.raises(ValueError, match="fields"):
        smote.__setstate__({**state, "near": {**state["near"], "fields": []}})
