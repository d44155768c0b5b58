"""Keywords under the offset route, and explanations through every wrapper."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from river import base, naive_bayes, preprocessing

from streamimb import (
    CalibratedClassifier,
    Field,
    GuardedClassifier,
    SampledClassifier,
    Schema,
    ThresholdedClassifier,
    ensemble,
    synthesis,
)
from streamimb.linear_model import LogisticRegression
from tests.compose.parts import Anchored, Rates
from tests.compose.streams import events

# ------------------------------------------------------------------ keywords of a learner that takes an offset


class Timed(Anchored):
    """An `OffsetLearner` whose `learn_one` declares a keyword that its `observe_one` does not."""

    def learn_one(self, x: Any, y: Any, t: int = 0) -> None:
        self._given.append(("learned", y, t))

    def predict_proba_one(self, x: Any, **kwargs: Any) -> dict[Any, float]:
        return {False: 0.7, True: 0.3}


class TimedAll(Timed):
    """The same, declared by `observe_one` too."""

    def observe_one(self, x: Any, y: bool, offset: float, w: float = 1.0, t: int = 0) -> None:
        self._given.append(("observed", y, t))


WRAPPED: dict[str, Callable[[Any], Any]] = {
    "sampled": lambda learner: SampledClassifier(learner, Rates(false=1.0), seed=1),
    "pipeline": lambda learner: SampledClassifier(
        preprocessing.StandardScaler() | learner, Rates(false=1.0), seed=1
    ),
    "calibrated": lambda learner: CalibratedClassifier(SampledClassifier(learner, Rates(false=1.0), seed=1)),
    "guarded": lambda learner: GuardedClassifier(
        CalibratedClassifier(SampledClassifier(learner, Rates(false=1.0), seed=1)), Schema({"a": Field()})
    ),
}


@pytest.mark.parametrize("name", WRAPPED)
def test_a_keyword_that_only_learn_one_declares_is_refused_in_words(name):
    learner = Timed()
    model = WRAPPED[name](learner)
    with pytest.raises(
        ValueError,
        match=r"^t: Timed is taught by observe_one and step_one under the offset route, and neither declares it; "
        r"let one of them declare it, or use correction='prior'$",
    ):
        model.learn_one({"a": 1.0}, False, t=7)
    assert learner._given == []
    model.learn_one({"a": 1.0}, False)
    assert learner._given[0][0] == "observed"


@pytest.mark.parametrize("name", WRAPPED)
def test_a_keyword_that_observe_one_declares_reaches_it(name):
    learner = TimedAll()
    model = WRAPPED[name](learner)
    model.learn_one({"a": 1.0}, False, t=7)
    with pytest.raises(ValueError, match=r"^unknown: no part of this model takes this keyword"):
        model.learn_one({"a": 1.0}, True, t=8, unknown=9)
    model.learn_one({"a": 1.0}, True, t=8)
    model.learn_one({"a": 1.0}, True)
    assert [given for given in learner._given if given[0] == "observed"] == [
        ("observed", False, 7),
        ("observed", True, 8),
        ("observed", True, 0),
    ]


def test_the_way_out_that_is_named_works():
    learner = Timed()
    model = SampledClassifier(learner, Rates(false=1.0), correction="prior", seed=1)
    model.learn_one({"a": 1.0}, False, t=7)
    assert learner._given == [("learned", False, 7)]


class Everywhere(Anchored):
    """A keyword that every method declares, of either route."""

    def learn_one(self, x: Any, y: Any, t: int = 0) -> None:
        raise AssertionError("the offset route calls observe_one and step_one")

    def predict_proba_one(self, x: Any, t: int = 0, **kwargs: Any) -> dict[Any, float]:
        raise AssertionError("the offset route calls predict_offset_one")

    def predict_offset_one(self, x: Any, offset: float, t: int = 0) -> float:
        self._given.append(("predicted", t))
        return super().predict_offset_one(x, offset)

    def observe_one(self, x: Any, y: bool, offset: float, w: float = 1.0, t: int = 0) -> None:
        self._given.append(("observed", t))

    def step_one(self, x: Any, y: bool, offset: float, w: float = 1.0, t: int = 0) -> None:
        self._given.append(("stepped", t))


class EverywhereByClass(Everywhere):
    """The same with an offset for each class."""

    _multiclass = True

    def predict_offsets_one(self, x: Any, offsets: Any, t: int = 0) -> dict[Any, float]:
        self._given.append(("predicted", t))
        return dict.fromkeys(offsets, 1.0 / len(offsets))

    predict_offset_one = None  # type: ignore[assignment]


@pytest.mark.parametrize("kind", [Everywhere, EverywhereByClass])
@pytest.mark.parametrize("name", WRAPPED)
def test_a_keyword_reaches_every_method_that_declares_it(name, kind):
    learner = kind()
    model = WRAPPED[name](learner)
    model.learn_one({"a": 1.0}, False)
    learner._given.clear()
    model.predict_proba_one({"a": 1.0}, t=6)
    assert learner._given == [("predicted", 6)]
    learner._given.clear()
    model.learn_one({"a": 1.0}, True, t=7)
    assert {what for what, _ in learner._given} == {"predicted", "observed", "stepped"}
    assert {t for _, t in learner._given} == {7}


def test_examples_of_a_synthesizer_are_learned_with_the_keywords_of_the_call():
    learner = Everywhere()
    sampler = Rates(false=1.0, true=5.0)
    model = SampledClassifier(learner, sampler, synthesizer=synthesis.SMOTE(), seed=1)
    model.learn_one({"a": 1.0}, False, t=7)
    for _ in range(5):
        model.learn_one({"a": 1.0}, True, t=7)
    assert len([what for what, _ in learner._given if what == "stepped"]) > 20
    assert {t for _, t in learner._given} == {7}


class PredictsByClassifierOnly(TimedAll):
    def predict_proba_one(self, x: Any, t: int = 0, **kwargs: Any) -> dict[Any, float]:
        return {False: 0.7, True: 0.3}


@pytest.mark.parametrize("name", WRAPPED)
def test_a_keyword_that_the_prediction_at_an_offset_would_drop_is_refused(name):
    model = WRAPPED[name](PredictsByClassifierOnly())
    with pytest.raises(ValueError, match=r"^t: PredictsByClassifierOnly predicts at an offset"):
        model.predict_proba_one({"a": 1.0}, t=7)
    with pytest.raises(ValueError, match=r"^t: PredictsByClassifierOnly predicts at an offset"):
        model.learn_one({"a": 1.0}, False, t=7)
    assert model.predict_proba_one({"a": 1.0}).keys() == {False, True}


class NeedsATime(TimedAll):
    """Its last method needs a keyword: without it, the earlier ones would have learned the event."""

    def step_one(  # type: ignore[override]  # it needs more
        self, x: Any, y: bool, offset: float, w: float = 1.0, *, t: int
    ) -> None:
        self._given.append(("stepped", y, t))


@pytest.mark.parametrize("name", WRAPPED)
def test_a_call_without_a_keyword_that_a_later_method_needs_learns_nothing(name):
    learner = NeedsATime()
    model = WRAPPED[name](learner)
    with pytest.raises(ValueError, match=r"^t: observe_one or step_one of NeedsATime needs this keyword"):
        model.learn_one({"a": 1.0}, False)
    assert learner._given == []
    model.learn_one({"a": 1.0}, False, t=3)
    model.learn_one({"a": 1.0}, True, t=4)
    assert ("stepped", True, 4) in learner._given


# ------------------------------------------------------------------ contributions


def log_odds(p: float) -> float:
    return math.log(p) - math.log1p(-p)


EXPLAINED: dict[str, Callable[[], Any]] = {
    "calibrated": lambda: CalibratedClassifier(SampledClassifier(LogisticRegression(), seed=1)),
    "calibrated bare": lambda: CalibratedClassifier(LogisticRegression()),
    "guarded": lambda: GuardedClassifier(SampledClassifier(LogisticRegression(), seed=1)),
    "both": lambda: GuardedClassifier(
        CalibratedClassifier(SampledClassifier(LogisticRegression(), seed=1)),
        Schema({name: Field(nullable=True) for name in "abc"}),
    ),
    "guarded inside": lambda: CalibratedClassifier(GuardedClassifier(LogisticRegression())),
    "another route": lambda: SampledClassifier(LogisticRegression(), correction="prior", seed=1),
    "thresholded pipeline": lambda: ThresholdedClassifier(
        preprocessing.StandardScaler() | LogisticRegression()
    ),
    "calibrated pipeline": lambda: CalibratedClassifier(
        preprocessing.StandardScaler() | LogisticRegression()
    ),
    "guarded pipeline": lambda: GuardedClassifier(preprocessing.StandardScaler() | LogisticRegression()),
    "ensemble": lambda: GuardedClassifier(ensemble.UOBClassifier(n_models=3, seed=1)),
    "pipeline": lambda: GuardedClassifier(
        CalibratedClassifier(SampledClassifier(preprocessing.StandardScaler() | LogisticRegression(), seed=1))
    ),
}


@pytest.mark.parametrize("name", EXPLAINED)
def test_contributions_sum_to_the_log_odds_that_are_served(name):
    model = EXPLAINED[name]()
    for x, y, _ in events(1_500, 7):
        model.learn_one(x, y)
    for x, _, _ in events(50, 8):
        rows = model.contributions_one(x)
        assert math.fsum(rows.values()) == pytest.approx(log_odds(model.predict_proba_one(x)[True]), abs=1e-9)
        assert {*x, "(intercept)", "(anchor)", "(mixture)"} <= rows.keys()
        assert ("(calibration)" in rows) is (
            "calib" in name or name in ("both", "guarded inside", "pipeline")
        )
        assert ("(correction)" in rows) is (name == "another route")
        assert ("(ensemble)" in rows) is (name == "ensemble")


def test_an_event_with_faults_is_explained_as_it_is_scored():
    model = EXPLAINED["both"]()
    for x, y, _ in events(500, 7):
        model.learn_one(x, y)
    odd = {"a": math.inf, "b": 0.5, "c": 0.1, "other": 1.0}
    rows = model.contributions_one(odd)
    assert "other" not in rows
    assert rows == model.contributions_one({"b": 0.5, "c": 0.1})
    assert math.fsum(rows.values()) == pytest.approx(log_odds(model.predict_proba_one(odd)[True]), abs=1e-9)


class Tree(base.Classifier):
    """A learner of a user's, which says what features add."""

    def predict_proba_one(self, x, **kwargs):
        p = 0.25 if x["a"] > 0.0 else 0.05
        return {False: 1.0 - p, True: p}

    def learn_one(self, x, y):
        pass

    def contributions_one(self, x):
        return {"(root)": log_odds(0.1), "a": log_odds(self.predict_proba_one(x)[True]) - log_odds(0.1)}


