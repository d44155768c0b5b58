"""A model that gives no probability of True is poison in the engine, however deep it is wrapped."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from river import base, ensemble, multiclass, preprocessing, tree
from river import linear_model as river_linear

from streamimb import CalibratedClassifier, Field, GuardedClassifier, SampledClassifier, Schema, sampling
from streamimb.engine import BothReported, Engine, PositivesReported
from streamimb.events import Event, Label, Score
from tests.compose.parts import Anchored, WeightRecorder
from tests.engine.parts import balanced, refused, until


class Says(WeightRecorder):
    """Answers as it is told, and remembers what it is taught."""

    def __init__(self, said: Any = None) -> None:
        super().__init__()
        self.said = said

    def predict_proba_one(self, x: Any, **kwargs: Any) -> Any:
        return self.said


class Margin(Anchored):
    """An `OffsetLearner` that answers as it is told."""

    def predict_offset_one(self, x: Any, offset: float) -> float:
        return self.g


def schema(model: Any) -> GuardedClassifier:
    return GuardedClassifier(model, Schema({"a": Field()}))


def under(correction: str, sampler: Any = None) -> Callable[[Any], Any]:
    def around(model: Any) -> SampledClassifier:
        return SampledClassifier(model, sampler or sampling.UnderSampler(share=0.4), correction, seed=1)

    return around


AROUND: dict[str, Callable[[Any], Any]] = {
    "bare": lambda model: model,
    "pipeline": lambda model: preprocessing.StandardScaler() | model,
    "calibrated": CalibratedClassifier,
    "guarded": schema,
    "prior": under("prior"),
    "self pilot": under("prior", sampling.ScoreUnderSampler()),
    "weight": under("weight"),
    "class weights": under("auto", sampling.ClassWeights()),
    "calibrated prior": lambda model: CalibratedClassifier(under("prior")(model)),
    "calibrated weight": lambda model: CalibratedClassifier(under("weight")(model)),
    "prior calibrated": lambda model: under("prior")(CalibratedClassifier(model)),
    "calibrated guarded": lambda model: CalibratedClassifier(schema(model)),
    "sampled guarded calibrated": lambda model: under("prior")(schema(CalibratedClassifier(model))),
    "guarded guarded": lambda model: schema(schema(model)),
    "all, of a pipeline": lambda model: schema(
        CalibratedClassifier(under("prior")(preprocessing.StandardScaler() | model))
    ),
}
ANSWERS: dict[str, Any] = {
    "words for numbers": {"0": 0.2, "1": 0.8},
    "words": {"genuine": 0.2, "fraud": 0.8},
    "one and two": {1: 0.2, 2: 0.8},
    "nan": {False: math.nan, True: math.nan},
    "none": {False: None, True: None},
    "beyond": {False: -0.5, True: 1.5},
    "no answer": None,
}


@pytest.mark.parametrize("said", ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_it_is_rejected_counted_and_never_learned(around: Callable[[Any], Any], said: Any) -> None:
    learner = Says(said)
    engine = Engine(around(learner), BothReported())
    for i in range(10):
        assert refused(engine.on_event(Event(f"a{i}", 1.0, {"a": 1.0}, i % 2 == 0))) == "poison"
        assert refused(engine.on_event(Event(f"b{i}", 1.0, {"a": 1.0}))) == "poison"
        engine.on_label(Label(f"b{i}", 2.0, i % 2 == 0))
    counters = balanced(engine)
    assert counters["rejected"] == {"poison": 20}
    assert counters["label_of_rejected"] == 10
    assert counters["learned"] == counters["scored"] == counters["inline"] == 0
    assert learner._given == []


WRAPPED = [around for name, around in AROUND.items() if name not in ("bare", "pipeline")]
OTHER_CLASSES = ("words for numbers", "words", "one and two")


@pytest.mark.parametrize("name", [name for name in ANSWERS if name not in OTHER_CLASSES])
@pytest.mark.parametrize("around", WRAPPED)
def test_whoever_uses_the_library_is_told(around: Callable[[Any], Any], name: str) -> None:
    with pytest.raises((ValueError, TypeError, AttributeError)):
        around(Says(ANSWERS[name])).scores_one({"a": 1.0})


@pytest.mark.parametrize("name", OTHER_CLASSES)
@pytest.mark.parametrize("around", WRAPPED)
def test_among_other_classes_true_has_no_probability(around: Callable[[Any], Any], name: str) -> None:
    scores, _ = around(Says(ANSWERS[name])).scores_one({"a": 1.0})
    assert all(map(math.isnan, (scores.raw, scores.corrected, scores.calibrated)))


@pytest.mark.parametrize("g", [math.nan, 1.5, None])
@pytest.mark.parametrize("calibrated", [False, True])
def test_a_learner_with_an_offset_is_held_to_the_same(g: Any, calibrated: bool) -> None:
    learner = Margin(g)
    model: base.Classifier = SampledClassifier(learner, sampling.UnderSampler(share=0.4), seed=1)
    engine = Engine(CalibratedClassifier(model) if calibrated else model, BothReported())
    assert refused(engine.on_event(Event("a", 1.0, {"a": 1.0}, True))) == "poison"
    assert learner._given == []
    with pytest.raises(ValueError, match=r"predict_offset_one gave .*: it has to give a number in \[0, 1\]"):
        model.predict_proba_one({"a": 1.0})


class Turning(Says):
    """Is well until it has been taught, then names other classes."""

    def predict_proba_one(self, x: Any, **kwargs: Any) -> Any:
        return {"0": 0.5, "1": 0.5} if self._given else {}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_one_that_names_no_class_before_it_learned_is_scored_until_it_names_wrong_ones(
    around: Callable[[Any], Any],
) -> None:
    engine = Engine(around(Turning()), PositivesReported(window_s=10.0))
    assert isinstance(engine.on_event(Event("a", 1.0, {"a": 1.0})), Score)
    until(engine, 20.0)  # its window closes: it is learned as False
    assert engine.counters["learned"] == 1
    assert refused(engine.on_event(Event("b", 21.0, {"a": 1.0}))) == "poison"


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_a_learner_of_true_and_false_is_scored_from_the_start(around: Callable[[Any], Any]) -> None:
    engine = Engine(around(tree.HoeffdingTreeClassifier()), BothReported())
    for i in range(60):  # the first positive comes late
        assert isinstance(
            engine.on_event(Event(f"e{i}", float(i), {"a": float(i % 7)}, i > 40 and i % 5 == 0)), Score
        )
    assert "poison" not in engine.counters["rejected"]
    assert engine.counters["learned"] == 60


@pytest.mark.parametrize("around", [AROUND[name] for name in ("bare", "pipeline", "all, of a pipeline")])
@pytest.mark.parametrize(
    "voting",
    [
        lambda: ensemble.VotingClassifier([river_linear.LogisticRegression() for _ in range(2)]),
        lambda: multiclass.OneVsOneClassifier(river_linear.LogisticRegression()),
    ],
)
def test_a_classifier_without_probabilities_is_poison(around: Callable[[Any], Any], voting: Any) -> None:
    engine = Engine(around(voting()), BothReported())
    assert refused(engine.on_event(Event("a", 1.0, {"a": 1.0}, True))) == "poison"
    assert engine.counters["learned"] == 0


def test_what_is_wrong_is_told_in_words_that_quote_nothing() -> None:
    engine = Engine(CalibratedClassifier(Says({"4539578763621486": 1.0})), BothReported())
    engine.on_event(Event("a", 1.0, {"a": 1.0}))
    assert "classes of type str where labels are True and False" in engine.last_error
    assert "4539" not in engine.last_error
    engine = Engine(Says(None), BothReported())
    engine.on_event(Event("a", 1.0, {"a": 1.0}))
    assert "answers with NoneType" in engine.last_error
