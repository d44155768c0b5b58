"""Each law of learners with an offset for each class on a learner that breaks it; a lawful one passes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from river import base

from streamimb import checks, linear_model
from tests.laws.lawful import checked
from tests.laws.test_core_laws_can_tell import COMMON


class Lawful(base.Classifier):
    """Ours, called through this class, so that a broken one differs from it in one method."""

    def __init__(self) -> None:
        self._inner: Any = linear_model.SoftmaxRegression()

    def predict_proba_one(self, x: Any, **kwargs: Any) -> Any:
        return self._inner.predict_proba_one(x)

    def learn_one(self, x: Any, y: Any) -> None:
        self._inner.learn_one(x, y)

    def predict_offsets_one(self, x: Any, offsets: Any) -> Any:
        return self._inner.predict_offsets_one(x, offsets)

    def observe_one(self, x: Any, y: Any, offsets: Any, w: float = 1.0) -> None:
        self._inner.observe_one(x, y, offsets, w)

    def step_one(self, x: Any, y: Any, offsets: Any, w: float = 1.0) -> None:
        self._inner.step_one(x, y, offsets, w)


class DoublesP(Lawful):
    def predict_offsets_one(self, x: Any, offsets: Any) -> Any:
        return {k: 2.0 * p for k, p in super().predict_offsets_one(x, offsets).items()}


class ObservesWhatItIsAsked(Lawful):
    def predict_offsets_one(self, x: Any, offsets: Any) -> Any:
        self._inner.observe_one(x, next(iter(offsets)), offsets)
        return super().predict_offsets_one(x, offsets)


class KeepsOffsets(Lawful):
    def step_one(self, x: Any, y: Any, offsets: Any, w: float = 1.0) -> None:
        super().step_one(x, y, offsets, w)
        self._last = offsets


class DropsAField(Lawful):
    def observe_one(self, x: Any, y: Any, offsets: Any, w: float = 1.0) -> None:
        super().observe_one(x, y, offsets, w)
        x.pop("a", None)


class AddsAnOffset(Lawful):
    def predict_offsets_one(self, x: Any, offsets: Any) -> Any:
        said = super().predict_offsets_one(x, offsets)
        offsets["another"] = 0.0
        return said


class DropsTheOffsets(Lawful):
    def predict_offsets_one(self, x: Any, offsets: Any) -> Any:
        return super().predict_offsets_one(x, dict.fromkeys(offsets, 0.0))


class AddsTheOffsetsTwice(Lawful):
    def predict_offsets_one(self, x: Any, offsets: Any) -> Any:
        return super().predict_offsets_one(x, {k: 2.0 * offset for k, offset in offsets.items()})


class AddsTheLargestOffset(Lawful):
    """It rises and falls with the offsets, and changes where all of them move alike."""

    def predict_offsets_one(self, x: Any, offsets: Any) -> Any:
        rest = 1e-3 / (1.0 + math.exp(-max(-30.0, min(30.0, max(offsets.values())))))
        said = super().predict_offsets_one(x, offsets)
        return {k: (p + rest) / (1.0 + rest * len(said)) for k, p in said.items()}


class TakesNoStep(Lawful):
    def step_one(self, x: Any, y: Any, offsets: Any, w: float = 1.0) -> None:
        checked(w)


class LearnsTheOffsetsToo(Lawful):
    def step_one(self, x: Any, y: Any, offsets: Any, w: float = 1.0) -> None:
        super().step_one(x, y, dict.fromkeys(offsets, 0.0), w)


class StepsWhereItObserved(Lawful):
    """The offsets of the step, in which the rates are, do not count."""

    def observe_one(self, x: Any, y: Any, offsets: Any, w: float = 1.0) -> None:
        super().observe_one(x, y, offsets, w)
        self._offsets = dict(offsets)

    def step_one(self, x: Any, y: Any, offsets: Any, w: float = 1.0) -> None:
        super().step_one(x, y, self._offsets, w)


class StepsOfOne(Lawful):
    def step_one(self, x: Any, y: Any, offsets: Any, w: float = 1.0) -> None:
        super().step_one(x, y, offsets, min(1.0, checked(w)))


class StepsOfAnything(Lawful):
    def step_one(self, x: Any, y: Any, offsets: Any, w: float = 1.0) -> None:
        super().step_one(x, y, offsets, max(0.0, w) if w < math.inf else 1.0)


BROKEN: list[tuple[str, Callable[[], Any]]] = [
    ("predictions_are_probabilities", DoublesP),
    ("predicting_is_pure", ObservesWhatItIsAsked),
    ("arguments_are_neither_changed_nor_aliased", KeepsOffsets),
    ("arguments_are_neither_changed_nor_aliased", DropsAField),
    ("arguments_are_neither_changed_nor_aliased", AddsAnOffset),
    ("an_offset_moves_its_class", DropsTheOffsets),
    ("an_offset_moves_its_class", AddsTheOffsetsTwice),
    ("an_offset_moves_its_class", AddsTheLargestOffset),
    ("learns_what_the_offsets_leave", TakesNoStep),
    ("what_the_offsets_explain_is_not_learned", LearnsTheOffsetsToo),
    ("a_rate_in_training_is_not_served", StepsWhereItObserved),
    ("weights_arrive_safely", StepsOfOne),
    ("weights_arrive_safely", StepsOfAnything),
]
LAWS = {law.__name__: law for law in checks.CLASS_OFFSET_LEARNER_LAWS}


@pytest.mark.parametrize(("name", "make"), BROKEN, ids=[f"{name}-{make.__name__}" for name, make in BROKEN])
def test_a_broken_learner_is_found_out(name: str, make: Callable[[], Any]) -> None:
    with pytest.raises(checks.LawBroken):
        LAWS[name](make())


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_a_lawful_learner_passes(law: checks.Law) -> None:
    law(Lawful())


def test_every_law_has_a_learner_that_breaks_it() -> None:
    assert LAWS.keys() - {name for name, _ in BROKEN} <= COMMON
