"""Each law on a part that breaks it: a law that never fails says nothing."""

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

SHARED: list[Any] = []


class Sampler(base.Base):
    """A lawful one, to be broken: everything is learned."""

    depends_on_x = False
    draws = True

    def __init__(self, pace: float = 1.0) -> None:
        self.pace = pace
        self._n = 0.0

    def rates_one(self, x: Any, p: Any) -> Any:
        return dict.fromkeys(p, 1.0)

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, w: float = 1.0) -> None:
        if not 0.0 <= w < math.inf:
            raise ValueError("w")
        self._n = min(1e6, self._n + self.pace * min(w, 1e15))


class RatesOf0(Sampler):
    def rates_one(self, x: Any, p: Any) -> Any:
        return dict.fromkeys(p, 1.0 if self._n < 100 else 0.0)


class CountsQuestions(Sampler):
    def rates_one(self, x: Any, p: Any) -> Any:
        self._n += 1
        return dict.fromkeys(p, 1.0)


class KeepsX(Sampler):
    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, w: float = 1.0) -> None:
        super().learn_one(x, y, p, rates, w)
        self._last = x


class DropsTheFirst(Sampler):
    def rates_one(self, x: Any, p: Any) -> Any:
        return dict.fromkeys(p, 0.5)


class DropsTheFirstPositive(Sampler):
    def rates_one(self, x: Any, p: Any) -> Any:
        return {label: 0.01 if label is True and self._n > 100 else 1.0 for label in p}


class MissesNewClasses(Sampler):
    def rates_one(self, x: Any, p: Any) -> Any:
        return {label: 1.0 for label in p if label in {False, True, "a", "b"}}


class KnowsTwoLabels(Sampler):
    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, w: float = 1.0) -> None:
        super().learn_one(x, y, p, rates, w * rates[y])


class AcceptsAnyWeight(Sampler):
    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, w: float = 1.0) -> None:
        self._n = min(1e6, self._n + 1)


class Remembers(Sampler):
    def __init__(self) -> None:
        super().__init__()
        self._seen = SHARED

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, w: float = 1.0) -> None:
        super().learn_one(x, y, p, rates, w)
        self._seen.append(y)


class Grows(Sampler):
    def __init__(self) -> None:
        super().__init__()
        self._history: list[float] = []

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, w: float = 1.0) -> None:
        super().learn_one(x, y, p, rates, w)
        self._history.append(random.random())


class HalvesItsParameter(Sampler):
    def __init__(self, pace: float = 1.5) -> None:
        super().__init__(pace / 2)


class Unseeded(Sampler):
    def rates_one(self, x: Any, p: Any) -> Any:
        return {label: 1.0 + random.random() for label in p}


class SavesTheTime(Sampler):
    def __getstate__(self) -> Any:
        return {"pace": self.pace, "_n": self._n, "_now": random.random()}


class Calibrator(base.Base):
    """A lawful start, to be broken: the identity."""

    def __init__(self) -> None:
        self._n = 0.0

    def learn_one(self, p: float, y: bool, w: float = 1.0) -> None:
        if not (0.0 <= w < math.inf and 0.0 <= p <= 1.0):
            raise ValueError("w or p")
        self._n = min(1e6, self._n + min(w, 1e15))

    def calibrate_one(self, p: float) -> float:
        if not 0.0 <= p <= 1.0:
            raise ValueError("p")
        return p


class Doubles(Calibrator):
    def calibrate_one(self, p: float) -> float:
        return 2 * super().calibrate_one(p)


class StartsInTheMiddle(Calibrator):
    def calibrate_one(self, p: float) -> float:
        return 0.5


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
        super().update(value, min(w, 1.0))


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


class LearnsFromQuestions(Wrapped):
    def predict_proba_one(self, x: Any, **kwargs: Any) -> Any:
        p = self._model.predict_proba_one(x)
        self._model.learn_one(x, False)
        return p


BROKEN: list[tuple[tuple[Law, ...], str, Callable[[], Any]]] = [
    (checks.SAMPLER_LAWS, "rates_are_finite_and_above_0", RatesOf0),
    (checks.SAMPLER_LAWS, "rates_one_is_pure", CountsQuestions),
    (checks.SAMPLER_LAWS, "x_is_neither_changed_nor_kept", KeepsX),
    (checks.SAMPLER_LAWS, "first_events_are_learned", DropsTheFirst),
    (checks.SAMPLER_LAWS, "first_events_are_learned", DropsTheFirstPositive),
    (checks.SAMPLER_LAWS, "a_class_may_come_at_any_time", MissesNewClasses),
    (checks.SAMPLER_LAWS, "weights_arrive_safely", AcceptsAnyWeight),
    (checks.SAMPLER_LAWS, "clone_forgets", Remembers),
    (checks.SAMPLER_LAWS, "memory_ends", Grows),
    (checks.SAMPLER_LAWS, "parameters_are_kept", HalvesItsParameter),
    (checks.SAMPLER_LAWS, "resume_is_uninterrupted", Unseeded),
    (checks.SAMPLER_LAWS, "saves_are_equal", SavesTheTime),
    (checks.CALIBRATOR_LAWS, "stays_in_the_unit_interval", Doubles),
    (checks.CALIBRATOR_LAWS, "starts_as_the_identity", StartsInTheMiddle),
    (checks.CALIBRATOR_LAWS, "calibrate_one_is_pure", LearnsWhenAsked),
    (checks.CALIBRATOR_LAWS, "what_is_no_score_is_refused", TakesNan),
    (checks.CALIBRATOR_LAWS, "weights_arrive_safely", Calibrator),
    (checks.CALIBRATOR_LAWS, "does_no_harm", ChasesLabels),
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


def test_lawful_parts_pass() -> None:
    for law in checks.SAMPLER_LAWS:
        law(Sampler())
    for law in (*checks.STATISTIC_LAWS, *checks.MERGE_LAWS):
        law(Mean())


def test_every_law_has_a_part_that_breaks_it() -> None:
    laws = (*checks.SAMPLER_LAWS, *checks.CALIBRATOR_LAWS, *checks.STATISTIC_LAWS)
    laws += (*checks.MERGE_LAWS, *checks.CLASSIFIER_LAWS, checks.is_monotone)
    shown = {name for _, name, _ in BROKEN} | {"a_label_that_was_not_expected_is_taken"}
    # What a sampler does is taken out again is the classifiers' law, on a classifier made of it.
    assert {law.__name__ for law in laws} - shown == {"what_it_does_is_taken_out_again"}
