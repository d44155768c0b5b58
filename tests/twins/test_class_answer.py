"""What is served of classes by name: compiled and interpreted alike, and as computed by hand."""

from __future__ import annotations

import random
from typing import Any

import pytest

from streamimb.compose.capabilities import Traits
from streamimb.compose.inferred_schema import usable
from streamimb.compose.own_types import own_type
from tests.compose.parts import WeightRecorder
from tests.twins.interpreted import compiled, interpreted

NAMES = ("a", "b", "c")


class Answers(WeightRecorder):
    """A classifier of several classes that answers as it is told."""

    said: Any = None

    @property
    def _multiclass(self) -> bool:
        return True

    def predict_proba_one(self, x: Any, **kwargs: Any) -> Any:
        return self.said


def guard(kernel: Any) -> tuple[Any, Answers]:
    learner = Answers()
    check = kernel("schema_check").SchemaCheck(4, False, own_type, usable)
    check.add("x", 0, -1e15, 1e15, True)
    inner = kernel("adapters").ForeignModel(learner, Traits(learner))
    return kernel("guarded").GuardedModel(inner, check, 11, {}), learner


def answers(rng: random.Random) -> Any:
    names = rng.choice([NAMES, ("a", "b"), ("a", "other"), ("other", 7, "more"), (False, True), ()])
    weights = [rng.random() for _ in names]
    return {name: weight / sum(weights) for name, weight in zip(names, weights, strict=True)}


def test_twins_serve_alike() -> None:
    native, twin = guard(compiled), guard(interpreted)
    rng = random.Random(1)
    for _ in range(500):
        said, shares = answers(rng), {name: rng.choice([0.0, 1e-12, rng.random()]) for name in NAMES}
        found = []
        for model, learner in (native, twin):
            learner.said = said
            served = model.serve_classes_one({"x": 1.0}, NAMES, lambda shares=shares: shares)
            assert model.serve_classes_again_one({"x": 1.0}, NAMES, lambda shares=shares: shares) == served
            found.append(served)
        assert found[0] == found[1]
        named = [name for name in NAMES if name in said]
        p = {name: said.get(name, 0.0) if named else 1 / 3 for name in NAMES}
        assert found[0].by_class.p == {name: (p[name],) * 3 for name in NAMES}
        if named:
            best = max(NAMES, key=lambda name: p[name] / max(1e-9, shares[name]))
            assert found[0].by_class.decision == best
        assert (found[0].raw, found[0].corrected, found[0].calibrated) == (p[found[0].by_class.decision],) * 3


def test_what_is_served_again_is_not_counted_again() -> None:
    for kernel in (compiled, interpreted):
        model, learner = guard(kernel)
        learner.said = {"a": 1.0}
        x = {"x": 1.0, "strange": 1.0}
        model.serve_classes_one(x, NAMES, dict)
        model.serve_classes_again_one(x, NAMES, dict)
        assert model._guard_reasons() == {"unknown_field": 1}
        assert model.serve_learn_classes_one(x, "b", NAMES, dict).by_class.decision == "a"
        assert [y for _, y, _ in learner._given] == ["b"]


@pytest.mark.parametrize("kernel", [compiled, interpreted])
def test_a_label_is_checked_without_learning_it(kernel: Any) -> None:
    model, learner = guard(kernel)
    model.check_label("a")
    with pytest.raises(ValueError, match="no labels"):
        model.check_label(None)
    assert learner._given == []


@pytest.mark.parametrize("kernel", [compiled, interpreted])
def test_no_class_is_refused(kernel: Any) -> None:
    """The fuzzer found that a decision among no classes read beyond the tuple."""
    model, learner = guard(kernel)
    learner.said = {"a": 1.0}
    for serve in (
        lambda: model.serve_classes_one({"x": 1.0}, (), dict),
        lambda: model.serve_classes_again_one({"x": 1.0}, (), dict),
        lambda: model.serve_learn_classes_one({"x": 1.0}, "b", (), dict),
    ):
        with pytest.raises(ValueError, match="one class or more"):
            serve()
    assert learner._given == []
