"""What classes a wrapper says when it is put around a classifier that was trained before."""

from __future__ import annotations

import copy
import math
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from river import base, multiclass, naive_bayes, preprocessing, tree

from streamimb import (
    CalibratedClassifier,
    Field,
    GuardedClassifier,
    SampledClassifier,
    Schema,
    linear_model,
    sampling,
)
from streamimb.engine import snapshot
from tests.compose.parts import Halving, Recorder
from tests.compose.streams import events

X = {"a": 0.3, "b": -0.2, "c": 0.1}


def trained(model: Any, labels: tuple[Any, ...] = ("low", "mid", "high")) -> Any:
    for i, (x, _, p) in enumerate(events(300, 1, base=-1.0)):
        model.learn_one(x, labels[min(len(labels) - 1, int(3 * p) if i > 5 else i % len(labels))])
    return model


INNER = {
    "bayes": lambda: trained(preprocessing.StandardScaler() | naive_bayes.GaussianNB()),
    "tree": lambda: trained(tree.HoeffdingTreeClassifier()),
    "one versus rest": lambda: trained(multiclass.OneVsRestClassifier(linear_model.LogisticRegression())),
}
AROUND: dict[str, Callable[[Any], Any]] = {
    "calibrated": CalibratedClassifier,
    "calibrated by another": lambda inner: CalibratedClassifier(inner, Halving()),
    "guarded": GuardedClassifier,
    "guarded by a schema": lambda inner: GuardedClassifier(
        inner, Schema({name: Field(nullable=True) for name in "abc"})
    ),
    "both": lambda inner: GuardedClassifier(
        CalibratedClassifier(inner), Schema({name: Field(nullable=True) for name in "abc"})
    ),
}


