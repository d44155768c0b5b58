"""An event that is learned after it was scored is read once: only where nothing of it has changed."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from streamimb import CalibratedClassifier, Field, GuardedClassifier, SampledClassifier, Schema
from streamimb.engine import snapshot
from streamimb.linear_model import LogisticRegression


class Gauge:
    """A number that is another one each time it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __float__(self) -> float:
        self.asked += 1
        return float(self.asked)


class Once:
    """A number that can be asked once."""

    def __init__(self) -> None:
        self.asked = False

    def __float__(self) -> float:
        if self.asked:
            raise ValueError("not again")
        self.asked = True
        return 1.0


class Word(str):
    """A string that says another one each time."""

    said = 0

    def __str__(self) -> str:
        self.said += 1
        return f"w{self.said}"


class Payment:
    """Its attributes are a dict."""

    a: float
    b: float


def set_again(x: dict[str, Any]) -> None:
    x["a"] = 3.5


def set_the_word(x: dict[str, Any]) -> None:
    x["word"] = "another"


def exchange(x: dict[str, Any]) -> None:
    x["a"], x["b"] = x["b"], x["a"]


def update(x: dict[str, Any]) -> None:
    x.update(a=-2.0, b=None)


def merge(x: dict[str, Any]) -> None:
    x |= {"b": 9.0}


def delete(x: dict[str, Any]) -> None:
    del x["b"]


def pop(x: dict[str, Any]) -> None:
    x.pop("a")


def pop_last(x: dict[str, Any]) -> None:
    x.popitem()


def empty(x: dict[str, Any]) -> None:
    x.clear()


def add(x: dict[str, Any]) -> None:
    x.setdefault("new", 1.0)


def put_back(x: dict[str, Any]) -> None:
    x["a"] = x.pop("a")


CHANGES = [set_again, set_the_word, exchange, update, merge, delete, pop, pop_last, empty, add, put_back]


def learner() -> LogisticRegression:
    return LogisticRegression(hash_bits=8)


def whole() -> GuardedClassifier:
    schema = Schema({"a": Field(max=3.0), "b": Field(nullable=True), "word": Field("string", nullable=True)})
    return GuardedClassifier(CalibratedClassifier(SampledClassifier(learner(), seed=1)), schema)


def forgetful(model: Any, x: dict[str, Any]) -> dict[str, Any]:
    """x for a model that has read something else just now."""
    model.predict_proba_one({"b": 0.25})
    return dict(x)


def event(rng: random.Random) -> dict[str, Any]:
    return {"a": rng.gauss(0, 1), "b": rng.gauss(0, 1), "word": rng.choice(["x", "y"])}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("make", [learner, whole])
def test_a_dict_that_changes_between_is_read_again(
    make: Callable[[], Any], change: Callable[[dict[str, Any]], None]
) -> None:
    one, two = make(), make()
    rng = random.Random(1)
    for _ in range(300):
        x, y = event(rng), rng.random() < 0.3
        assert one.predict_proba_one(x) == two.predict_proba_one(forgetful(two, x))
        if rng.random() < 0.5:
            change(x)
            if rng.random() < 0.5:
                assert one.predict_proba_one(x) == two.predict_proba_one(forgetful(two, x))
        one.learn_one(x, y)
        two.learn_one(forgetful(two, x), y)
        assert one.predict_proba_one(x) == two.predict_proba_one(forgetful(two, x))
    assert snapshot.dumps(one) == snapshot.dumps(two)


@pytest.mark.parametrize("make", [learner, whole])
def test_an_event_that_comes_between_is_not_taken_for_it(make: Callable[[], Any]) -> None:
    one, two = make(), make()
    rng = random.Random(2)
    for _ in range(300):
        x, between, y = event(rng), event(rng), rng.random() < 0.3
        one.predict_proba_one(x)
        if rng.random() < 0.5:
            one.predict_proba_one(between)
        else:
            one.learn_one(between, not y)
            two.learn_one(dict(between), not y)
        one.learn_one(x, y)
        two.learn_one(forgetful(two, x), y)
    assert snapshot.dumps(one) == snapshot.dumps(two)


def test_attributes_that_change_between_are_read_again() -> None:
    one, two = learner(), learner()
    rng = random.Random(3)
    payment = Payment()
    x = vars(payment)
    for _ in range(300):
        payment.a, payment.b = rng.gauss(0, 1), rng.gauss(0, 1)
        assert one.predict_proba_one(x) == two.predict_proba_one(forgetful(two, x))
        payment.a = rng.gauss(0, 1)
        one.learn_one(x, payment.a > 1)
        two.learn_one(forgetful(two, x), payment.a > 1)
    assert snapshot.dumps(one) == snapshot.dumps(two)


def test_a_number_that_changes_in_its_place_is_read_again() -> None:
    model = learner()
    model.learn_one({"a": 1.0}, True)
    x = {"a": Gauge()}
    for _ in range(10):
        model.predict_proba_one(x)
        model.learn_one(x, False)
    assert x["a"].asked >= 20


def test_two_learners_do_not_mix_up_what_they_read() -> None:
    one, two, alone = learner(), learner(), learner()
    rng = random.Random(4)
    for _ in range(300):
        x, y = event(rng), rng.random() < 0.3
        one.predict_proba_one(x)
        two.predict_proba_one(event(rng))
        two.learn_one(x, y)
        one.learn_one(x, y)
        alone.learn_one(forgetful(alone, x), y)
    assert snapshot.dumps(one) == snapshot.dumps(alone) == snapshot.dumps(two)


def test_a_string_that_says_another_is_read_again() -> None:
    model = learner()
    model.learn_one({"word": "w"}, True)
    x = {"word": Word("w")}
    for _ in range(10):
        model.predict_proba_one(x)
        model.learn_one(x, False)
    assert x["word"].said >= 20


def test_a_walk_that_broke_off_leaves_no_word_without_a_table() -> None:
    model = learner()
    model.learn_one({"a": 1.0}, True)
    with pytest.raises(TypeError, match="feature 'b'"):
        model.learn_one({"word": "x", "b": Once()}, True)
    for y in (True, False):
        model.predict_offset_one({"word": "y", "a": 1.0}, 0.0)
        model.learn_one({"word": "y", "a": 1.0}, y)
    assert 0.0 < model.predict_proba_one({"word": "y"})[True] < 1.0


def test_an_offset_that_follows_a_step_is_of_the_model_after_it() -> None:
    one, two = learner(), learner()
    rng = random.Random(5)
    for _ in range(300):
        x, y = event(rng), rng.random() < 0.3
        one.predict_offset_one(x, -1.0)
        one.learn_one(x, y)
        two.learn_one(forgetful(two, x), y)
        assert one.learn_offset_one(x, y, -1.0, 0.5) == two.learn_offset_one(forgetful(two, x), y, -1.0, 0.5)
    assert snapshot.dumps(one) == snapshot.dumps(two)


def test_a_walk_is_handed_over_once() -> None:
    one, two = learner(), learner()
    for model in (one, two):
        for i in range(50):
            model.learn_one({"a": float(i % 5), "b": 1.0}, i % 5 > 2)
    x = {"a": 0.5, "b": 0.5}
    one.predict_offset_one(x, 0.0)
    one.learn_offset_one(x, True, 0.0, 0.0, 0.0)  # of no weight: nothing is learned
    x["a"] = 3.0
    assert one.learn_offset_one(x, True, 0.0, 0.0) == two.learn_offset_one(dict(x), True, 0.0, 0.0)
