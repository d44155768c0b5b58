"""Within one call an event is read once; predicting and learning are two calls, and each reads what it is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from river import naive_bayes

from streamimb import CalibratedClassifier, Field, GuardedClassifier, SampledClassifier, Schema
from streamimb.engine import snapshot
from streamimb.linear_model import LogisticRegression
from streamimb.sampling import UnderSampler


class Counting:
    """A number of its own type, which counts how often it is asked for its value."""

    def __init__(self, value: float) -> None:
        self.value, self.asked = value, 0

    def __float__(self) -> float:
        self.asked += 1
        return self.value


def sampled() -> SampledClassifier:
    return SampledClassifier(LogisticRegression(), seed=1)


MODELS: dict[str, Callable[[], Any]] = {
    "learner": LogisticRegression,
    "calibrated": lambda: CalibratedClassifier(LogisticRegression()),
    "sampled": sampled,
    "sampled uniformly": lambda: SampledClassifier(LogisticRegression(), UnderSampler(keep_rate=1.0), seed=1),
    "sampled, calibrated": lambda: CalibratedClassifier(sampled()),
}


def trained(name: str) -> Any:
    model = MODELS[name]()
    for i in range(50):
        model.learn_one({"a": float(i % 7), "b": float(i % 3)}, i % 7 == 6)
    return model


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("y", [True, False])
def test_score_learn_one_reads_a_value_once(name, y):
    model, twin = trained(name), trained(name)
    x = {"a": Counting(3.0), "b": Counting(1.0)}
    scores = model.score_learn_one(x, y)
    assert {value.asked for value in x.values()} == {1}
    assert scores == twin.score_learn_one({"a": 3.0, "b": 1.0}, y)
    assert snapshot.dumps(model) == snapshot.dumps(twin)


@pytest.mark.parametrize("name", MODELS)
def test_every_other_call_reads_a_value_once(name):
    model = trained(name)
    for call in (model.predict_proba_one, model.scores_one, lambda x: model.learn_one(x, False)):
        x = {"a": Counting(3.0), "b": Counting(1.0)}
        call(x)
        assert {value.asked for value in x.values()} == {1}


SCHEMA = Schema({"a": Field(), "b": Field(nullable=True)})
GUARDS: dict[str, Callable[[], GuardedClassifier]] = {
    "ours": lambda: GuardedClassifier(CalibratedClassifier(sampled()), SCHEMA),
    "ours, inferred": lambda: GuardedClassifier(CalibratedClassifier(sampled()), warm_up=20),
    "river": lambda: GuardedClassifier(naive_bayes.GaussianNB(), SCHEMA),
    "river, inferred": lambda: GuardedClassifier(naive_bayes.GaussianNB(), warm_up=20),
}


@pytest.mark.parametrize("name", GUARDS)
def test_a_guard_reads_a_value_once_however_an_event_is_served(name):
    """A value of a type that the guard does not know is asked once, and is then missing."""
    guard = GUARDS[name]()
    for i in range(100):
        guard.learn_one({"a": float(i % 7), "b": float(i % 3)}, i % 7 == 6)
    calls: tuple[Callable[[Any], Any], ...] = (
        guard.check_one,
        guard.scores_one,
        guard.predict_proba_one,
        guard.admit_one,
        guard.serve_one,
        lambda x: guard.serve_learn_one(x, False),
        lambda x: guard.score_learn_one(x, False),
        lambda x: guard.learn_one(x, False),
    )
    for call in calls:
        value = Counting(3.0)
        call({"a": value, "b": 1.0})
        assert value.asked == 1
    served = guard.serve_one({"a": Counting(3.0), "b": 1.0})
    assert served.x == {"b": 1.0}


def test_an_event_that_was_served_is_read_once_when_it_is_learned():
    guard = GUARDS["ours"]()
    guard.learn_one({"a": 1.0, "b": 2.0}, False)
    x = {"a": Counting(3.0), "b": Counting(1.0)}
    guard.learn_served_one(x, False)
    assert {value.asked for value in x.values()} == {1}


# ------------------------------------------------------------------ two calls read twice


@pytest.mark.parametrize("name", MODELS)
def test_a_dict_changed_between_predicting_and_learning_is_learned_as_it_is_then(name):
    model, twin = trained(name), trained(name)
    x: dict[str, Any] = {"a": 3.0, "b": 1.0, "c": 2.0}
    model.predict_proba_one(x)
    model.scores_one(x)
    x["a"] = 5.0
    x["d"] = "word"
    del x["b"]
    model.learn_one(x, True)
    twin.learn_one({"a": 5.0, "c": 2.0, "d": "word"}, True)
    assert snapshot.dumps(model) == snapshot.dumps(twin)


@pytest.mark.parametrize("name", MODELS)
def test_a_dict_used_again_for_every_event_is_read_every_time(name):
    model, twin, x = trained(name), trained(name), {"a": 0.0, "b": 0.0}
    for i in range(200):
        x["a"], x["b"] = float(i % 5), float(i % 3)
        assert model.predict_proba_one(x) == twin.predict_proba_one(dict(x))
        model.learn_one(x, i % 5 == 4)
        twin.learn_one(dict(x), i % 5 == 4)
    assert snapshot.dumps(model) == snapshot.dumps(twin)


@pytest.mark.parametrize("y", [True, False])
def test_a_served_event_changed_before_its_label_is_learned_as_it_is_then(y):
    guard, twin = GUARDS["ours"](), GUARDS["ours"]()
    for model in (guard, twin):
        for i in range(50):
            model.learn_one({"a": float(i % 7), "b": 1.0}, i % 7 == 6)
    x = {"a": 3.0, "b": 1.0}
    served = guard.serve_one(x)
    assert served.x is x  # an event without faults is not copied
    twin.serve_one(dict(x))
    x["a"] = 4.0
    guard.learn_served_one(x, y)
    twin.learn_served_one({"a": 4.0, "b": 1.0}, y)
    assert snapshot.dumps(guard) == snapshot.dumps(twin)
