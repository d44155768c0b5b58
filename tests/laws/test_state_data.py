"""Two states are equal where their data are, to the last bit, and not where they are not."""

from __future__ import annotations

import copy
import datetime
import math
import random
import threading
from array import array
from collections import OrderedDict, defaultdict, deque
from typing import Any

import numpy as np
import pytest

from streamimb import checks, linear_model
from streamimb.checks.parts import revived
from streamimb.checks.state_data import size_of

VALUES: list[Any] = [
    None,
    True,
    1,
    1.0,
    0.0,
    -0.0,
    math.nan,
    math.inf,
    5e-324,
    "1",
    b"1",
    bytearray(b"1"),
    (1,),
    [1],
    {1},
    frozenset({1}),
    {1: 1},
    {1: 1.0},
    {True: 1},
    [(1, 1)],
    deque([1]),
    deque([1], maxlen=1),
    OrderedDict({1: 1}),
    defaultdict(int, {1: 1}),
    defaultdict(float, {1: 1}),
    array("d", [1.0]),
    array("f", [1.0]),
    np.float64(1.0),
    np.array([1.0]),
    np.array([[1.0]]),
    np.array([1.0], dtype=np.float32),
    np.array([1.0], dtype=object),
    datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    datetime.date(2026, 1, 1),
    random.Random(1),
    random.Random(2),
    int,
    len,
    math.fsum,
]


def test_different_values_have_different_data() -> None:
    data = [checks.data_of(value) for value in VALUES]
    assert len(set(map(repr, data))) == len(VALUES)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: f"{type(value).__name__}-{value!r:.20}")
def test_a_copy_and_a_save_have_the_same_data(value: Any) -> None:
    data = checks.data_of(value)
    assert checks.data_of(copy.deepcopy(value)) == data
    assert checks.data_of(revived(value)) == data


def test_the_order_of_entries_is_no_data() -> None:
    assert checks.data_of({"a": 1, "b": [2]}) == checks.data_of({"b": [2], "a": 1})
    assert checks.data_of([1, 2]) != checks.data_of([2, 1])


def test_which_equal_objects_are_one_is_no_data() -> None:
    one: list[Any] = ["ab"]
    assert checks.data_of([one, one]) == checks.data_of([["ab"], [str(b"ab", "ascii")]])


def test_a_cycle_ends() -> None:
    one, other, two = [], [], []  # type: ignore[var-annotated]
    one.append(one)
    other.append(other)
    two.append([two])
    assert checks.data_of(one) == checks.data_of(other) != checks.data_of(two)


def test_what_cannot_be_saved_has_no_data() -> None:
    with pytest.raises(TypeError, match="pickle"):
        checks.data_of({"lock": threading.Lock()})


def test_one_event_changes_the_data_of_a_learner_and_nothing_else_does() -> None:
    model, other = linear_model.LogisticRegression(), linear_model.LogisticRegression()
    assert checks.data_of(model) == checks.data_of(other)
    model.learn_one({"a": 1.0}, True)
    assert checks.data_of(model) != checks.data_of(other)
    other.learn_one({"a": 1.0 + 1e-15}, True)
    assert checks.data_of(model) != checks.data_of(other)


def test_a_size_counts_what_is_not_saved_too() -> None:
    class Part:
        def __init__(self) -> None:
            self.saved = [1.0] * 100
            self.cache = [1.0] * 1_000

        def __getstate__(self) -> Any:
            return {"saved": self.saved}

    part = Part()
    assert size_of(part) > 800 + 8_000
    part.saved *= 2
    assert size_of(part) > 1_600 + 8_000
