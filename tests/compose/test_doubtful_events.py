"""A guard checks only the doubtful values of an event whose row shows that the others are well."""

from __future__ import annotations

import math
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamimb import Field, GuardedClassifier, Schema
from streamimb._kernels.sanitizing import clean_one
from streamimb.compose.guarded import check_of
from streamimb.linear_model import LogisticRegression

NUMBERS = st.floats(-20.0, 20.0) | st.integers(-20, 20)
FAULTS = st.sampled_from((None, math.nan, True, False))
VALUES = {
    "a": NUMBERS | FAULTS,
    "b": NUMBERS | FAULTS,
    "c": st.sampled_from(("x", "y")) | FAULTS,
    "d": st.booleans() | FAULTS,
}
EVENTS = st.fixed_dictionaries({}, optional=VALUES) | st.fixed_dictionaries(VALUES)
KINDS: dict[str, Literal["number", "string", "bool"]] = {
    "a": "number",
    "b": "number",
    "c": "string",
    "d": "bool",
}
SCHEMAS: dict[str, dict[str, Field]] = {
    "strict": {"a": Field(), "b": Field(min=0.0), "c": Field("string"), "d": Field("bool")},
    "nullable": {name: Field(kind, nullable=True) for name, kind in KINDS.items()},
    "coercing": {name: Field(kind, coerce=True) for name, kind in KINDS.items()},
    "default": {
        "a": Field(default=1.5),
        "b": Field(),
        "c": Field("string", default="x"),
        "d": Field("bool", default=True),
    },
}


def same(x: Any, y: Any) -> bool:
    return [(k, type(v), v) for k, v in x.items()] == [(k, type(v), v) for k, v in y.items()]


@pytest.mark.parametrize("name", SCHEMAS)
@settings(max_examples=80)
@given(x=EVENTS)
def test_a_guard_cleans_a_doubtful_event_as_if_all_of_it_were_checked(name: str, x: dict[str, Any]) -> None:
    schema = Schema(SCHEMAS[name])
    model = GuardedClassifier(LogisticRegression(), schema)
    for i in range(3):
        model.learn_one({"a": 1.0 + i, "b": 2.0, "c": "x", "d": i == 1}, i == 2)
    expected = clean_one(check_of(schema, 10_000), x)
    checked = model.check_one(x)
    assert same(checked.x, expected.x)
    assert checked.learnable == expected.learnable
    assert checked.reasons == tuple(expected.reasons)


@pytest.mark.parametrize("name", [*SCHEMAS, "inferred"])
@settings(max_examples=80)
@given(x=EVENTS)
def test_the_score_of_a_doubtful_event_is_that_of_the_cleaned_event(name: str, x: dict[str, Any]) -> None:
    model = GuardedClassifier(LogisticRegression(), Schema(SCHEMAS[name]) if name in SCHEMAS else None)
    for i in range(40):
        model.learn_one({"a": 1.0 + i % 7, "b": float(i), "c": "xy"[i % 2], "d": i % 3 == 0}, i % 5 == 2)
    cleaned = model.check_one(x).x
    assert model.predict_proba_one(x) == model.classifier.predict_proba_one(cleaned)
    twin = model.clone(include_attributes=True)
    if model.check_one(x).learnable:
        model.learn_one(x, True)
        twin.classifier.learn_one(cleaned, True)
        probe = {"a": 1.0, "b": 2.0, "c": "x", "d": True}
        assert model.predict_proba_one(probe) == twin.classifier.predict_proba_one(probe)
