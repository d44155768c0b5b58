"""ThresholdedClassifier decides by a rule on the probabilities of its classifier, and changes nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from river import evaluate, linear_model, metrics, preprocessing

from streamimb import CalibratedClassifier, SampledClassifier, ThresholdedClassifier, decision
from streamimb.checks import data_of
from streamimb.engine.snapshot import dumps, loads
from streamimb.linear_model import LogisticRegression
from tests.compose.streams import events


def test_the_decision_is_that_of_the_rule():
    model = ThresholdedClassifier(LogisticRegression(), decision.AlertBudget(share=0.05))
    for x, y, _ in events(3_000, 1):
        acted = model.predict_one(x)
        assert acted == (model.predict_proba_one(x)[True] >= model.threshold_one(x))
        model.learn_one(x, y)


def test_predicting_changes_nothing_and_learning_is_that_of_the_classifier():
    inner, model = LogisticRegression(), ThresholdedClassifier(LogisticRegression())
    for x, y, _ in events(500, 2):
        before = data_of(model)
        model.predict_one(x)
        assert data_of(model) == before
        assert model.predict_proba_one(x) == inner.predict_proba_one(x)
        model.learn_one(x, y)
        inner.learn_one(x, y)


def test_recall_at_half_a_percent_of_alerts_beats_the_cut_at_one_half():
    """At a base rate of 1 % nearly no P(True) reaches .5: River's `predict_one` finds nearly nothing."""
    found = {}
    for name, wrap in (
        ("cut at .5", lambda model: model),
        ("budget", lambda model: ThresholdedClassifier(model, decision.AlertBudget(share=0.02))),
    ):
        model = wrap(CalibratedClassifier(SampledClassifier(LogisticRegression(), seed=1)))
        data = ((x, y) for x, y, _ in events(20_000, 3, base=-5.5))
        found[name] = evaluate.progressive_val_score(data, model, metrics.Recall()).get()
    assert found["budget"] > found["cut at .5"] + 0.1


def test_the_time_of_an_event_may_be_a_field():
    rule = decision.CapacityThreshold(capacity=5, period_s=100.0)
    model = ThresholdedClassifier(LogisticRegression(), rule, time="at")
    acted = 0
    for i, (x, y, _) in enumerate(events(1_000, 4)):
        acted += model.predict_one({**x, "at": float(i)})
        model.learn_one({**x, "at": float(i)}, y)
    assert acted <= 50
    with pytest.raises(ValueError, match="time"):
        model.predict_one({"a": 1.0})


def test_a_snapshot_resumes():
    model = ThresholdedClassifier(
        CalibratedClassifier(LogisticRegression()),
        decision.RateLimit(decision.FBetaThreshold(), actions=5, per_s=100.0),
    )
    data = list(events(1_000, 5))
    for x, y, _ in data[:500]:
        model.learn_one(x, y)
    loaded = loads(dumps(model))
    for x, y, _ in data[500:]:
        assert loaded.predict_one(x) == model.predict_one(x)
        loaded.learn_one(x, y)
        model.learn_one(x, y)
    assert data_of(loaded) == data_of(model)


@pytest.mark.parametrize(
    ("name", "wrong"), [("classifier", "LogisticRegression"), ("rule", decision.AlertBudget), ("time", 5)]
)
def test_wrong_arguments_are_refused(name: str, wrong: Any) -> None:
    given: dict[str, Any] = {"classifier": LogisticRegression(), name: wrong}
    with pytest.raises(ValueError, match=name):
        ThresholdedClassifier(**given)


def test_a_weight_that_a_classifier_would_drop_is_refused():
    pipeline = preprocessing.StandardScaler() | linear_model.PAClassifier()
    model = ThresholdedClassifier(pipeline)
    with pytest.raises(ValueError, match="w"):
        model.learn_one({"a": 1.0}, True, w=2.0)
