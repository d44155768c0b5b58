"""Wrong states of wrappers and of their schema; `test_states` runs them with all others."""

from __future__ import annotations

import math
from typing import Any

from streamimb import Field, GuardedClassifier, Schema, ThresholdedClassifier, decision, linear_model

NAN = math.nan


def schema() -> Schema:
    return Schema({"a": Field(min=0.0), "b": Field("string", nullable=True)})


def guarded() -> GuardedClassifier:
    return GuardedClassifier(linear_model.LogisticRegression(), Schema({"a": Field()}))


def thresholded() -> ThresholdedClassifier:
    return ThresholdedClassifier(linear_model.LogisticRegression(), decision.AlertBudget())


SCHEMA: dict[str, list[Any]] = {
    "fields": [
        None,
        [],
        5,
        {"a": None},
        {"a": []},
        {"a": {"typ": "number"}},
        {"a": {"type": "money"}},
        {"a": {"min": "0"}},
        {"a": {"min": NAN}},
        {"a": {"nullable": 1}},
    ]
}
GUARDED: dict[str, list[Any]] = {
    "classifier": [None, "LogisticRegression", linear_model.LogisticRegression],
    "schema": [None, {}, Schema],
    "warm_up": [0, None, 1.5],
    "max_features": [0, None],
    "max_text": [-1, None],
    "counts": [None, [], {"nan:a": -1}, {1: 1}, {"nan:a": 1.0}],
    "inferred": [{}, [], 1],
}
THRESHOLDED: dict[str, list[Any]] = {
    "classifier": [None, linear_model.LogisticRegression],
    "rule": [None, 5, decision.AlertBudget],
    "time": [5, ""],
    "n": [-1, None, 1.5, NAN],
}
