"""Keywords under the offset route, and explanations through every wrapper."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from river import naive_bayes, preprocessing

from streamimb import CalibratedClassifier, Field, GuardedClassifier, SampledClassifier, Schema
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
        match=r"^t: Timed is taught by observe_one under the offset route, which does not declare it; "
        r"let observe_one declare it, or use correction='prior'$",
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
    model.learn_one({"a": 1.0}, True, t=8, unknown=9)
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


def test_an_event_with_faults_is_explained_as_it_is_scored():
    model = EXPLAINED["both"]()
    for x, y, _ in events(500, 7):
        model.learn_one(x, y)
    odd = {"a": math.inf, "b": 0.5, "c": 0.1, "other": 1.0}
    rows = model.contributions_one(odd)
    assert "other" not in rows
    assert rows == model.contributions_one({"b": 0.5, "c": 0.1})
    assert math.fsum(rows.values()) == pytest.approx(log_odds(model.predict_proba_one(odd)[True]), abs=1e-9)


UNEXPLAINED: dict[str, Callable[[], Any]] = {
    "an offset learner without it": lambda: SampledClassifier(Anchored(), Rates(), seed=1),
    "the same in a pipeline": lambda: SampledClassifier(
        preprocessing.StandardScaler() | Anchored(), Rates(), seed=1
    ),
    "the same, calibrated": lambda: CalibratedClassifier(SampledClassifier(Anchored(), Rates(), seed=1)),
    "the same, guarded": lambda: GuardedClassifier(
        CalibratedClassifier(SampledClassifier(Anchored(), Rates(), seed=1)), Schema({"a": Field()})
    ),
    "another route": lambda: SampledClassifier(LogisticRegression(), correction="prior", seed=1),
    "river": lambda: CalibratedClassifier(naive_bayes.GaussianNB()),
    "river, guarded": lambda: GuardedClassifier(naive_bayes.GaussianNB()),
}


@pytest.mark.parametrize("name", UNEXPLAINED)
def test_what_cannot_say_what_features_add_is_told_in_words(name):
    model = UNEXPLAINED[name]()
    with pytest.raises(
        ValueError, match=r"^contributions_one: only a learner that takes an offset can compute"
    ):
        model.contributions_one({"a": 1.0})
