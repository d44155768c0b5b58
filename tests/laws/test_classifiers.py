"""Every public classifier × the laws of classifiers and scorers; River's own checks are in tests/river."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from river import base

from streamimb import checks, compose, ensemble, linear_model, tree
from streamimb.protocols import Scorer
from tests.laws.lawful import RemembersP, RemembersWhatItSaid
from tests.laws.table import CLASSIFIERS


@pytest.mark.parametrize(
    ("make", "law"),
    [
        pytest.param(make, law, id=f"{name}-{law.__name__}")
        for name, make in CLASSIFIERS.items()
        for law in checks.CLASSIFIER_LAWS
    ],
)
def test_classifier(make: Callable[[], Any], law: checks.Law) -> None:
    law(make())


def remembering() -> Any:
    """Ours around a learner and a calibrator of somebody else's, which want memos back."""
    sampled = compose.SampledClassifier(RemembersP(), seed=1)
    return compose.GuardedClassifier(compose.CalibratedClassifier(sampled, RemembersWhatItSaid()))


@pytest.mark.parametrize(
    ("make", "law"),
    [
        pytest.param(make, law, id=f"{name}-{law.__name__}")
        for name, make in {**CLASSIFIERS, "remembering": remembering}.items()
        if isinstance(make(), Scorer)
        for law in checks.SCORER_LAWS
    ],
)
def test_scorer(make: Callable[[], Any], law: checks.Law) -> None:
    law(make())


def test_memos_of_two_parts_are_one_memo() -> None:
    model = remembering()
    model.learn_one({"a": 1.0}, False)
    assert len(model.scores_one({"a": 1.0})[1]) == 2


def test_every_public_classifier_is_in_the_table() -> None:
    public = {
        name
        for room in (compose, ensemble, linear_model, tree)
        for name in room.__all__
        if inspect.isclass(getattr(room, name)) and issubclass(getattr(room, name), base.Classifier)
    }
    assert public == {name.split()[0] for name in CLASSIFIERS}
    for name, make in CLASSIFIERS.items():
        assert type(make()).__name__ == name.split()[0]
