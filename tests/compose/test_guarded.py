"""What stands before a classifier: nothing that is not trusted changes any later probability by a bit."""

from __future__ import annotations

import copy
import math
import pickle
import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from river import datasets, naive_bayes, preprocessing

from streamimb import CalibratedClassifier, Field, GuardedClassifier, SampledClassifier, Schema, sampling
from streamimb.engine import snapshot
from streamimb.linear_model import LogisticRegression
from tests.compose.parts import Halving, Recorder, TimeRecorder, WeightRecorder

SCHEMA = Schema(
    {
        "amount": Field(min=0.0),
        "age": Field(nullable=True),
        "country": Field("string"),
        "member": Field("bool"),
        "limit": Field(default=100.0),
    }
)


def whole():
    return CalibratedClassifier(SampledClassifier(LogisticRegression(), seed=1))


def river():
    return preprocessing.StandardScaler() | naive_bayes.GaussianNB()


def numbers_only():
    return GuardedClassifier(
        CalibratedClassifier(SampledClassifier(river(), sampling.UnderSampler(share=0.3), seed=1)),
        Schema({"amount": Field(min=0.0), "limit": Field(default=100.0)}),
    )


# schema given, learned and full, still learned; with our parts, with River's
GUARDS = {
    "given": lambda: GuardedClassifier(whole(), SCHEMA),
    "learned": lambda: GuardedClassifier(whole(), warm_up=150),
    "warming": lambda: GuardedClassifier(whole(), warm_up=10**9),
    "bare": lambda: GuardedClassifier(LogisticRegression(), SCHEMA),
}


def clean(n: int, seed: int) -> list[tuple[dict[str, Any], bool]]:
    rng = random.Random(seed)
    out = []
    for _ in range(n):
        y = rng.random() < 0.1
        x: dict[str, Any] = {
            "amount": rng.expovariate(0.1) * (3 if y else 1),
            "age": rng.choice([None, rng.gauss(40, 9)]),
            "country": rng.choice(["NO", "SE"]),
            "member": rng.random() < 0.5,
            "limit": rng.gauss(100, 5),
        }
        out.append((x, y))
    return out


def x_with(**values: Any) -> dict[str, Any]:
    return {"amount": 10.0, "age": 40.0, "country": "NO", "member": True, "limit": 90.0, **values}


def without(name: str) -> dict[str, Any]:
    x = x_with()
    del x[name]
    return x


def schema_of(guard: GuardedClassifier) -> dict[str, Field]:
    schema = guard.schema_in_force
    assert schema is not None
    return schema.fields


def rejected_everywhere(guard, bad, reason: str | None) -> None:
    """Scored, not learned, counted; and every later probability as without it, bit for bit."""
    twin = copy.deepcopy(guard)
    checked = guard.check_one(bad)
    assert not checked.learnable
    assert checked.scorable
    assert reason is None or reason in checked.reasons
    p = guard.predict_proba_one(bad)[True]
    assert 0.0 < p < 1.0
    assert p == guard.predict_proba_one(checked.x)[True]
    for y in (True, False, True):
        assert guard.learn_scored_one(bad, y) == p
        guard.learn_one(bad, y)
    if reason is not None:
        assert guard.counts[reason] >= 6
    for x, y in clean(60, 99):
        assert guard.predict_proba_one(x) == twin.predict_proba_one(x)
        assert guard.scores_one(x) == twin.scores_one(x)
        guard.learn_one(x, y)
        twin.learn_one(x, y)
    assert snapshot.dumps(guard.classifier) == snapshot.dumps(twin.classifier)


FAULTS = {
    "fault_12_nan": (x_with(amount=math.nan), "nan:amount"),
    "fault_13_inf": (x_with(amount=math.inf), "inf:amount"),
    "fault_13_minus_inf_where_nullable": (x_with(age=-math.inf), "inf:age"),
    "fault_14_1e308": (x_with(amount=1e308), "too_large:amount"),
    "fault_14_1e18": (x_with(age=-1e18), "too_large:age"),
    "fault_15_none": (x_with(amount=None), "missing:amount"),
    "fault_15_absent": (without("amount"), "missing:amount"),
    "fault_16_string_for_a_number": (x_with(amount="12"), "type:amount"),
    "fault_16_number_for_a_string": (x_with(country=47), "type:country"),
    "fault_16_list": (x_with(amount=[1.0]), "type:amount"),
    "fault_17_bool_for_a_number": (x_with(amount=True), "type:amount"),
    "fault_18_thirty_digits": (x_with(amount=10**30), "too_large:amount"),
    "fault_18_four_hundred_digits": (x_with(amount=-(10**400)), "too_large:amount"),
    "fault_20_negative_amount": (x_with(amount=-1.0), "bounded:amount"),
    "too_long": (x_with(country="x" * 10_001), "too_long:country"),
    "two_at_once": (x_with(amount=math.nan, country=3, age=1e300), "too_large:age"),
}


