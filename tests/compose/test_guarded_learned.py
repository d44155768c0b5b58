"""What a guard lets through, and what it is as a River classifier."""

from __future__ import annotations

import copy
import math
import pickle
from typing import Any

import numpy as np
import pytest
from river import datasets

from streamimb import CalibratedClassifier, Field, GuardedClassifier, SampledClassifier, Schema, sampling
from streamimb.engine import snapshot
from streamimb.linear_model import LogisticRegression
from streamimb.protocols import Scores
from tests.compose.guards import GUARDS, SCHEMA, clean, river, whole, without, x_with
from tests.compose.parts import Halving, Recorder, TimeRecorder, WeightRecorder

# ------------------------------------------------------------------ what is learned


LEARNED = {
    "fault_12_nan_where_nullable": (x_with(age=math.nan), without("age"), ()),
    "fault_15_none_where_nullable": (x_with(age=None), without("age"), ()),
    "fault_15_none_with_a_default": (x_with(limit=None), x_with(limit=100.0), ("imputed:limit",)),
    "fault_15_absent_with_a_default": (without("limit"), x_with(limit=100.0), ("imputed:limit",)),
    "fault_19_minus_zero": (x_with(age=-0.0), x_with(age=0.0), ()),
    "fault_19_denormal": (x_with(age=5e-324), x_with(age=0.0), ()),
    "fault_21_unknown_field": (x_with(new=1.0), x_with(), ("unknown_field",)),
    "fault_21_unknown_fields": (x_with(new="a", newer=[1]), x_with(), ("unknown_field",)),
    "numpy": (x_with(amount=np.float64(10.0), age=np.int64(40), member=np.True_), x_with(), ()),
}


@pytest.mark.parametrize(("x", "same", "reasons"), LEARNED.values(), ids=LEARNED)
def test_what_is_learned_and_as_what(x, same, reasons):
    guard = GUARDS["given"]()
    for event, y in clean(100, 1):
        guard.learn_one(event, y)
    twin = copy.deepcopy(guard)
    checked = guard.check_one(x)
    assert checked.learnable
    assert checked.scorable
    assert checked.reasons == reasons
    assert guard.predict_proba_one(x) == twin.predict_proba_one(same)
    before = dict(x)
    guard.learn_one(x, True)
    twin.learn_one(same, True)
    assert x == before
    assert snapshot.dumps(guard.classifier) == snapshot.dumps(twin.classifier)
    assert guard.counts == dict.fromkeys(reasons, 1)


def test_fault_16_and_17_a_declared_coercion():
    schema = Schema(
        {"a": Field(coerce=True), "b": Field("bool", coerce=True), "c": Field("string", coerce=True)}
    )
    guard, twin = (
        GuardedClassifier(LogisticRegression(), schema),
        GuardedClassifier(LogisticRegression(), schema),
    )
    for i in range(50):
        guard.learn_one({"a": str(i), "b": i % 2, "c": i % 3}, i > 40)
        twin.learn_one({"a": float(i), "b": i % 2 == 1, "c": str(i % 3)}, i > 40)
    assert snapshot.dumps(guard.classifier) == snapshot.dumps(twin.classifier)
    assert guard.counts == {"coerced:a": 50, "coerced:b": 50, "coerced:c": 50}


def test_fault_20_the_bound_is_what_is_scored():
    guard = GuardedClassifier(LogisticRegression(), Schema({"amount": Field(min=0.0, max=50.0)}))
    for x, y in clean(200, 1):
        guard.learn_one({"amount": min(50.0, x["amount"])}, y)
    assert guard.check_one({"amount": -5}).x == {"amount": 0.0}
    assert guard.predict_proba_one({"amount": -5}) == guard.predict_proba_one({"amount": 0.0})
    assert guard.predict_proba_one({"amount": 1e6}) == guard.predict_proba_one({"amount": 50.0})


def test_fault_25_a_constant_field():
    guard = GUARDS["given"]()
    for x, y in clean(300, 1):
        guard.learn_one({**x, "limit": 7.0}, y)
    p = guard.predict_proba_one(x_with(limit=7.0))[True]
    assert 0.0 < p < 1.0
    assert 0.0 < guard.predict_proba_one(x_with(limit=1e14))[True] < 1.0


def test_what_is_checked_and_clean_is_the_event_itself():
    guard = GUARDS["given"]()
    x = x_with()
    assert guard.check_one(x) == (x, True, True, ())
    assert guard.check_one(x).x is x


# ------------------------------------------------------------------ checking


def test_fault_51_a_weight_of_zero_changes_nothing():
    guard = GuardedClassifier(whole(), warm_up=3)
    guard.learn_one(x_with(), True)
    before = snapshot.dumps(guard)
    for x in (x_with(), x_with(new=3), x_with(amount=math.inf)):
        guard.learn_one(x, True, w=0.0)
        guard.learn_served_one(x, False, w=0.0)
    assert snapshot.dumps(guard) == before


def test_checking_changes_nothing():
    guard = GuardedClassifier(whole(), warm_up=50)
    for x, y in clean(30, 1):
        guard.learn_one(x, y)
    before = snapshot.dumps(guard)
    events: list[Any] = [x_with(), x_with(amount=math.inf), [1], {}, x_with(new=3)]
    for x in events:
        guard.check_one(x)
        guard.predict_proba_one(x)
        guard.scores_one(x)
    assert snapshot.dumps(guard) == before
    assert guard.counts == {}