@pytest.mark.parametrize("inner", INNER)
@pytest.mark.parametrize("around", AROUND)
def test_a_model_of_three_classes_says_three_from_the_start(around, inner):
    model = AROUND[around](INNER[inner]())
    for again in (model, copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        p = again.predict_proba_one(X)
        assert set(p) == {"low", "mid", "high"}
        assert math.isclose(sum(p.values()), 1.0)
        assert again.predict_one(X) in p


@pytest.mark.parametrize("around", AROUND)
def test_asking_a_model_of_three_classes_changes_nothing(around):
    model = AROUND[around](INNER["bayes"]())
    before = snapshot.dumps(model, allow_pickle=True)
    model.predict_proba_one(X)
    model.scores_one(X)
    assert snapshot.dumps(model, allow_pickle=True) == before


@pytest.mark.parametrize("around", [*AROUND, "sampled"])
def test_there_is_no_probability_of_true_among_other_classes(around):
    """The scores are NaN, not an exception; the event is learned all the same."""
    model = {
        **AROUND,
        "sampled": lambda inner: SampledClassifier(inner, sampling.UnderSampler(share=0.3), seed=1),
    }[around](INNER["bayes"]())
    for scores in (model.scores_one(X)[0], model.score_learn_one(X, "mid"), model.scores_one(X)[0]):
        assert all(map(math.isnan, (scores.raw, scores.corrected, scores.calibrated)))
    assert set(model.predict_proba_one(X)) == {"low", "mid", "high"}


def test_what_serves_the_probability_of_true_refuses_other_classes():
    guard = GuardedClassifier(INNER["bayes"]())
    with pytest.raises(ValueError, match="classes of type str where labels are True and False"):
        guard.serve_one(X)


@pytest.mark.parametrize("around", AROUND)
def test_true_is_a_fourth_class_of_it(around):
    """A label that is a bool calibrates every class, and is one of them from then on."""
    model = AROUND[around](INNER["bayes"]())
    inner = INNER["bayes"]()
    model.learn_one(X, True)
    inner.learn_one(X, True)
    assert set(model.predict_proba_one(X)) == set(inner.predict_proba_one(X)) == {"low", "mid", "high", True}
    assert math.isclose(model.scores_one(X)[0].calibrated, model.predict_proba_one(X)[True])


def test_a_sampled_one_says_all_classes_from_the_first_label_that_is_one_of_them():
    model = SampledClassifier(INNER["bayes"](), sampling.UnderSampler(share=0.3), seed=1)
    model.learn_one(X, "mid")
    assert set(model.predict_proba_one(X)) == {"low", "mid", "high"}


def test_all_classes_of_it_are_calibrated_at_the_first_label():
    model = CalibratedClassifier(INNER["bayes"](), Halving())
    p = model.classifier.predict_proba_one(X)
    model.learn_one(X, True)
    assert {k: c._fed for k, c in model._classes.items() if k in p} == {k: [(p[k], False, 1.0)] for k in p}


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("labels", [(False, True), (0, 1)], ids=str)
def test_a_model_of_true_and_false_says_these(around, labels):
    model = AROUND[around](trained(naive_bayes.GaussianNB(), labels))
    p = model.predict_proba_one(X)
    assert [k for k in p if k is True or k is False] == [False, True]
    assert p[True] == model.scores_one(X)[0].calibrated
    model.learn_one(X, True)
    assert set(model.predict_proba_one(X)) == {False, True}


@pytest.mark.parametrize("around", AROUND)
def test_a_model_that_says_nothing_yet_says_true_and_false(around):
    p = AROUND[around](naive_bayes.GaussianNB()).predict_proba_one(X)
    assert list(p) == [False, True]
    assert p[True] < 1e-8


# ------------------------------------------------------------------ calibrators by protocol only


class Bare:
    """All that `Calibrator` promises."""

    def __init__(self) -> None:
        self.fed: list[Any] = []

    def learn_one(self, p: float, y: bool, w: float = 1.0) -> None:
        self.fed.append((p, y))

    def calibrate_one(self, p: float) -> float:
        return p / (1.0 + len(self.fed))


def test_a_calibrator_by_protocol_is_made_anew_for_each_class():
    model = CalibratedClassifier(Recorder(p=0.3), Bare())
    model.learn_one({}, False)
    for label in ("a", "b", "a"):
        model.learn_one({}, label)
    calibrators = {True: model.calibrator, **model._classes}
    assert {k: len(c.fed) for k, c in calibrators.items()} == {True: 4, False: 3, "a": 0, "b": 0}
    assert len({id(c) for c in calibrators.values()}) == 4
    assert math.isclose(sum(model.predict_proba_one({}).values()), 1.0)


def test_a_clone_with_a_calibrator_by_protocol_has_learned_nothing():
    model = CalibratedClassifier(Recorder(p=0.3), Bare())
    for _ in range(3):
        model.learn_one({}, False)
    assert model.clone().calibrator.fed == []
    assert model.clone().clone().predict_proba_one({}) == {False: 0.7, True: 0.3}
    assert len(model.calibrator.fed) == 3


def test_a_calibrator_that_cannot_be_copied_is_refused_at_construction():
    class Held(Bare):
        def __deepcopy__(self, memo: Any) -> Any:
            raise TypeError("cannot pickle '_thread.lock' object")

    with pytest.raises(ValueError, match=r"^calibrator=<.*cannot be copied \(cannot pickle"):
        CalibratedClassifier(Recorder(), Held())


def test_a_calibrator_of_rivers_kind_is_cloned_not_copied():
    class Kind(base.Base, Bare):
        pass

    taught = Kind()
    taught.learn_one(0.5, True)
    model = CalibratedClassifier(Recorder(p=0.3), taught)
    model.learn_one({}, "a")
    assert model.calibrator.fed == [(0.5, True), (0.3, False)]  # it goes on as that of True
    assert model._classes[False].fed == [(0.7, False)]


def test_scoring_asks_what_is_inside_once():
    asked: list[Any] = []

    class Counting(Recorder):
        def predict_proba_one(self, x: Any, **kwargs: Any) -> dict[Any, float]:
            asked.append(x)
            return {False: 0.7, True: 0.3}

    for model in (
        CalibratedClassifier(Counting(), Halving()),
        CalibratedClassifier(
            SampledClassifier(Counting(), sampling.UnderSampler(share=0.5), seed=1), Halving()
        ),
        CalibratedClassifier(Counting()),
    ):
        for ask in (model.scores_one, model.predict_proba_one, lambda x, m=model: m.learn_one(x, True)):
            asked.clear()
            ask(X)
            assert len(asked) == 1