@pytest.mark.parametrize(("bad", "reason"), FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("name", ["given", "bare"])
def test_rejected_by_a_schema_given(name, bad, reason):
    guard = GUARDS[name]()
    for x, y in clean(150, 1):
        guard.learn_one(x, y)
    rejected_everywhere(guard, bad, reason)


NO_BOUNDS = {k: v for k, v in FAULTS.items() if "fault_20" not in k}


@pytest.mark.parametrize(("bad", "reason"), NO_BOUNDS.values(), ids=NO_BOUNDS)
def test_rejected_by_a_schema_learned(bad, reason):
    guard = GUARDS["learned"]()
    for x, y in clean(200, 1):
        guard.learn_one(x, y)
    assert schema_of(guard)["age"].nullable
    assert not schema_of(guard)["amount"].nullable
    rejected_everywhere(guard, bad, reason)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (x_with(amount=math.inf), "inf:amount"),
        (x_with(amount=1e308), "too_large:amount"),
        (x_with(amount=10**30), "too_large:amount"),
        (x_with(amount="12"), "type:amount"),
        (x_with(country=47), "type:country"),
        (x_with(member="yes"), "type:member"),
        (x_with(new=[1]), "type:new"),
        (x_with(new=math.inf), "inf:new"),
    ],
    ids=lambda v: str(v)[:30],
)
@pytest.mark.parametrize("met", [0, 1, 100])
def test_rejected_during_the_warm_up(bad, reason, met):
    guard = GUARDS["warming"]()
    for x, y in clean(met, 1):
        guard.learn_one(x, y)
    if met == 0 and reason.startswith("type") and "new" not in reason:
        return  # the first value of a field says what type it has
    assert guard.schema_in_force is None
    rejected_everywhere(guard, bad, reason)


@pytest.mark.parametrize("before", [0, 50, 149, 150, 300])
@pytest.mark.parametrize("name", GUARDS)
@pytest.mark.parametrize(
    "x",
    [{f"f{i}": 1.0 for i in range(50_000)}, [1.0], None, "text", 3.0],
    ids=["50000", "list", "none", "text", "3"],
)
def test_fault_26_too_many_features_or_no_event_at_all(name, before, x):
    guard = GUARDS[name]()
    for event, y in clean(before, 1):
        guard.learn_one(event, y)
    state = snapshot.dumps(guard.classifier)
    checked = guard.check_one(x)
    assert (checked.x, checked.learnable, checked.scorable) == ({}, False, False)
    reason = "too_many_features" if isinstance(x, dict) else "not_a_dict"
    assert checked.reasons == (reason,)
    assert 0.0 < guard.predict_proba_one(x)[True] < 1.0
    guard.learn_one(x, True)
    assert guard.counts == {**guard.counts, reason: 1}
    assert snapshot.dumps(guard.classifier) == state


# ------------------------------------------------------------------ any stream of faults

bad_values = st.one_of(
    st.sampled_from([math.nan, math.inf, -math.inf, 1e308, -1e16, 10**30, 10**400, b"", (), [], {}]),
    st.floats(min_value=1e15, exclude_min=True),
    st.integers(min_value=10**15 + 1),
)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("name", ["given", "learned", "warming"])
def test_a_stream_with_faults_serves_what_the_stream_without_them_does(name, data):
    guard, without_them = GUARDS[name](), GUARDS[name]()
    for i, (x, y) in enumerate(clean(220, 5)):
        if data.draw(st.booleans() if i % 20 == 10 else st.just(False)):
            field = data.draw(st.sampled_from(["amount", "limit"]))
            value = data.draw(bad_values)
            bad = {**x, field: value}
            if name == "warming" and isinstance(value, float) and math.isnan(value):
                bad = {**x, field: math.inf}
            if not guard.check_one(bad).learnable:
                assert 0.0 < guard.predict_proba_one(bad)[True] < 1.0
                guard.learn_one(bad, not y)
        assert guard.predict_proba_one(x) == without_them.predict_proba_one(x)
        guard.learn_one(x, y)
        without_them.learn_one(x, y)
    assert guard.schema_in_force == without_them.schema_in_force
    assert snapshot.dumps(guard.classifier) == snapshot.dumps(without_them.classifier)