@pytest.mark.parametrize("name", ["warm_up", "max_features", "max_text"])
def test_a_parameter_out_of_range_is_refused(name):
    with pytest.raises(ValueError, match=f"{name}=0: expected a whole number of .*, at least 1"):
        GuardedClassifier(LogisticRegression(), **{name: 0})  # type: ignore[arg-type]  # on purpose


# ------------------------------------------------------------------ weights, keywords, labels


def test_a_weight_that_would_be_dropped_is_refused():
    guard = GuardedClassifier(Recorder())
    guard.learn_one({"a": 1.0}, True)
    for method in (guard.learn_one, guard.learn_served_one):
        with pytest.raises(ValueError, match=r"w: .* takes no weight and would drop it; leave w out"):
            method({"a": 1.0}, True, w=5.0)
    assert len(guard.classifier._given) == 1


@pytest.mark.parametrize("w", [-1.0, math.nan, math.inf])
@pytest.mark.parametrize("x", [x_with(), x_with(amount=math.inf)], ids=["good", "bad"])
def test_fault_51_no_weight(w, x):
    guard = GUARDS["given"]()
    guard.learn_one(x_with(), True)
    before = snapshot.dumps(guard.classifier)
    with pytest.raises(ValueError, match="w: expected a finite number >= 0"):
        guard.learn_one(x, True, w=w)
    assert snapshot.dumps(guard.classifier) == before


def test_weights_and_declared_keywords_reach_the_classifier():
    guard = GuardedClassifier(WeightRecorder())
    guard.learn_one({"a": 1.0}, True, w=3.0)
    guard.learn_one({"a": 1.0}, True, w=0.0)
    assert guard.classifier._given == [({"a": 1.0}, True, 3.0)]
    timed = GuardedClassifier(TimeRecorder())
    with pytest.raises(ValueError, match=r"^tt: no part of this model takes this keyword"):
        timed.learn_one({"a": 1.0}, True, t=7, tt=8)
    timed.learn_one({"a": 1.0}, True, t=7)
    assert timed.classifier._given == [(7, True)]


def test_third_party_classifiers_are_scorers_of_one_score():
    guard = GuardedClassifier(Recorder(p=0.3), Schema({"a": Field()}))
    assert guard.scores_one({"a": 1.0}) == (Scores(0.3, 0.3, 0.3), ())
    assert guard.score_learn_one({"a": 1.0}, True) == Scores(0.3, 0.3, 0.3)
    assert guard.kept_share == 1.0
    halved = GuardedClassifier(CalibratedClassifier(Recorder(p=0.3), Halving()))
    assert halved.scores_one({}) == (Scores(0.3, 0.3, 0.15), ())


@pytest.mark.parametrize("warm_up", [20, 10_000])
def test_seven_classes_pass_through(warm_up):
    inner = SampledClassifier(river(), sampling.UnderSampler(share=0.3), seed=1)
    twin = CalibratedClassifier(copy.deepcopy(inner))
    guard = GuardedClassifier(CalibratedClassifier(inner), warm_up=warm_up)
    for i, (x, y) in enumerate(datasets.ImageSegments().take(300)):
        assert guard.predict_proba_one(x) == twin.predict_proba_one(x)
        guard.learn_one(x, y)
        twin.learn_one(x, y)
        if i % 50 == 25:
            first = next(iter(x))
            guard.learn_one({**x, first: math.inf}, y)  # learned without that field
            twin.learn_one({name: value for name, value in x.items() if name != first}, y)
            guard = pickle.loads(pickle.dumps(guard))  # what was seen is remembered
    assert len(guard.predict_proba_one(x)) >= 6


# ------------------------------------------------------------------ copies of it


@pytest.mark.parametrize("name", GUARDS)
@pytest.mark.parametrize(
    "duplicate",
    [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m)), lambda m: snapshot.loads(snapshot.dumps(m))],
    ids=["deepcopy", "pickle", "snapshot"],
)
@pytest.mark.parametrize("before", [100, 200])
def test_a_copy_goes_on_alike(name, duplicate, before):
    one = GUARDS[name]()
    data = clean(400, 2)
    for x, y in data[:before]:
        one.learn_one(x, y)
    one.learn_one(x_with(amount=math.inf), True)
    two = duplicate(one)
    left_out = {} if one.schema else {"left_out:amount": 1}
    assert two.counts == one.counts == {"inf:amount": 1, **left_out}
    for x, y in data[before:]:
        assert one.predict_proba_one(x) == two.predict_proba_one(x)
        one.learn_one(x, y)
        two.learn_one(x, y)
    assert snapshot.dumps(one) == snapshot.dumps(two)
    assert one.schema_in_force == two.schema_in_force


def test_a_clone_has_learned_nothing():
    guard = GuardedClassifier(whole(), warm_up=50)
    for x, y in clean(100, 2):
        guard.learn_one(x, y)
    fresh = guard.clone()
    assert fresh.schema_in_force is None
    assert fresh.counts == {}
    assert fresh.warm_up == 50
    assert GUARDS["given"]().clone().schema_in_force == SCHEMA
