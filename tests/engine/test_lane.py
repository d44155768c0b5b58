from __future__ import annotations

from river import dummy
from river import linear_model as river_linear

from streamimb import CalibratedClassifier, SampledClassifier, linear_model
from streamimb.engine.lane import RiverLane, ScorerLane, lane_of


def test_a_river_classifier_says_one_probability_three_times() -> None:
    lane = lane_of(river_linear.LogisticRegression())
    assert isinstance(lane, RiverLane)
    assert lane.kept_share == 1.0
    lane.learn_one({"a": 1.0}, True)
    scores = lane.scores_one({"a": 1.0})
    assert scores.raw == scores.corrected == scores.calibrated > 0.5


def test_a_classifier_that_knows_no_class_says_zero() -> None:
    assert lane_of(dummy.PriorClassifier()).scores_one({"a": 1.0}).calibrated == 0.0


def test_a_scorer_says_three() -> None:
    model = CalibratedClassifier(SampledClassifier(linear_model.LogisticRegression(), seed=1))
    lane = lane_of(model)
    assert isinstance(lane, ScorerLane)
    for i in range(500):
        lane.learn_one({"a": float(i % 10)}, i % 20 == 0)
    scores = lane.scores_one({"a": 0.0})
    assert scores.raw > scores.corrected
    assert lane.kept_share == model.kept_share
