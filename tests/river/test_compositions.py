"""Every estimator where River's users put estimators: in pipelines, ensembles, reductions, evaluations."""

from __future__ import annotations

import copy
import importlib
import inspect
import itertools
import math
import pickle
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest
from river import base, datasets, ensemble, evaluate, metrics, multiclass, preprocessing

import streamimb
from tests.river.table import ESTIMATORS

Make = Callable[[], base.Classifier]
every = pytest.mark.parametrize("make", list(ESTIMATORS.values()), ids=list(ESTIMATORS))


def phishing(count: int = 200) -> list[Any]:
    return list(itertools.islice(datasets.Phishing(), count))


def learned(model: Any, stream: list[Any]) -> Any:
    for x, y in stream:
        p = model.predict_proba_one(x)
        assert all(0.0 <= value <= 1.0 for value in p.values())
        assert not p or math.isclose(sum(p.values()), 1.0)
        model.learn_one(x, y)
    return model


@every
def test_behind_a_scaler(make: Make) -> None:
    stream = phishing()
    model = learned(preprocessing.StandardScaler() | make(), stream)
    assert set(model.predict_proba_one(stream[0][0])) == {False, True}
    assert isinstance(model.predict_one(stream[0][0]), bool)


@every
def test_in_a_bag(make: Make) -> None:
    stream = phishing()
    bag = learned(ensemble.BaggingClassifier(make(), n_models=3, seed=1), stream)
    assert set(bag.predict_proba_one(stream[0][0])) == {False, True}


@every
def test_one_versus_rest(make: Make) -> None:
    stream = list(itertools.islice(datasets.ImageSegments(), 200))
    model = learned(multiclass.OneVsRestClassifier(make()), stream)
    assert set(model.predict_proba_one(stream[0][0])) == {y for _, y in stream}


@every
def test_progressive_validation_with_delay(make: Make) -> None:
    stream = phishing(300)
    metric = evaluate.progressive_val_score(stream, make(), metrics.LogLoss(), delay=20)
    assert math.isfinite(metric.get())
    assert metric.get() < 5.0


@every
def test_a_clone_forgets_and_a_copy_does_not(make: Make) -> None:
    stream = phishing()
    fresh = make().predict_proba_one(stream[0][0])
    model = learned(make(), stream)
    assert model.clone().predict_proba_one(stream[0][0]) == fresh
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        for x, y in stream[:50]:
            other.learn_one(x, y)
        again = copy.deepcopy(model)
        for x, y in stream[:50]:
            again.learn_one(x, y)
        assert again.predict_proba_one(stream[0][0]) == other.predict_proba_one(stream[0][0])


def public_estimators() -> set[str]:
    found = set()
    for room in pkgutil.walk_packages(streamimb.__path__, "streamimb."):
        module = importlib.import_module(room.name)
        for name in getattr(module, "__all__", []):
            thing = getattr(module, name)
            if inspect.isclass(thing) and issubclass(thing, base.Estimator):
                found.add(thing.__name__)
    return found


def test_the_table_has_every_public_estimator() -> None:
    assert public_estimators() == {name.split()[0] for name in ESTIMATORS}
