"""However an event comes to a guard, it is the same evidence, is counted alike, and leaves the same model behind."""

from __future__ import annotations

import copy
import math
import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from river import naive_bayes, preprocessing

from streamimb import CalibratedClassifier, Field, GuardedClassifier, SampledClassifier, Schema, sampling
from streamimb.engine import snapshot
from streamimb.linear_model import LogisticRegression
from streamimb.protocols import LearningError
from tests.compose.guards import SCHEMA, clean, without, x_with
from tests.compose.parts import Recorder

LENIENT = Schema(
    {name: {"type": field.type, "coerce": True, "nullable": True} for name, field in SCHEMA.fields.items()}
)


def ours() -> Any:
    return CalibratedClassifier(SampledClassifier(LogisticRegression(), seed=1))


def rivers() -> Any:
    pipeline = preprocessing.StandardScaler() | naive_bayes.GaussianNB()
    return CalibratedClassifier(SampledClassifier(pipeline, sampling.UnderSampler(share=0.5), seed=1))


SCHEMAS: dict[str, Callable[[Any], GuardedClassifier]] = {
    "given": lambda model: GuardedClassifier(model, SCHEMA, max_features=9),
    "lenient": lambda model: GuardedClassifier(model, LENIENT, max_features=9),
    "warming": lambda model: GuardedClassifier(model, warm_up=10**6, max_features=9),
    "inferred": lambda model: GuardedClassifier(model, warm_up=100, max_features=9),
}
EVENTS: dict[str, Any] = {
    "perfect": x_with(),
    "another order": dict(reversed(x_with().items())),
    "an int": x_with(amount=3),
    "null": x_with(age=None),
    "null that is needed": x_with(amount=None),
    "absent": without("age"),
    "absent that is needed": without("amount"),
    "absent with a default": without("limit"),
    "nan": x_with(age=math.nan),
    "nan that is needed": x_with(amount=math.nan),
    "inf": x_with(age=math.inf),
    "too large": x_with(age=-1e300),
    "too many digits": x_with(amount=10**400),
    "too long": x_with(country="x" * 10_001),
    "below its bound": x_with(amount=-1.0),
    "subnormal below its bound": x_with(amount=-1e-310),
    "bool for a number": x_with(amount=True),
    "string for a number": x_with(amount="2.5"),
    "word for a number": x_with(amount="many"),
    "number for a string": x_with(country=2.5),
    "number for a bool": x_with(member=1),
    "two for a bool": x_with(member=2),
    "a list": x_with(amount=[1.0]),
    "unknown field": x_with(new=1.0),
    "unknown null": x_with(new=None),
    "unknown names": x_with(**{"new": "a", "7": []}),
    "name of another type": {**x_with(), (1, 2): 1.0},
    "numpy": x_with(amount=np.float64(10.0), country=np.str_("NO"), member=np.True_),
    "all at once": {"amount": True, "age": math.inf, "country": [], "member": 0, "limit": None, "new": 1},
    "empty": {},
    "too many": {f"f{i}": 1.0 for i in range(10)},
    "no dict": [1.0],
}


def by_learn_one(guard: GuardedClassifier, x: Any, y: bool) -> None:
    guard.learn_one(x, y)


def by_score_learn_one(guard: GuardedClassifier, x: Any, y: bool) -> None:
    guard.score_learn_one(x, y)


def by_serve_learn_one(guard: GuardedClassifier, x: Any, y: bool) -> None:
    guard.serve_learn_one(x, y)


def by_serving_first(guard: GuardedClassifier, x: Any, y: bool) -> None:
    served = guard.serve_one(x)
    if served.learnable:
        guard.learn_served_one(served.x, y, memo=served.memo)


def by_admitting_first(guard: GuardedClassifier, x: Any, y: bool) -> None:
    admitted = guard.admit_one(x)
    if admitted.learnable:
        guard.classifier.learn_one(admitted.x, y)


WAYS = {
    way.__name__: way
    for way in (by_learn_one, by_score_learn_one, by_serve_learn_one, by_serving_first, by_admitting_first)
}


