"""An exception while a wrapper learns: what can be checked is checked before the first part changes.

A foreign part may still raise after another part has learned; the next call then works, and no memory is kept.
"""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest
from river import base, naive_bayes, preprocessing

from streamimb import (
    CalibratedClassifier,
    Field,
    GuardedClassifier,
    SampledClassifier,
    Schema,
    correction,
    sampling,
)
from streamimb._kernels.row import Row
from streamimb.engine import snapshot
from streamimb.linear_model import LogisticRegression
from tests.compose.parts import Anchored, Halving, Rates

SCHEMA = Schema({"a": Field(nullable=True)})


class Keyword(Anchored):
    """Its `learn_one` declares a keyword that `observe_one` does not."""

    def learn_one(self, x: Any, y: Any, t: int = 0) -> None:
        raise AssertionError("an OffsetLearner is taught with its offset")


def taught(model: Any) -> Any:
    for i in range(40):
        model.learn_one({"a": float(i % 7)}, i % 3 == 0)
    return model


BINARY: dict[str, Any] = {
    "learner": LogisticRegression,
    "sampled": lambda: SampledClassifier(LogisticRegression(), seed=1),
    "sampled pipeline": lambda: SampledClassifier(
        preprocessing.StandardScaler() | LogisticRegression(), seed=1
    ),
    "sampled by a part in Python": lambda: SampledClassifier(Anchored(), Rates(), seed=1),
    "calibrated": lambda: CalibratedClassifier(SampledClassifier(LogisticRegression(), seed=1)),
    "guarded": lambda: GuardedClassifier(LogisticRegression()),
    "guarded by a schema": lambda: GuardedClassifier(LogisticRegression(), SCHEMA),
    "all": lambda: GuardedClassifier(CalibratedClassifier(SampledClassifier(LogisticRegression(), seed=1))),
    "frozen anchor": lambda: GuardedClassifier(
        SampledClassifier(naive_bayes.GaussianNB(), sampling.UnderSampler(share=0.3), anchor="frozen", seed=1)
    ),
}
BAD_CALLS: dict[str, dict[str, Any]] = {
    "a third label": {"y": "c"},
    "no label": {"y": None},
    "a weight below 0": {"y": True, "w": -1.0},
    "no weight": {"y": True, "w": float("nan")},
    "no memo": {"y": True, "memo": (1.0,)},
}


@pytest.mark.parametrize("call", BAD_CALLS)
@pytest.mark.parametrize("name", BINARY)
def test_what_is_refused_has_changed_no_part(name: str, call: str) -> None:
    model = taught(BINARY[name]())
    before = snapshot.dumps(model, allow_pickle=True)
    with pytest.raises(ValueError, match=r"^(y|w|memo|the labels|anchor)"):
        # River's scaler notes a new name when it transforms.
        model.learn_one({"a": 1.0} if "pipeline" in name else {"a": 1.0, "new": 2.0}, **BAD_CALLS[call])
    assert snapshot.dumps(model, allow_pickle=True) == before


@pytest.mark.parametrize("guarded", [False, True])
@pytest.mark.parametrize(
    "make", [Keyword, lambda: preprocessing.StandardScaler() | Keyword()], ids=["bare", "pipeline"]
)
def test_a_keyword_that_does_not_reach_the_learner_has_changed_no_part(make: Any, guarded: bool) -> None:
    sampled = SampledClassifier(make(), Rates(), seed=1)
    model: Any = GuardedClassifier(sampled, SCHEMA) if guarded else sampled
    model = taught(model)
    before = snapshot.dumps(model, allow_pickle=True)
    with pytest.raises(ValueError, match=r"^t: Keyword is taught by observe_one"):
        model.learn_one({"a": 1.0}, True, t=3)
    assert snapshot.dumps(model, allow_pickle=True) == before


def test_an_offset_of_the_caller_has_changed_no_part() -> None:
    model = taught(GuardedClassifier(SampledClassifier(LogisticRegression(), seed=1)))
    before = snapshot.dumps(model)
    with pytest.raises(ValueError, match=r"^offset: "):
        model.learn_one({"a": 1.0}, True, offset=1.0)
    assert snapshot.dumps(model) == before


class Named(base.Classifier):
    """It names three classes, one with a probability that is none."""

    def __init__(self, p: Any) -> None:
        self.p = p
        self._learned = 0

    @property
    def _multiclass(self) -> bool:
        return True

    def learn_one(self, x: Any, y: Any) -> None:
        self._learned += 1

    def predict_proba_one(self, x: Any, **kwargs: Any) -> dict[Any, Any]:
        return {"a": 0.5, "b": self.p, "c": 0.25}


@pytest.mark.parametrize("p", [None, float("nan"), 2.0, "x"], ids=repr)
@pytest.mark.parametrize("wrap", [CalibratedClassifier, lambda inner: SampledClassifier(inner, seed=1)])
def test_an_answer_that_is_no_probability_is_refused_before_the_classifier_learns(wrap: Any, p: Any) -> None:
    model = wrap(Named(p))
    with pytest.raises(ValueError, match="as a probability"):
        model.learn_one({"a": 1.0}, "a")
    assert model.classifier._learned == 0