def test_around_rivers_pipeline_too():
    guard, twin = numbers_only(), numbers_only()
    rng = random.Random(1)
    for i in range(600):
        y = rng.random() < 0.2
        x = {"amount": rng.expovariate(1) * (2 if y else 1), "limit": rng.gauss(100, 5)}
        for bad in (
            {"amount": math.nan},
            {"amount": math.inf, "limit": 1.0},
            {"amount": 10**400},
            {"amount": "x"},
        ):
            if i % 7 == 0:
                assert 0.0 <= guard.predict_proba_one(bad).get(True, 0.0) <= 1.0
                guard.learn_one(bad, True)
        assert guard.predict_proba_one(x) == twin.predict_proba_one(x)
        guard.learn_one(x, y)
        twin.learn_one(x, y)


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


# ------------------------------------------------------------------ the warm-up


def test_a_schema_is_learned_from_the_warm_up():
    guard = GuardedClassifier(whole(), warm_up=50)
    for i, (x, y) in enumerate(clean(50, 3)):
        assert guard.schema_in_force is None
        if i % 2:
            x["sometimes"] = "a"
        guard.learn_one(x, y)
        guard.learn_one({"amount": math.inf}, y)  # does not count
    fields = schema_of(guard)
    assert {name: field.type for name, field in fields.items()} == {
        "amount": "number",
        "age": "number",
        "country": "string",
        "member": "bool",
        "limit": "number",
        "sometimes": "string",
    }
    assert {name for name, field in fields.items() if field.nullable} == {"age", "sometimes"}
    assert guard.check_one(without("amount")).reasons == ("missing:amount",)
    assert guard.check_one(x_with(sometimes="b", unheard_of=1)).reasons == ("unknown_field",)


def test_the_first_value_of_a_field_says_its_type():
    guard = GuardedClassifier(LogisticRegression(), warm_up=20)
    for i in range(60):
        guard.learn_one({"a": i % 2 == 1 if i % 3 else float(i)}, i > 30)
    assert schema_of(guard)["a"] == Field()  # no coercion that nobody declared
    assert guard.counts == {"type:a": 40}


def test_fault_51_a_weight_of_zero_changes_nothing():
    guard = GuardedClassifier(whole(), warm_up=3)
    guard.learn_one(x_with(), True)
    before = snapshot.dumps(guard)
    for x in (x_with(), x_with(new=3), x_with(amount=math.inf)):
        guard.learn_one(x, True, w=0.0)
        assert guard.learn_scored_one(x, False, w=0.0) == guard.predict_proba_one(x)[True]
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
    with pytest.raises(ValueError, match=f"{name}=0: expected a number > 0"):
        GuardedClassifier(LogisticRegression(), **{name: 0})  # type: ignore[arg-type]  # on purpose


# ------------------------------------------------------------------ weights, keywords, labels


def test_a_weight_that_would_be_dropped_is_refused():
    guard = GuardedClassifier(Recorder())
    guard.learn_one({"a": 1.0}, True)
    for method in (guard.learn_one, guard.learn_scored_one):
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
    timed.learn_one({"a": 1.0}, True, t=7, tt=8)
    assert timed.classifier._given == [(7, True)]


def test_third_party_classifiers_are_scorers_of_one_score():
    guard = GuardedClassifier(Recorder(p=0.3), Schema({"a": Field()}))
    assert guard.scores_one({"a": 1.0}) == (0.3, 0.3, 0.3)
    assert guard.learn_scored_one({"a": 1.0}, True) == 0.3
    assert guard.kept_share == 1.0
    assert GuardedClassifier(CalibratedClassifier(Recorder(p=0.3), Halving())).scores_one({}) == (
        0.3,
        0.3,
        0.15,
    )


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
            guard.learn_one({**x, next(iter(x)): math.inf}, y)
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
    assert two.counts == one.counts == {"inf:amount": 1}
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
