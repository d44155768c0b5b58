"""ThresholdedClassifier decides by a rule on the probabilities of its classifier, and changes nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from river import ensemble, evaluate, imblearn, linear_model, metrics, preprocessing

from streamimb import (
    CalibratedClassifier,
    GuardedClassifier,
    SampledClassifier,
    ThresholdedClassifier,
    decision,
)
from streamimb.checks import data_of
from streamimb.engine.snapshot import dumps, loads
from streamimb.linear_model import LogisticRegression
from streamimb.protocols import Scorer
from tests.compose.parts import TimeRecorder
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


class Notes(decision.AlertBudget):
    """A rule that keeps what it counted."""

    def __init__(self) -> None:
        super().__init__(share=0.1)
        self.counted: list[Any] = []

    def observe_one(self, p: float, x: Any, t: float) -> None:
        self.counted.append((p, x, t))


def test_an_event_is_counted_at_the_probability_that_the_keywords_of_the_call_give():
    inner, rule = LogisticRegression(), Notes()
    model = ThresholdedClassifier(inner, rule)
    for x, y, _ in events(200, 1):
        model.learn_one(x, y)
    x = {"a": 0.1, "b": 0.2}
    before = model.predict_proba_one(x, offset=4.0)[True]
    assert before == inner.predict_proba_one(x, offset=4.0)[True] != inner.predict_proba_one(x)[True]
    model.learn_one(x, True, offset=4.0)
    assert rule.counted[-1] == (before, x, 200.0)


def test_keywords_reach_the_classifier_that_declares_them_and_others_are_refused():
    inner = TimeRecorder()
    model = ThresholdedClassifier(inner)
    model.learn_one({"a": 1.0}, True, t=7)
    model.predict_one({"a": 1.0}, unknown=8)
    ours = ThresholdedClassifier(LogisticRegression())
    for one in (model, ours):
        with pytest.raises(ValueError, match=r"^unknown: no part of this model takes this keyword"):
            one.learn_one({"a": 1.0}, True, unknown=8)
    assert ours.predict_proba_one({"a": 1.0}, unknown=8) == ours.predict_proba_one({"a": 1.0})
    again = TimeRecorder()
    again.learn_one({"a": 1.0}, True, t=7)
    assert inner._given == again._given


@pytest.mark.parametrize(
    "around",
    [
        lambda model: imblearn.RandomUnderSampler(model, {False: 0.5, True: 0.5}, seed=1),
        lambda model: ensemble.AdaBoostClassifier(model, n_models=2, seed=1),
    ],
)
def test_what_changes_the_stream_of_one_of_ours_is_refused_inside(around: Any) -> None:
    with pytest.raises(ValueError, match="changes which events reach the SampledClassifier inside it"):
        ThresholdedClassifier(around(SampledClassifier(LogisticRegression(), seed=1)))


def test_scores_memos_shares_and_contributions_are_those_of_the_classifier():
    inner = CalibratedClassifier(SampledClassifier(LogisticRegression(), seed=1))
    model = ThresholdedClassifier(inner, decision.AlertBudget(share=0.05))
    assert isinstance(model, Scorer)
    for x, y, _ in events(500, 2):
        assert model.scores_one(x) == inner.scores_one(x)
        model.score_learn_one(x, y)
    assert model.kept_share == inner.kept_share < 1.0
    assert model.contributions_one(x) == inner.contributions_one(x)
    bare = ThresholdedClassifier(linear_model.LogisticRegression())
    with pytest.raises(ValueError, match="contributions_one"):
        bare.contributions_one(x)


def test_the_time_is_read_where_a_guard_leaves_its_field_out():
    rule = Notes()
    guarded = GuardedClassifier(LogisticRegression(), max_features=5)
    model = ThresholdedClassifier(guarded, rule, time="at")
    for i, (x, y, _) in enumerate(events(1_100, 3)):
        model.learn_one({**x, "at": float(i)} if i > 1_050 else {**x, "at": i}, y)
    model.learn_one({"a": float("nan"), "at": 2_000}, True)  # a fault: the guard reads a cleaned event
    assert [t for _, _, t in rule.counted[:3]] == [0.0, 1.0, 2.0]
    assert rule.counted[-1][2] == 2_000.0
    assert rule.counted[-1][1]["at"] == 2_000


def test_an_event_without_a_time_teaches_nothing():
    model = ThresholdedClassifier(LogisticRegression(), time="at")
    model.learn_one({"a": 1.0, "at": 1}, False)
    before = data_of(model)
    for x in ({"a": 1.0}, {"a": 1.0, "at": "x"}):
        with pytest.raises(ValueError, match="time"):
            model.learn_one(x, True)
    assert data_of(model) == before


def test_a_guard_around_it_reads_the_event_once_and_learns_alike():
    model = GuardedClassifier(ThresholdedClassifier(LogisticRegression(), decision.AlertBudget(share=0.05)))
    plain = GuardedClassifier(LogisticRegression())
    for x, y, _ in events(500, 4):
        assert model.predict_proba_one(x) == plain.predict_proba_one(x)
        model.learn_one(x, y)
        plain.learn_one(x, y)


def test_a_rule_that_is_none_is_no_state():
    state = ThresholdedClassifier(LogisticRegression()).__getstate__()
    made = ThresholdedClassifier.__new__(ThresholdedClassifier)
    wrong: Any
    for wrong in (None, {}, [], {**state, "rule": None}, {**state, "n": -1}, {**state, "time": 5}):
        with pytest.raises(ValueError):
            made.__setstate__(wrong)