def test_an_example_that_is_no_event_is_refused_before_the_event_is_learned() -> None:
    class Texts:
        def learn_one(self, x: Any, y: Any) -> None:
            pass

        def examples_one(self, x: Any, y: Any, copies: int, score: Any) -> Any:
            return [("no dict", 1.0)] * copies

    model = SampledClassifier(Anchored(), Rates(false=1.0, true=3.0), seed=1, synthesizer=Texts())
    model.learn_one({"a": 1.0}, False)  # one copy has no examples
    model.classifier._given.clear()
    with pytest.raises(ValueError, match=r"^synthesizer: an example is no dict of features"):
        model.learn_one({"a": 1.0}, True)
    assert model.classifier._given == []


# ------------------------------------------------------------------ a foreign part raises


class Failing(base.Classifier):
    """A classifier that raises where it is told to."""

    def __init__(self) -> None:
        self.fails: bool | str = False

    @property
    def _multiclass(self) -> bool:
        return True

    def learn_one(self, x: Any, y: Any, w: float = 1.0) -> None:
        if self.fails:
            raise RuntimeError("learner")

    def predict_proba_one(self, x: Any, **kwargs: Any) -> dict[Any, float]:
        if self.fails == "score":
            raise RuntimeError("learner")
        return {False: 0.75, True: 0.25}


class FailingLearner(Anchored):
    fails = False

    def observe_one(self, x: Any, y: bool, offset: float, w: float = 1.0) -> None:
        if self.fails:
            raise RuntimeError("learner")


class FailingCalibrator(Halving):
    fails = False

    def learn_one(self, p: float, y: bool, w: float = 1.0) -> None:
        if self.fails:
            raise RuntimeError("calibrator")


class FailingSampler(Rates):
    fails = False

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: float = 1.0) -> None:
        if self.fails:
            raise RuntimeError("sampler")


def failing() -> dict[str, tuple[Any, Any]]:
    """Models, each with the part that raises."""
    learner, offset, calibrator, sampler, both = (
        Failing(), FailingLearner(), FailingCalibrator(), FailingSampler(false=1.0), Failing(),
    )  # fmt: skip
    return {
        "mapping": (
            SampledClassifier(learner, Rates(false=1.0), correction=correction.RateRatio(), seed=1),
            learner,
        ),
        "offset": (SampledClassifier(offset, Rates(false=1.0), seed=1), offset),
        "calibrator": (CalibratedClassifier(LogisticRegression(), calibrator), calibrator),
        "sampler": (SampledClassifier(LogisticRegression(), sampler, seed=1), sampler),
        "guarded": (GuardedClassifier(CalibratedClassifier(both)), both),
    }


class Text(str):
    """A value of a feature that can be referred to weakly."""

    __slots__ = ("__weakref__",)


@pytest.mark.parametrize("name", failing())
def test_after_an_exception_the_next_call_works_and_no_event_or_row_is_kept(name: str) -> None:
    model, part = failing()[name]
    for i in range(20):
        model.learn_one({"a": float(i)}, i % 2 == 0)
    gc.collect()
    rows = sum(type(one) is Row for one in gc.get_objects())
    seen = []
    part.fails = True
    for i in range(50):
        value = Text("a")
        seen.append(weakref.ref(value))
        with pytest.raises(RuntimeError):
            model.learn_one({"a": float(i), "b": value}, i % 2 == 0)
        del value
    part.fails = False
    p = model.predict_proba_one({"a": 1.0})
    assert p == model.predict_proba_one({"a": 1.0})
    model.learn_one({"a": 1.0}, True)
    gc.collect()
    assert [ref for ref in seen if ref() is not None] == []
    assert sum(type(one) is Row for one in gc.get_objects()) <= rows + 1


def test_after_an_exception_while_scoring_the_next_call_works() -> None:
    model, part = failing()["guarded"]
    part.fails = "score"
    for _ in range(3):
        with pytest.raises(RuntimeError):
            model.scores_one({"a": 1.0})
    part.fails = False
    assert model.scores_one({"a": 1.0}) == model.scores_one({"a": 1.0})


def test_what_a_learner_that_raises_leaves_counted() -> None:
    """As documented: neither prior, sampler nor calibrator have counted an event that the learner refused."""
    model = CalibratedClassifier(
        SampledClassifier(inner := FailingLearner(), Rates(false=1.0), seed=1), Halving()
    )
    for i in range(20):
        model.learn_one({"a": float(i)}, i % 2 == 0)
    sampled: Any = model.classifier
    before = (sampled._prior.get(), len(sampled.sampler._seen), len(model.calibrator._fed), model.kept_share)
    inner.fails = True
    with pytest.raises(RuntimeError):
        model.learn_one({"a": 1.0}, True)
    assert before == (
        sampled._prior.get(),
        len(sampled.sampler._seen),
        len(model.calibrator._fed),
        model.kept_share,
    )
