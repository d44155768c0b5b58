"""Labels are True and False, strings and integers: what no state can hold is refused before anything is learned."""

from __future__ import annotations

import decimal
import enum
import fractions
from typing import Any

import numpy as np
import pytest
from river import base, naive_bayes

from streamimb import CalibratedClassifier, GuardedClassifier, SampledClassifier, sampling
from streamimb._kernels.answer import is_label, label_of
from streamimb.engine import snapshot
from streamimb.linear_model import LogisticRegression


class Colour(enum.StrEnum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


MODELS: dict[str, Any] = {
    "sampled": lambda inner: SampledClassifier(inner, sampling.UnderSampler(share=0.3), seed=1),
    "calibrated": CalibratedClassifier,
    "guarded": GuardedClassifier,
    "all": lambda inner: GuardedClassifier(CalibratedClassifier(SampledClassifier(inner, seed=1))),
}
NO_LABELS = [
    2j, 1.5, float("inf"), (1, 2), (), frozenset((1,)), b"a", None, float("nan"), [1], {}, object(),
    np.float64("nan"), np.float32(0.5), decimal.Decimal(2), fractions.Fraction(1, 2), "\ud800",
    Ellipsis, int,
]  # fmt: skip
LABELS = [
    ("a", "a"), ("", ""), (np.str_("a"), "a"), (Colour.RED, "red"), (2, 2), (-1, -1), (10**30, 10**30),
    (np.int64(7), 7), (np.uint8(3), 3), (Level.HIGH, 3), (2.0, 2), (np.float32(4.0), 4), (1, True), (0, False),
    (1.0, True), (0.0, False), (np.bool_(True), True), (np.int64(0), False), (True, True),
]  # fmt: skip


@pytest.mark.parametrize("y", NO_LABELS, ids=repr)
@pytest.mark.parametrize("name", MODELS)
def test_what_no_state_can_hold_is_refused_and_nothing_learned(name: str, y: Any) -> None:
    model = MODELS[name](naive_bayes.GaussianNB())
    for label in ("a", "b", "a"):
        model.learn_one({"f": 1.0}, label)
    before = snapshot.dumps(model, allow_pickle=True)
    for learn in (model.learn_one, model.score_learn_one):
        with pytest.raises(ValueError, match=r"^y"):
            learn({"f": 1.0}, y)
    assert snapshot.dumps(model, allow_pickle=True) == before


@pytest.mark.parametrize(("y", "plain"), LABELS, ids=repr)
@pytest.mark.parametrize("name", MODELS)
def test_what_is_learned_is_loaded_again(name: str, y: Any, plain: Any) -> None:
    model = MODELS[name](naive_bayes.GaussianNB())
    for label in ("a", "b", y, y):
        model.learn_one({"f": 1.0}, label)
    again = snapshot.loads(snapshot.dumps(model, allow_pickle=True), allow_pickle=True)
    p = again.predict_proba_one({"f": 1.0})
    assert p == model.predict_proba_one({"f": 1.0})
    (found,) = (k for k in p if k == plain)
    assert type(found) is type(plain)


@pytest.mark.parametrize(("y", "plain"), LABELS, ids=repr)
def test_one_rule_says_what_a_label_is(y: Any, plain: Any) -> None:
    found = label_of(y)
    assert (type(found), found) == (type(plain), plain)
    assert is_label(found)
    assert is_label(y) is (type(y) is type(plain))


@pytest.mark.parametrize("y", NO_LABELS, ids=repr)
def test_what_is_no_label_is_none_in_a_state(y: Any) -> None:
    assert not is_label(y)


@pytest.mark.parametrize("label", [(1, 2), 2.5, 2.0, None, 1], ids=repr)
def test_a_state_with_another_label_is_refused(label: Any) -> None:
    for name, entry in (("sampled", "labels"), ("calibrated", "classes")):
        model = MODELS[name](naive_bayes.GaussianNB())
        for y in ("a", "b"):
            model.learn_one({"f": 1.0}, y)
        state = model.__getstate__()
        if entry == "labels":
            state[entry] = [*state[entry], label]
        else:
            state[entry] = [*state[entry], [label, state[entry][0][1]]]
        cls: Any = type(model)
        with pytest.raises(ValueError, match=f"^state: {entry}: expected labels that differ"):
            snapshot.put(cls.__new__(cls), state)


class Tuples(base.Classifier):
    """A classifier that was trained elsewhere, on classes that are no labels."""

    def __init__(self, label: Any = (1, 2)) -> None:
        self.label = label
        self.learned = 0

    @property
    def _multiclass(self) -> bool:
        return True

    def learn_one(self, x: Any, y: Any) -> None:
        self.learned += 1

    def predict_proba_one(self, x: Any, **kwargs: Any) -> dict[Any, float]:
        return {self.label: 0.25, "a": 0.75}


@pytest.mark.parametrize("label", [(1, 2), 2.5, None, 2j], ids=repr)
@pytest.mark.parametrize("name", ["sampled", "calibrated", "all"])
def test_classes_of_the_classifier_that_no_state_can_hold_are_refused(name: str, label: Any) -> None:
    inner = Tuples(label)
    model = MODELS[name](inner)
    with pytest.raises(ValueError, match="the classifier names a class of type"):
        model.learn_one({"f": 1.0}, "a")
    assert inner.learned == 0
    model.predict_proba_one({"f": 1.0})


def test_a_learner_of_two_classes_takes_these_alone() -> None:
    for y in (2, 2.0, "a", (1, 2), None, 1.5):
        with pytest.raises(ValueError, match=r"^y is \w+: expected True or False"):
            LogisticRegression().learn_one({"f": 1.0}, y)
