"""Streams without a schema: one odd value costs its field in one event, and nothing after it."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from river import linear_model as river_linear_model
from river import preprocessing

from streamimb import CalibratedClassifier, GuardedClassifier, SampledClassifier, linear_model, sampling
from streamimb.engine import BothReported, Engine, snapshot
from streamimb.events import Event, Label
from tests.compose.parts import Recorder

Change = Callable[[int, dict[str, Any]], dict[str, Any]]
JUNK = {f"junk{i}": 1.0 for i in range(10_000)}
GOOD = {"amount": 40.0, "hour": 3.0, "shop": "s1"}


def ours() -> Any:
    return CalibratedClassifier(SampledClassifier(linear_model.LogisticRegression(), seed=1))


def rivers() -> Any:
    river: Any = preprocessing.StandardScaler() | river_linear_model.LogisticRegression()
    return CalibratedClassifier(SampledClassifier(river, sampling.UnderSampler(share=0.2), seed=1))


def engine_after(first: list[dict[str, Any]], change: Change | None = None, model: Any = None) -> Engine:
    """5,000 labelled payments, 5 % of them fraud of a higher amount, after these events."""
    engine = Engine(GuardedClassifier(ours() if model is None else model), BothReported())
    rng = random.Random(1)
    for k, x in enumerate(first):
        engine.on_event(Event(f"x{k}", 1.6e9, x))
        engine.on_label(Label(f"x{k}", 1.6e9, False))
    for i in range(5000):
        y = rng.random() < 0.05
        good: dict[str, Any] = {"amount": rng.gauss(50 + 40 * y, 20), "hour": float(i % 24)}
        if model is None:
            good["shop"] = f"s{i % 9}"
        engine.on_event(Event(f"e{i}", 1.6e9 + i, good if change is None else change(i, good)))
        engine.on_label(Label(f"e{i}", 1.6e9 + i, y))
    return engine


def probabilities(engine: Engine) -> tuple[float, float]:
    low, high = (engine.model.predict_proba_one({**GOOD, "amount": a})[True] for a in (40.0, 110.0))
    return low, high


def at(*places: int, **values: Any) -> Change:
    """These values in the events at these places."""
    return lambda i, x: {**x, **values} if i in places else x


STREAMS: dict[str, tuple[list[dict[str, Any]], Change | None]] = {
    "clean": ([], None),
    "numeric_string_first": ([{**GOOD, "amount": "12.50"}], None),
    "words_first": ([{**GOOD, "amount": "n/a"}], None),
    "words_first_three_times": ([{**GOOD, "amount": "n/a"}] * 3, None),
    "number_for_a_shop_first": ([{**GOOD, "shop": 17}], None),
    "true_first": ([{"amount": True, "hour": 1.0}], None),
    "list_first": ([{**GOOD, "amount": [1.0]}], None),
    "nan_first": ([{**GOOD, "amount": math.nan}], None),
    "null_first": ([dict.fromkeys(GOOD)], None),
    "infinite_first": ([{**GOOD, "amount": math.inf}], None),
    "400_digits_first": ([{**GOOD, "amount": 10**400}], None),
    "empty_first": ([{}], None),
    "another_kind_of_record_first": ([{"heartbeat": 1.0, "host": "a"}], None),
    "10000_junk_names_first": ([JUNK], None),
    "10000_junk_names_first_three_times": ([JUNK] * 3, None),
    "100_junk_names_first": ([dict(list(JUNK.items())[:100])], None),
    "junk_names_in_the_warm_up": ([], at(500, **dict(list(JUNK.items())[:9000]))),
    "junk_names_after_the_warm_up": ([], at(2500, **dict(list(JUNK.items())[:9000]))),
    "a_new_name_in_every_event": ([], lambda i, x: {f"id{i}": 1.0, **x, f"new{i}": "a"}),
    "a_list_in_every_event": ([], lambda i, x: {**x, "tags": ["a", "b"]}),
    "a_dict_in_every_event": ([], lambda i, x: {"device": {"os": "x"}, **x}),
    "null_in_every_event": ([], lambda i, x: {**x, "promo": None}),
    "odd_now_and_then": ([], at(*range(7, 5000, 97), amount="n/a", hour=[], shop=3)),
    "infinite_now_and_then": ([], at(*range(7, 5000, 97), amount=math.inf, hour=10**30, shop="x" * 10_001)),
    "absent_after_the_warm_up": ([], lambda i, x: x if i < 2000 or i % 2 else {**x, "hour": None}),
    "gone_after_the_warm_up": ([], lambda i, x: x if i < 2000 else {k: x[k] for k in x if k != "hour"}),
    "new_after_the_warm_up": ([], lambda i, x: x if i < 2000 else {**x, "late": float(i % 5)}),
    "numpy": ([], lambda i, x: {k: np.float64(v) if type(v) is float else np.str_(v) for k, v in x.items()}),
    "whole_numbers_and_floats": ([], lambda i, x: {**x, "hour": i % 24 if i % 2 else float(i % 24)}),
}


@pytest.mark.parametrize(("first", "change"), STREAMS.values(), ids=STREAMS)
def test_every_event_is_learned_and_what_it_says_is_found(first, change):
    engine = engine_after(first, change)
    assert engine.counters["learned"] == 5000 + len(first)
    assert engine.counters["unlearnable"] == 0
    low, high = probabilities(engine)
    assert low < 0.01  # the truth is .002
    assert high > 0.3  # and .55


NUMBERS = {
    name: stream
    for name, stream in STREAMS.items()
    if name in ("clean", "nan_first", "infinite_first", "true_first", "a_list_in_every_event")
}


@pytest.mark.parametrize(("first", "change"), NUMBERS.values(), ids=NUMBERS)
def test_every_event_is_learned_by_rivers_learner_too(first, change):
    engine = engine_after([{k: x[k] for k in x if k != "shop"} for x in first], change, rivers())
    assert engine.counters["learned"] == 5000 + len(first)
    assert engine.last_error == ""
    low, high = probabilities_of_numbers(engine)
    assert low < 0.03
    assert high > 0.3


def probabilities_of_numbers(engine: Engine) -> tuple[float, float]:
    low, high = (engine.model.predict_proba_one({"amount": a, "hour": 3.0})[True] for a in (40.0, 110.0))
    return low, high


def test_words_where_rivers_learner_expects_a_number_cost_one_event():
    engine = engine_after([{"amount": "n/a", "hour": 3.0}], at(600, 2500, amount="n/a"), rivers())
    assert (
        engine.counters["learned"] == 5000
    )  # the first event has nothing to say that it is a word by mistake
    assert engine.model.counts["left_out:amount"] <= 4
    low, high = probabilities_of_numbers(engine)
    assert low < 0.03
    assert high > 0.3


def test_fields_and_kinds_that_are_found():
    fields = engine_after(*STREAMS["a_list_in_every_event"]).model.inferred
    assert fields["amount"] == {"kind": "number", "present": 1.0}
    assert fields["shop"] == {"kind": "string", "present": 1.0}
    assert fields["tags"] == {"kind": "unlearnable", "present": 1.0}
    assert engine_after(*STREAMS["null_in_every_event"]).model.inferred["promo"] == {
        "kind": "no value yet",
        "present": 0.0,
    }
    assert 0.4 < engine_after(*STREAMS["absent_after_the_warm_up"]).model.inferred["hour"]["present"] < 0.7


def test_a_field_that_cannot_be_learned_is_named_and_a_name_that_is_no_field_is_not():
    engine = engine_after(*STREAMS["a_list_in_every_event"])
    assert engine.model.counts["left_out:tags"] >= 4990
    engine = engine_after(*STREAMS["a_new_name_in_every_event"])
    assert engine.model.counts == {"unknown_field": 4999}  # of the first event every name is taken
    assert len(engine.model.inferred) == 5


@pytest.mark.parametrize("order", [(0, 1, True, False), (True, 0, False, 1), (False, True, 1, 0, 0.0, 1.0)])
@pytest.mark.parametrize("model", [ours, rivers])
def test_a_flag_of_0_and_1_and_true_is_one_flag(order, model):
    guard, rng = GuardedClassifier(model()), random.Random(3)
    values = list(order)
    for i in range(4000):
        value = values[i] if i < len(values) else rng.choice(values)
        guard.learn_one({"flag": value, "other": rng.random()}, rng.random() < (0.4 if value else 0.01))
    assert guard.counts.keys() <= {"coerced:flag"}
    for spellings, low, high in (((0, 0.0, False), 0.0, 0.05), ((1, 1.0, True), 0.3, 0.5)):
        found = {guard.predict_proba_one({"flag": v, "other": 0.5})[True] for v in spellings}
        assert len(found) == 1
        assert low < found.pop() < high


@pytest.mark.parametrize(("odd", "kept"), [((True, False), (0, 1)), ((0, 1), (True, False))])
def test_a_flag_is_handed_over_as_one_type(odd, kept):
    guard, rng = GuardedClassifier(Recorder(), warm_up=100), random.Random(3)
    for i in range(3000):
        value = rng.choice(odd) if rng.random() < 0.2 else rng.choice(kept)
        guard.learn_one({"flag": value}, i % 9 == 0)
    handed = [x["flag"] for x, _ in guard.classifier._given[500:]]
    assert {type(value) for value in handed} == {type(kept[0])}
    assert len(handed) == 2500


def test_a_field_that_becomes_another_kind_for_good_is_learned_as_that():
    guard, rng = GuardedClassifier(ours()), random.Random(5)

    def learn(values: Callable[[bool], Any], n: int) -> None:
        for _ in range(n):
            y = rng.random() < 0.1
            guard.learn_one({"code": values(y), "other": rng.random()}, y)

    learn(lambda y: rng.gauss(1.0 * y, 1), 5000)
    guard.take_revisions()
    learn(lambda y: "bad" if y else "good", 1000)
    assert guard.inferred["code"]["kind"] == "number"  # it takes more than two thirds of the recent values
    assert guard.revisions == 0
    learn(lambda y: "bad" if y else "good", 3000)
    assert guard.inferred["code"]["kind"] == "string"
    assert (guard.revisions, guard.take_revisions()) == (
        1,
        ["inferred schema: 1 field changed: code from number to string"],
    )
    assert guard.predict_proba_one({"code": "bad", "other": 0.5})[True] > 0.9
    assert guard.predict_proba_one({"code": "good", "other": 0.5})[True] < 0.02
    left_out = guard.counts["left_out:code"]
    learn(lambda y: "bad" if y else "good", 3000)
    assert guard.counts["left_out:code"] == left_out


@pytest.mark.parametrize("kinds", [(1.0, "a"), (True, "a"), (2.0, ["a"]), (2.0, "a", True, None, [])])
def test_mixed_kinds_cost_their_own_values_only(kinds):
    engine = engine_after([], lambda i, x: {**x, "mixed": kinds[i % len(kinds)]})
    assert engine.counters["learned"] == 5000
    assert engine.model.revisions == 0  # it does not go back and forth
    low, high = probabilities(engine)
    assert low < 0.01
    assert high > 0.3


def test_the_majority_decides_when_the_first_values_are_of_the_minority():
    guard, rng = GuardedClassifier(ours()), random.Random(1)
    for i in range(3000):
        odd = i < 20 or rng.random() < 0.4
        guard.learn_one({"a": "n/a" if odd else rng.random()}, i % 9 == 0)
    assert guard.inferred["a"]["kind"] == "number"
    assert guard.counts["left_out:a"] < 1400


def test_what_was_never_a_field_is_not_in_the_model_at_all():
    """After junk names and odd values the model has the bits that it has without them."""
    spoiled, clean = GuardedClassifier(ours()), GuardedClassifier(ours())
    rng = random.Random(2)
    for i in range(3000):
        y = rng.random() < 0.1
        x: dict[str, Any] = {"a": rng.gauss(1.0 * y, 1), "b": rng.choice("xyz"), "c": rng.random() < 0.5}
        odd = i % 50 == 49
        spoiled.learn_one({**x, "a": "junk", f"new{i}": 1.0} if odd else x, y)
        clean.learn_one({k: x[k] for k in x if k != "a"} if odd else x, y)
    assert snapshot.dumps(spoiled.classifier) == snapshot.dumps(clean.classifier)