@pytest.mark.parametrize(
    "wrap", [SampledClassifier, CalibratedClassifier, GuardedClassifier, ThresholdedClassifier]
)
def test_a_users_learner_with_contributions_is_explained_through_every_wrapper(wrap):
    model = wrap(Tree())
    for x, y, _ in events(500, 7):
        model.learn_one(x, y)
    rows = model.contributions_one({"a": 1.0, "b": 0.0, "c": 0.0})
    assert rows["a"] == pytest.approx(log_odds(0.25) - log_odds(0.1))
    p = model.predict_proba_one({"a": 1.0, "b": 0.0, "c": 0.0})[True]
    assert math.fsum(rows.values()) == pytest.approx(log_odds(p), abs=1e-9)


UNEXPLAINED: dict[str, Callable[[], Any]] = {
    "an offset learner without it": lambda: SampledClassifier(Anchored(), Rates(), seed=1),
    "the same in a pipeline": lambda: SampledClassifier(
        preprocessing.StandardScaler() | Anchored(), Rates(), seed=1
    ),
    "the same, calibrated": lambda: CalibratedClassifier(SampledClassifier(Anchored(), Rates(), seed=1)),
    "the same, guarded": lambda: GuardedClassifier(
        CalibratedClassifier(SampledClassifier(Anchored(), Rates(), seed=1)), Schema({"a": Field()})
    ),
    "river": lambda: CalibratedClassifier(naive_bayes.GaussianNB()),
    "an ensemble of such": lambda: ensemble.UOBClassifier(naive_bayes.GaussianNB(), n_models=2, seed=1),
    "river, guarded": lambda: GuardedClassifier(naive_bayes.GaussianNB()),
}


@pytest.mark.parametrize("name", UNEXPLAINED)
def test_what_cannot_say_what_features_add_is_told_in_words(name):
    model = UNEXPLAINED[name]()
    with pytest.raises(
        ValueError, match=r"^contributions_one: (Anchored|GaussianNB) does not say what features add"
    ):
        model.contributions_one({"a": 1.0})
