"""How a plain classifier is asked and taught."""

from __future__ import annotations

import pytest

from streamimb.correction.given import give, own
from tests.compose.parts import Recorder, TimeRecorder, WeightRecorder


class Says(Recorder):
    def __init__(self, said):
        super().__init__()
        self.said = said

    def predict_proba_one(self, x, **kwargs):
        return self.said


@pytest.mark.parametrize(
    ("said", "p"),
    [
        ({False: 0.7, True: 0.3}, 0.3),
        ({}, 0.05),  # nothing yet
        ({False: 1.0}, 0.0),  # True not seen
        ({True: 1}, 1.0),
    ],
)
def test_own(said, p):
    assert own(Says(said), {}, 0.05) == p


@pytest.mark.parametrize("copies", [0, 1, 3])
def test_copies_that_were_drawn_are_given_one_by_one(copies):
    learner = WeightRecorder()
    give(learner, {"a": 1}, True, 2.0, float(copies), draws=True, more={})
    assert learner._given == [({"a": 1}, True, 2.0)] * copies


def test_a_rate_that_is_a_weight_is_one_example():
    learner = WeightRecorder()
    give(learner, {"a": 1}, True, 2.0, 2.5, draws=False, more={})
    assert learner._given == [({"a": 1}, True, 5.0)]


def test_a_weight_of_one_is_not_mentioned():
    learner = Recorder()  # takes no w
    give(learner, {"a": 1}, True, 1.0, 1.0, draws=True, more={})
    give(learner, {"a": 1}, True, 1.0, 1.0, draws=False, more={})
    assert learner._given == [({"a": 1}, True)] * 2


def test_keywords_are_handed_on():
    learner = TimeRecorder()
    give(learner, {}, False, 1.0, 2.0, draws=True, more={"t": 9})
    assert learner._given == [(9, False)] * 2
