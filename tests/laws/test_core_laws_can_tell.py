"""Each law of offset learners, anchors, routes and scorers on a part that breaks it; lawful ones pass."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from river import base

from streamimb import checks, linear_model
from streamimb.protocols import Scores
from tests.laws.lawful import (
    BatchModel,
    Divides,
    DividesWeights,
    LivePrior,
    RemembersP,
    Residual,
    Reweights,
    checked,
)


class DoublesP(Residual):
    def predict_offset_one(self, x: Any, offset: float) -> float:
        return 2.0 * super().predict_offset_one(x, offset)


class AddsWhatItIsAsked(Residual):
    def predict_offset_one(self, x: Any, offset: float) -> float:
        self._moments.update({name: (0.0, 0.0, 0.0) for name in x if name not in self._moments})
        return super().predict_offset_one(x, offset)


class KeepsPositives(Residual):
    def step_one(self, x: Any, y: bool, offset: float, w: float = 1.0) -> None:
        super().step_one(x, y, offset, w)
        if y:
            self._last = x


class DropsAField(Residual):
    def observe_one(self, x: Any, y: bool, offset: float, w: float = 1.0) -> None:
        super().observe_one(x, y, offset, w)
        x.pop("a", None)


class DropsTheOffset(Residual):
    def predict_offset_one(self, x: Any, offset: float) -> float:
        return super().predict_offset_one(x, 0.0)


class AddsTheOffsetTwice(Residual):
    def predict_offset_one(self, x: Any, offset: float) -> float:
        return super().predict_offset_one(x, 2.0 * offset)


class TakesNoStep(Residual):
    def step_one(self, x: Any, y: bool, offset: float, w: float = 1.0) -> None:
        checked(w)


class LearnsTheOffsetToo(Residual):
    def step_one(self, x: Any, y: bool, offset: float, w: float = 1.0) -> None:
        super().step_one(x, y, 0.0, w)


class StepsWhereItObserved(Residual):
    """The offset of the step, in which the shift is, does not count."""

    def observe_one(self, x: Any, y: bool, offset: float, w: float = 1.0) -> None:
        super().observe_one(x, y, offset, w)
        self._offset = offset

    def step_one(self, x: Any, y: bool, offset: float, w: float = 1.0) -> None:
        super().step_one(x, y, self._offset, w)


class StepsOfOne(Residual):
    def step_one(self, x: Any, y: bool, offset: float, w: float = 1.0) -> None:
        super().step_one(x, y, offset, min(1.0, checked(w)))


class StepsOfAnything(Residual):
    def step_one(self, x: Any, y: bool, offset: float, w: float = 1.0) -> None:
        super().step_one(x, y, offset, max(0.0, w) if w < math.inf else 1.0)


class TakesAMemoForMore(RemembersP):
    def observe_one(self, x: Any, y: bool, offset: float, w: float = 1.0, memo: Any = None) -> None:
        super().observe_one(x, y, offset, w if memo is None else 2.0 * w, memo)


class RemembersX(RemembersP):
    def memo_one(self, x: Any, offset: float) -> Any:
        return (x,)


class Counts(Residual):
    def __init__(self, step: float = 0.2) -> None:
        super().__init__(step)
        self._labels: list[bool] = []

    def observe_one(self, x: Any, y: bool, offset: float, w: float = 1.0) -> None:
        super().observe_one(x, y, offset, w)
        self._labels.append(y)


BROKEN_LEARNERS: list[tuple[str, Callable[[], Any]]] = [
    ("predictions_are_probabilities", DoublesP),
    ("predicting_is_pure", AddsWhatItIsAsked),
    ("x_is_neither_changed_nor_aliased", KeepsPositives),
    ("x_is_neither_changed_nor_aliased", DropsAField),
    ("an_offset_moves_the_log_odds", DropsTheOffset),
    ("an_offset_moves_the_log_odds", AddsTheOffsetTwice),
    ("learns_what_the_offset_leaves", TakesNoStep),
    ("what_the_offset_explains_is_not_learned", LearnsTheOffsetToo),
    ("a_shift_in_training_is_not_served", StepsWhereItObserved),
    ("weights_arrive_safely", StepsOfOne),
    ("weights_arrive_safely", StepsOfAnything),
    ("a_fresh_memo_changes_nothing", TakesAMemoForMore),
    ("a_fresh_memo_changes_nothing", RemembersX),
    ("memory_is_bounded", Counts),
]


class InfiniteAtFirst(LivePrior):
    def __init__(self) -> None:
        self._mass = {False: 1e-320, True: 1e-10}


class CountsQuestions(LivePrior):
    def logit_one(self, x: Any) -> float:
        self._mass[True] += 1e-9
        return super().logit_one(x)


class KeepsNegatives(LivePrior):
    def learn_one(self, x: Any, y: bool, p: float, w: float = 1.0) -> None:
        super().learn_one(x, y, p, w)
        if not y:
            self._last = x


class FollowsScores(LivePrior):
    def __init__(self) -> None:
        super().__init__()
        self._sum = 0.0

    def logit_one(self, x: Any) -> float:
        return super().logit_one(x) + self._sum

    def learn_one(self, x: Any, y: bool, p: float, w: float = 1.0) -> None:
        super().learn_one(x, y, p, w)
        self._sum = -math.inf if p == 0.0 else 0.0


class TakesAnyWeight(LivePrior):
    def learn_one(self, x: Any, y: bool, p: float, w: float = 1.0) -> None:
        self._mass[y] += 1.0


BROKEN_ANCHORS: list[tuple[str, Callable[[], Any]]] = [
    ("log_odds_are_finite", InfiniteAtFirst),
    ("logit_one_is_pure", CountsQuestions),
    ("x_is_neither_changed_nor_aliased", KeepsNegatives),
    ("scores_of_0_and_1_are_taken", FollowsScores),
    ("weights_arrive_safely", TakesAnyWeight),
]


class NotNormalised(Divides):
    def correct_one(self, p: Any, rates: Any, prior: Any) -> dict[Any, float]:
        return {k: min(1.0, p[k] / rates[k]) for k in p}


class NamesOtherClasses(Divides):
    def correct_one(self, p: Any, rates: Any, prior: Any) -> dict[Any, float]:
        return {**dict.fromkeys(rates, 0.0), True: 1.0}


class ChangesRates(Divides):
    def correct_one(self, p: Any, rates: Any, prior: Any) -> dict[Any, float]:
        q = super().correct_one(p, rates, prior)
        rates.update(q)
        return q


class HidesItsNeed(Divides):
    needs_rates = False

    def correct_one(self, p: Any, rates: Any, prior: Any) -> dict[Any, float]:
        return super().correct_one(p, {**dict.fromkeys(p, 1.0), **rates}, prior)


class GivesNothing(Divides):
    def give_one(self, y: Any, rate: float, w: float, copies: float) -> float:
        return float(int(w))


class GivesEveryoneTheSame(Divides):
    def give_one(self, y: Any, rate: float, w: float, copies: float) -> float:
        return 1.0


class CorrectsTwice(Divides):
    def correct_one(self, p: Any, rates: Any, prior: Any) -> dict[Any, float]:
        return super().correct_one(super().correct_one(p, rates, prior), rates, prior)


class CorrectsTwoClasses(Divides):
    def correct_one(self, p: Any, rates: Any, prior: Any) -> dict[Any, float]:
        return super().correct_one(p, rates, prior) if True in p else dict(p)


BROKEN_ROUTES: list[tuple[str, Callable[[], Any]]] = [
    ("corrections_are_probabilities", NotNormalised),
    ("corrections_are_probabilities", NamesOtherClasses),
    ("correct_one_is_pure", ChangesRates),
    ("needs_rates_is_true", HidesItsNeed),
    ("given_weights_are_finite_and_above_0", GivesNothing),
    ("a_weight_multiplies", GivesEveryoneTheSame),
    ("sampling_is_taken_out_of_two_classes", CorrectsTwice),
    ("sampling_is_taken_out_of_three_classes", CorrectsTwoClasses),
]


class Scoring(base.Classifier):
    """A lawful scorer: ours, spoken to by way of this; its memo is the number of events learned."""

    def __init__(self) -> None:
        self._model: Any = linear_model.LogisticRegression()
        self._n = 0.0

    def predict_proba_one(self, x: Any, **kwargs: Any) -> Any:
        return self._model.predict_proba_one(x)

    def learn_one(self, x: Any, y: Any, w: float = 1.0, memo: Any = None) -> None:
        self._model.learn_one(x, y, w)
        self._n += 1.0

    def scores_one(self, x: Any) -> Any:
        p = self.predict_proba_one(x)[True]
        return Scores(p, p, p), (self._n,)

    def score_learn_one(self, x: Any, y: Any) -> Any:
        scores, _ = self.scores_one(x)
        self.learn_one(x, y)
        return scores

    @property
    def kept_share(self) -> float:
        return 1.0


class ScoresAnother(Scoring):
    def scores_one(self, x: Any) -> Any:
        scores, memo = super().scores_one(x)
        return Scores(scores.raw, scores.corrected, scores.calibrated / 2.0), memo


class GivesLists(Scoring):
    def scores_one(self, x: Any) -> Any:
        scores, memo = super().scores_one(x)
        return scores, [*memo]


class GrowsMemos(Scoring):
    def scores_one(self, x: Any) -> Any:
        scores, memo = super().scores_one(x)
        return scores, memo * (1 + int(self._n))


class LearnsWhenAsked(Scoring):
    def scores_one(self, x: Any) -> Any:
        said = super().scores_one(x)
        self._model.learn_one(x, False)
        return said


class OnlyScores(Scoring):
    def score_learn_one(self, x: Any, y: Any) -> Any:
        return self.scores_one(x)[0]


class LearnsMemosTwice(Scoring):
    def learn_one(self, x: Any, y: Any, w: float = 1.0, memo: Any = None) -> None:
        super().learn_one(x, y, w if memo is None else 2.0 * w)


class BreaksAtLateMemos(Scoring):
    _late = False

    def learn_one(self, x: Any, y: Any, w: float = 1.0, memo: Any = None) -> None:
        super().learn_one(x, y, w)
        self._late = memo is not None and memo[0] < self._n - 10.0

    def scores_one(self, x: Any) -> Any:
        scores, memo = super().scores_one(x)
        return (Scores(math.nan, math.nan, math.nan) if self._late else scores), memo


class KeepsLessThanNothing(Scoring):
    @property
    def kept_share(self) -> float:
        return -1.0


BROKEN_SCORERS: list[tuple[str, Callable[[], Any]]] = [
    ("scores_are_what_is_predicted", ScoresAnother),
    ("scores_are_what_is_predicted", GivesLists),
    ("scores_are_what_is_predicted", GrowsMemos),
    ("scoring_is_pure", LearnsWhenAsked),
    ("scoring_and_learning_at_once_is_both", OnlyScores),
    ("a_fresh_memo_changes_nothing", LearnsMemosTwice),
    ("a_late_memo_is_taken", BreaksAtLateMemos),
    ("the_kept_share_is_a_share_of_copies", KeepsLessThanNothing),
]

KINDS = [
    (checks.OFFSET_LEARNER_LAWS, BROKEN_LEARNERS, (Residual, RemembersP)),
    (checks.ANCHOR_LAWS, BROKEN_ANCHORS, (LivePrior, BatchModel)),
    (checks.SCORER_LAWS, BROKEN_SCORERS, (Scoring,)),
    (checks.ROUTE_LAWS, BROKEN_ROUTES, (Divides, DividesWeights, Reweights)),
]
COMMON = {
    "parameters_are_kept",
    "a_whole_number_works_as_its_float",
    "clone_forgets",
    "saves_are_equal",
    "resume_is_uninterrupted",
    "memory_is_bounded",
}


@pytest.mark.parametrize(
    ("law", "make"),
    [
        pytest.param(next(law for law in laws if law.__name__ == name), make, id=f"{name}-{make.__name__}")
        for laws, broken, _ in KINDS
        for name, make in broken
    ],
)
def test_a_broken_part_is_found_out(law: checks.Law, make: Callable[[], Any]) -> None:
    with pytest.raises(checks.LawBroken):
        law(make())


@pytest.mark.parametrize(
    ("make", "law"),
    [
        pytest.param(make, law, id=f"{make.__name__}-{law.__name__}")
        for laws, _, lawful in KINDS
        for make in lawful
        for law in laws
    ],
)
def test_a_lawful_part_passes(make: Callable[[], Any], law: checks.Law) -> None:
    law(make())


def test_every_law_has_a_part_that_breaks_it() -> None:
    """The laws of every part are shown to fail in test_laws_can_tell."""
    for laws, broken, _ in KINDS:
        assert {law.__name__ for law in laws} - {name for name, _ in broken} <= COMMON
