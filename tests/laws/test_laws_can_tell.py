"""Each law of samplers, calibrators, statistics and classifiers on a part that breaks it; new lawful kinds pass.

A law that never fails says nothing.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import pytest
from river import base, imblearn, preprocessing
from river import linear_model as river_linear_model

from streamimb import checks, linear_model
from streamimb.checks.parts import Law
from tests.laws.lawful import (
    Calibrator,
    OverSampler,
    RareReservoir,
    Reaches0And1,
    RemembersWhatItSaid,
    Reservoir,
    Sampler,
    StartsElsewhere,
    TakesAnyLabel,
    Weights,
    checked,
)

SHARED: list[Any] = []


class RatesOf0(Sampler):
    def rates_one(self, x: Any, p: Any, prior: Any) -> Any:
        return dict.fromkeys(p, 1.0 if self._n < 100 else 0.0)


class CountsQuestions(Sampler):
    def rates_one(self, x: Any, p: Any, prior: Any) -> Any:
        self._n += 1
        return dict.fromkeys(p, 1.0)


class KeepsX(Sampler):
    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: float = 1.0) -> None:
        super().learn_one(x, y, p, rates, prior, w)
        self._last = x


class KeepsPositives(Reservoir):
    """A reservoir of the very dicts it was given."""

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: float = 1.0) -> None:
        super().learn_one(x, y, p, rates, prior, w)
        self._kept = [x if kept == x else kept for kept in self._kept]


class ChangesX(Sampler):
    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: float = 1.0) -> None:
        super().learn_one(x, y, p, rates, prior, w)
        x["seen"] = 1.0


class KeepsRates(Sampler):
    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: float = 1.0) -> None:
        super().learn_one(x, y, p, rates, prior, w)
        self._rates = rates


class DropsTheFirst(Sampler):
    def rates_one(self, x: Any, p: Any, prior: Any) -> Any:
        return dict.fromkeys(p, 0.5)


class DropsTheFirstPositive(Sampler):
    def rates_one(self, x: Any, p: Any, prior: Any) -> Any:
        return {label: 0.01 if label is True and self._n > 100 else 1.0 for label in p}


class MissesNewClasses(Sampler):
    def rates_one(self, x: Any, p: Any, prior: Any) -> Any:
        return {label: 1.0 for label in p if label in {False, True, "a", "b"}}


class KnowsTwoLabels(Sampler):
    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: float = 1.0) -> None:
        super().learn_one(x, y, p, rates, prior, w * rates[y])


class AcceptsAnyWeight(Sampler):
    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: float = 1.0) -> None:
        self._n = min(1e6, self._n + 1)


class Remembers(Sampler):
    def __init__(self) -> None:
        super().__init__()
        self._seen = SHARED

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: float = 1.0) -> None:
        super().learn_one(x, y, p, rates, prior, w)
        self._seen.append(y)


class Grows(Sampler):
    def __init__(self) -> None:
        super().__init__()
        self._history: list[float] = []

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: float = 1.0) -> None:
        super().learn_one(x, y, p, rates, prior, w)
        self._history.append(random.random())


class HidesItsPilot(Sampler):
    """Says that its rates are the same for all events, and drops negatives of high scores."""

    def rates_one(self, x: Any, p: Any, prior: Any) -> Any:
        high = self._n > 50.0 and p.get(True, 0.0) > 0.1
        return {label: 0.02 if label is False and high else 1.0 for label in p}


class HalvesItsParameter(Sampler):
    def __init__(self, pace: float = 1.5) -> None:
        super().__init__(pace / 2)


class WantsAFloat(Sampler):
    def rates_one(self, x: Any, p: Any, prior: Any) -> Any:
        return dict.fromkeys(p, 1.0 if isinstance(self.pace, float) else 2.0)


class StatesNoBudget(RareReservoir):
    """500 positives, of which 100 have come when memory is measured first."""

    memory_budget_bytes = 4_096


class HidesItsHistory(Grows):
    """What is not saved is memory too."""

    def __getstate__(self) -> Any:
        return {"pace": self.pace, "_n": self._n}


class Unseeded(Sampler):
    def rates_one(self, x: Any, p: Any, prior: Any) -> Any:
        return {label: 1.0 + random.random() for label in p}


class SavesTheTime(Sampler):
    def __getstate__(self) -> Any:
        return {"pace": self.pace, "_n": self._n, "_now": random.random()}


class Doubles(Calibrator):
    def calibrate_one(self, p: float) -> float:
        return 2 * super().calibrate_one(p)


class StartsInTheMiddle(Calibrator):
    def calibrate_one(self, p: float) -> float:
        return 0.5


class Sharpens(Calibrator):
    """Says 0 and 1 where it is not certain."""

    def calibrate_one(self, p: float) -> float:
        return float(super().calibrate_one(p) > 0.02)


class TakesAMemoForMore(RemembersWhatItSaid):
    def learn_one(self, p: float, y: bool, w: float = 1.0, memo: Any = None) -> None:
        super().learn_one(p, y, w if memo is None else 2.0 * w, memo)


class LearnsWhenAsked(Calibrator):
    def calibrate_one(self, p: float) -> float:
        self._n += 1
        return p


class TakesNan(Calibrator):
    def calibrate_one(self, p: float) -> float:
        return p


class ChasesLabels(Calibrator):
    def __init__(self) -> None:
        super().__init__()
        self._b = 0.0

    def learn_one(self, p: float, y: bool, w: float = 1.0) -> None:
        super().learn_one(p, y, w)
        self._b += 0.5 * (y - self.calibrate_one(p))

    def calibrate_one(self, p: float) -> float:
        p = min(1 - 1e-9, max(1e-9, p))
        return 1 / (1 + math.exp(-math.log(p / (1 - p)) - self._b))


class TurnsAround(Calibrator):
    def calibrate_one(self, p: float) -> float:
        return 1 - p if self._n > 10 and p > 0.9 else p


class Mean(base.Base):
    """A lawful mean of everything, to be broken."""

    def __init__(self) -> None:
        self._sum = self._mass = 0.0

    def update(self, value: float, w: float = 1.0) -> None:
        if not 0.0 <= w < math.inf:
            raise ValueError("w")
        self._sum += min(w, 1e15) * value
        self._mass += min(w, 1e15)

    def get(self) -> float:
        return self._sum / self._mass if self._mass else 0.0

    def merge(self, other: Any) -> None:
        self._sum += other._sum
        self._mass += other._mass


class ReadsOnce(Mean):
    def get(self) -> float:
        self._mass += 1e-6
        return super().get()


class DropsWeights(Mean):
    def update(self, value: float, w: float = 1.0) -> None:
        super().update(value, min(checked(w), 1.0))


class AveragesMeans(Mean):
    def merge(self, other: Any) -> None:
        self._sum, self._mass = (self.get() + other.get()) / 2, 1.0


class Wrapped(base.Classifier):
    """A lawful classifier, to be broken: ours, spoken to by way of this."""

    def __init__(self) -> None:
        self._model: Any = linear_model.LogisticRegression()

    def learn_one(self, x: Any, y: Any, w: float = 1.0) -> None:
        self._model.learn_one(x, y, w)

    def predict_proba_one(self, x: Any, **kwargs: Any) -> Any:
        return self._model.predict_proba_one(x)


class Uncorrected(Wrapped):
    """Learns half and half, and says what it learned."""

    def __init__(self) -> None:
        learner: Any = preprocessing.StandardScaler() | river_linear_model.LogisticRegression()
        self._model = imblearn.RandomUnderSampler(learner, {False: 0.5, True: 0.5}, seed=1)

    def learn_one(self, x: Any, y: Any, w: float = 1.0) -> None:
        self._model.learn_one(x, y)


class LosesWeights(Wrapped):
    def learn_one(self, x: Any, y: Any, w: float = 1.0) -> None:
        self._model.learn_one(x, y)


class TakesBadWeights(Wrapped):
    def learn_one(self, x: Any, y: Any, w: float = 1.0) -> None:
        self._model.learn_one(x, y, w if 0 <= w < math.inf else 1.0)


class SaysTooMuch(Wrapped):
    def predict_proba_one(self, x: Any, **kwargs: Any) -> Any:
        return {False: 0.6, True: 0.6}


class KeepsItsX(Wrapped):
    def learn_one(self, x: Any, y: Any, w: float = 1.0) -> None:
        super().learn_one(x, y, w)
        self._last = x


class LearnsFromQuestions(Wrapped):
    def predict_proba_one(self, x: Any, **kwargs: Any) -> Any:
        p = self._model.predict_proba_one(x)
        self._model.learn_one(x, False)
        return p


BROKEN: list[tuple[tuple[Law, ...], str, Callable[[], Any]]] = [
    (checks.SAMPLER_LAWS, "rates_are_finite_and_above_0", RatesOf0),
    (checks.SAMPLER_LAWS, "rates_one_is_pure", CountsQuestions),
    (checks.SAMPLER_LAWS, "x_is_neither_changed_nor_aliased", KeepsX),
    (checks.SAMPLER_LAWS, "x_is_neither_changed_nor_aliased", KeepsPositives),
    (checks.SAMPLER_LAWS, "x_is_neither_changed_nor_aliased", ChangesX),
    (checks.SAMPLER_LAWS, "x_is_neither_changed_nor_aliased", KeepsRates),
    (checks.SAMPLER_LAWS, "first_events_are_learned", DropsTheFirst),
    (checks.SAMPLER_LAWS, "first_events_are_learned", DropsTheFirstPositive),
    (checks.SAMPLER_LAWS, "classes_may_come_at_any_time", MissesNewClasses),
    (checks.SAMPLER_LAWS, "weights_arrive_safely", AcceptsAnyWeight),
    (checks.SAMPLER_LAWS, "sampling_is_corrected_on_every_route", HidesItsPilot),
    (checks.SAMPLER_LAWS, "clone_forgets", Remembers),
    (checks.SAMPLER_LAWS, "memory_is_bounded", Grows),
    (checks.SAMPLER_LAWS, "memory_is_bounded", HidesItsHistory),
    (checks.SAMPLER_LAWS, "memory_is_bounded", StatesNoBudget),
    (checks.SAMPLER_LAWS, "parameters_are_kept", HalvesItsParameter),
    (checks.SAMPLER_LAWS, "a_whole_number_works_as_its_float", WantsAFloat),
    (checks.SAMPLER_LAWS, "resume_is_uninterrupted", Unseeded),
    (checks.SAMPLER_LAWS, "saves_are_equal", SavesTheTime),
    (checks.CALIBRATOR_LAWS, "stays_in_the_unit_interval", Doubles),
    ((checks.starts_as_the_identity,), "starts_as_the_identity", StartsInTheMiddle),
    (checks.CALIBRATOR_LAWS, "a_fresh_memo_changes_nothing", TakesAMemoForMore),
    (checks.CALIBRATOR_LAWS, "calibrate_one_is_pure", LearnsWhenAsked),
    (checks.CALIBRATOR_LAWS, "what_is_no_score_is_refused", TakesNan),
    (checks.CALIBRATOR_LAWS, "what_is_no_label_is_refused", TakesAnyLabel),
    (checks.CALIBRATOR_LAWS, "weights_arrive_safely", Calibrator),
    (checks.CALIBRATOR_LAWS, "does_no_harm", ChasesLabels),
    (checks.CALIBRATOR_LAWS, "does_no_harm", Sharpens),
    (checks.CALIBRATOR_LAWS, "repairs", Calibrator),
    (checks.CALIBRATOR_LAWS, "repairs_saturated_scores", Calibrator),
    ((checks.is_monotone,), "is_monotone", TurnsAround),
    (checks.STATISTIC_LAWS, "get_is_pure", ReadsOnce),
    (checks.STATISTIC_LAWS, "weights_arrive_safely", DropsWeights),
    (checks.MERGE_LAWS, "merge_is_the_concatenation", AveragesMeans),
    (checks.MERGE_LAWS, "empty_is_neutral", AveragesMeans),
    (checks.MERGE_LAWS, "merge_is_associative", AveragesMeans),
    (checks.CLASSIFIER_LAWS, "is_true_on_the_unsampled_stream", Uncorrected),
    (checks.CLASSIFIER_LAWS, "weights_arrive_or_are_refused", LosesWeights),
    (checks.CLASSIFIER_LAWS, "weight_0_changes_nothing", TakesBadWeights),
    (checks.CLASSIFIER_LAWS, "probabilities_sum_to_one", SaysTooMuch),
    (checks.CLASSIFIER_LAWS, "predicting_is_pure", LearnsFromQuestions),
    (checks.CLASSIFIER_LAWS, "x_is_neither_changed_nor_aliased", KeepsItsX),
]


@pytest.mark.parametrize(
    ("laws", "name", "make"), [pytest.param(*case, id=f"{case[1]}-{case[2].__name__}") for case in BROKEN]
)
def test_a_broken_part_is_found_out(laws: tuple[Law, ...], name: str, make: Callable[[], Any]) -> None:
    law = next(law for law in laws if law.__name__ == name)
    with pytest.raises(checks.LawBroken):
        law(make())


def test_a_label_that_raises_is_found_out() -> None:
    law = next(law for law in checks.SAMPLER_LAWS if law.__name__ == "a_label_that_was_not_expected_is_taken")
    with pytest.raises(KeyError):
        law(KnowsTwoLabels())


def test_a_promise_that_is_not_kept_is_found_out() -> None:
    with pytest.raises(checks.LawBroken, match="times what it promises"):
        checks.reaches(Sampler(), None, 0.1)


LAWFUL: list[tuple[tuple[Law, ...], Callable[[], Any]]] = [
    *[(checks.SAMPLER_LAWS, make) for make in (Sampler, OverSampler, Weights, Reservoir, RareReservoir)],
    *[(checks.CALIBRATOR_LAWS, make) for make in (StartsElsewhere, Reaches0And1, RemembersWhatItSaid)],
    ((*checks.STATISTIC_LAWS, *checks.MERGE_LAWS), Mean),
]


@pytest.mark.parametrize(
    ("law", "make"),
    [pytest.param(law, make, id=f"{make.__name__}-{law.__name__}") for laws, make in LAWFUL for law in laws],
)
def test_a_lawful_part_passes(law: Law, make: Callable[[], Any]) -> None:
    law(make())


def test_what_is_lawful_is_what_it_says() -> None:
    """The parts that pass are of the kinds that the laws once forbade."""
    over, starts, reaches = OverSampler(), StartsElsewhere(), Reaches0And1()
    assert over.rates_one({}, {False: 0.5, True: 0.5}, {False: 0.9, True: 0.1}) == {False: 1.0, True: 5.0}
    assert starts.calibrate_one(0.5) == 0.05
    for p, y in ((0.001, False), (0.9, True)):
        reaches.learn_one(p, y)
        assert reaches.calibrate_one(p) == float(y)
    reservoir = Reservoir()
    for i in range(1_000):
        reservoir.learn_one({"a": float(i)}, True, {}, {}, {})
    assert len(reservoir._kept) == 50
    assert max(x["a"] for x in reservoir._kept) > 500.0


def test_every_law_has_a_part_that_breaks_it() -> None:
    laws = (*checks.SAMPLER_LAWS, *checks.CALIBRATOR_LAWS, *checks.STATISTIC_LAWS)
    laws += (*checks.MERGE_LAWS, *checks.CLASSIFIER_LAWS, checks.is_monotone, checks.starts_as_the_identity)
    shown = {name for _, name, _ in BROKEN} | {"a_label_that_was_not_expected_is_taken"}
    assert {law.__name__ for law in laws} == shown