def stream() -> Iterator[tuple[Any, bool]]:
    """Good events, with one of the others after every eighth, each of them three times."""
    events = [x for x in EVENTS.values() for _ in range(3)]
    random.Random(2).shuffle(events)
    for i, (x, y) in enumerate(clean(8 * len(events), 4)):
        yield x, y
        if i % 8 == 7:
            yield events[i // 8], i % 16 == 7


@pytest.mark.parametrize("model", [ours, rivers])
@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_way_of_an_event_is_the_same(schema: str, model: Callable[[], Any]) -> None:
    if model is rivers and schema == "lenient":
        model = Recorder
    guards = {name: SCHEMAS[schema](model()) for name in WAYS}
    for x, y in stream():
        if model is rivers and isinstance(x, dict):  # it takes numbers only
            x = {name: value for name, value in x.items() if name in ("amount", "age", "limit", "f1")}
        before = copy.deepcopy(x)
        for name, way in WAYS.items():
            way(guards[name], x, y)
        assert repr(x) == repr(before)
        probe = x_with() if model is not rivers else {"amount": 10.0, "age": 40.0, "limit": 90.0}
        assert len({guard.predict_proba_one(probe)[True] for guard in guards.values()}) == 1
    first = guards["by_learn_one"]
    assert len(first.counts) > 3
    for guard in guards.values():
        assert guard.counts == first.counts
        assert guard.inferred == first.inferred
        if model is not rivers:
            assert snapshot.dumps(guard, allow_pickle=True) == snapshot.dumps(first, allow_pickle=True)


@pytest.mark.parametrize("model", [ours, Recorder])
@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("name", EVENTS)
def test_what_is_served_is_what_is_checked_and_scored(
    name: str, schema: str, model: Callable[[], Any]
) -> None:
    guard = SCHEMAS[schema](model())
    for x, y in clean(150, 1):
        guard.learn_one(x, y)
    x, counts = EVENTS[name], guard.counts
    checked, (scores, memo) = guard.check_one(x), guard.scores_one(x)
    assert guard.counts == counts
    for served in (guard.serve_one(x), guard.serve_learn_one(x, True)):
        assert (served.x, served.learnable, served.scorable, served.reasons) == checked
        if served.scorable:
            assert guard.check_one(served.x).x == served.x
            assert (served.raw, served.corrected, served.calibrated) == (
                scores.raw,
                scores.corrected,
                scores.calibrated,
            )
            assert served.memo == memo
        else:
            assert served.raw == served.corrected == served.calibrated == 0.0
    assert sum(guard.counts.values()) - sum(counts.values()) == 2 * len(checked.reasons)


def test_a_guard_inside_a_wrapper_counts_each_labelled_event_once() -> None:
    alone, inside = (GuardedClassifier(Recorder(), warm_up=50, max_features=9) for _ in range(2))
    outer = CalibratedClassifier(inside)
    for x, y in stream():
        alone.learn_one(x, y)
        outer.predict_proba_one(x)
        outer.learn_one(x, y)
    assert inside.counts == alone.counts
    assert inside.inferred == alone.inferred


def test_guards_one_inside_the_other_each_check_what_they_are_given() -> None:
    inner = GuardedClassifier(Recorder(), Schema({"a": Field(max=5.0), "b": Field(nullable=True)}))
    outer = GuardedClassifier(inner, Schema({"a": Field(max=9.0), "c": Field(nullable=True)}))
    outer.learn_one({"a": 4.0, "c": 1.0}, True)
    outer.learn_one({"a": 7.0, "b": 1.0}, True)
    outer.learn_one({"a": 10.0}, True)
    assert outer.counts == {"unknown_field": 1, "bounded:a": 1}
    assert inner.counts == {"unknown_field": 1, "bounded:a": 1}
    assert inner.classifier._given == [({"a": 4.0}, True)]


class Refusing(Recorder):
    """Raises when it is taught."""

    def learn_one(self, x: Any, y: Any) -> None:
        raise RuntimeError("full")


def test_what_was_served_is_known_when_learning_fails() -> None:
    guard = GuardedClassifier(Refusing(0.2), Schema({"a": Field()}))
    with pytest.raises(LearningError) as caught:
        guard.serve_learn_one({"a": 1.0, "b": 2.0}, True)
    served = caught.value.served
    assert (served.x, served.reasons, served.calibrated) == ({"a": 1.0}, ("unknown_field",), 0.2)
    assert isinstance(caught.value.__cause__, RuntimeError)
    assert guard.serve_learn_one({"a": None}, True).reasons == ("missing:a",)  # it is not taught


# ------------------------------------------------------------------ code of others in an event


class Hostile(float):
    """A number whose methods change the event that it is in."""

    def __new__(cls, event: dict[Any, Any]) -> Hostile:
        made = super().__new__(cls, 2.0)
        made.event = event
        return made

    event: dict[Any, Any]

    def strike(self) -> None:
        self.event.clear()
        self.event.update({f"n{i}": 1.0 for i in range(1000)})

    def __float__(self) -> float:
        self.strike()
        return 3.0

    def __eq__(self, other: object) -> bool:
        self.strike()
        return True

    def __hash__(self) -> int:
        self.strike()
        return 1

    def __le__(self, other: object) -> bool:
        self.strike()
        return True

    __ge__ = __le__


class Spiteful:
    """No number, whose methods change the event and raise."""

    def __init__(self, event: dict[Any, Any]) -> None:
        self.event = event

    def __float__(self) -> float:
        self.event.clear()
        raise RuntimeError

    def __hash__(self) -> int:
        self.event.clear()
        return hash("a")

    def __eq__(self, other: object) -> bool:
        self.event.clear()
        return False


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("kind", [Hostile, Spiteful])
@pytest.mark.parametrize("as_name", [False, True])
@pytest.mark.parametrize("model", [ours, Recorder])
def test_a_value_or_name_that_changes_the_event_while_it_is_read_does_no_harm(
    schema: str, kind: type, as_name: bool, model: Callable[[], Any]
) -> None:
    guard = SCHEMAS[schema](model())
    for x, y in clean(150, 1):
        guard.learn_one(x, y)
    twin = copy.deepcopy(guard)
    for method in (guard.check_one, guard.predict_proba_one, guard.serve_one):
        x = x_with(country="x" * 20_000)
        struck = kind(x)
        if as_name:
            x[struck] = 1.0
            x.update(x_with())
        else:
            x["amount"] = struck
        method(x)
    assert guard.predict_proba_one(x_with()) == twin.predict_proba_one(x_with())


def test_a_value_of_a_subclass_is_the_plain_value_it_holds() -> None:
    guard = GuardedClassifier(Recorder(), SCHEMA)
    x = x_with()
    x["amount"] = Hostile(x)
    checked = guard.check_one(x)
    assert checked.x == {**x_with(), "amount": 2.0}
    assert type(checked.x["amount"]) is float
    assert checked.reasons == ()


def test_an_absent_field_that_is_nullable_has_its_default_too() -> None:
    guard = GuardedClassifier(Recorder(), Schema({"a": Field(), "b": Field(nullable=True, default=2.0)}))
    assert guard.check_one({"a": 1.0}) == ({"a": 1.0, "b": 2.0}, True, True, ("imputed:b",))
    assert guard.check_one({"a": 1.0, "b": None}) == ({"a": 1.0, "b": 2.0}, True, True, ("imputed:b",))
