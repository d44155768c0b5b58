"""A weight arrives where it is honoured, and is refused where it would be dropped."""

from __future__ import annotations

import random
from typing import Any

import pytest
from river import preprocessing

from tests.river.table import ESTIMATORS

HONOURING = [name for name in ESTIMATORS if "weighted" in name.split()]
REFUSING = [name for name in ESTIMATORS if "weighted" not in name.split()]


def taught(model: Any, w: float | None) -> float:
    rng = random.Random(3)
    for _ in range(80):
        y = rng.random() < 0.3
        x = {"a": rng.gauss(y, 1), "b": rng.gauss(-y, 2)}
        if w is None:
            model.learn_one(x, y)
        else:
            model.learn_one(x, y, w=w)
    return float(model.predict_proba_one({"a": 0.8, "b": 0.1})[True])


@pytest.mark.parametrize("name", HONOURING)
def test_a_weight_arrives(name: str) -> None:
    make = ESTIMATORS[name]
    assert taught(make(), 1.0) == taught(make(), None)
    assert taught(make(), 7.0) != taught(make(), 1.0)


@pytest.mark.parametrize("name", HONOURING)
def test_no_weight_teaches_nothing(name: str) -> None:
    model = ESTIMATORS[name]()
    before = taught(model, 1.0)
    for y in (True, False, True):
        model.learn_one({"a": 3.0, "b": -3.0}, y, w=0.0)
    assert float(model.predict_proba_one({"a": 0.8, "b": 0.1})[True]) == before


@pytest.mark.parametrize("w", [-1.0, float("nan"), float("inf")])
@pytest.mark.parametrize("name", HONOURING)
def test_a_weight_that_is_none_is_refused(name: str, w: float) -> None:
    with pytest.raises(ValueError, match="w"):
        ESTIMATORS[name]().learn_one({"a": 1.0}, True, w=w)


@pytest.mark.parametrize("name", REFUSING)
def test_a_weight_that_would_be_dropped_is_refused(name: str) -> None:
    model = ESTIMATORS[name]()
    before = taught(model, None)
    with pytest.raises((ValueError, TypeError), match="w"):
        model.learn_one({"a": 1.0, "b": 1.0}, True, w=7.0)
    assert float(model.predict_proba_one({"a": 0.8, "b": 0.1})[True]) == before


@pytest.mark.parametrize("name", HONOURING)
def test_a_weight_arrives_behind_a_scaler(name: str) -> None:
    def make() -> Any:
        return preprocessing.StandardScaler() | ESTIMATORS[name]()

    assert taught(make(), 7.0) != taught(make(), 1.0)
