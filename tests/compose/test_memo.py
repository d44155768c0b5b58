"""What parts want back with the label travels from the score through every learning method, in slices by part."""

from __future__ import annotations

from typing import Any

import pytest

from streamimb import CalibratedClassifier, Field, GuardedClassifier, SampledClassifier, Schema
from streamimb.engine import BothReported, Engine, PositivesReported
from streamimb.engine.rows import Pending, decode_row
from streamimb.events import Event, Label
from streamimb.linear_model import LogisticRegression
from tests.compose.parts import Anchored, Halving, Rates

SCHEMA = Schema({"a": Field()})


class MemoLearner(Anchored):
    """An `OffsetLearner` that wants back what it was asked, and how much it had learned then."""

    memo_size = 3

    def memo_one(self, x: Any, offset: float) -> tuple[float, ...]:
        return x["a"], offset, float(len(self._given))

    def observe_one(self, x: Any, y: bool, offset: float, w: float = 1.0, memo: Any = None) -> None:
        self._given.append(("observed", x["a"], memo))

    def step_one(self, x: Any, y: bool, offset: float, w: float = 1.0) -> None:
        pass


class MemoCalibrator(Halving):
    """A `Calibrator` that wants back the score, and how much it had learned then."""

    memo_size = 2

    def memo_one(self, p: float) -> tuple[float, ...]:
        return p, float(len(self._fed))

    def learn_one(self, p: float, y: bool, w: float = 1.0, memo: Any = None) -> None:
        self._fed.append((p, y, memo))


def both() -> CalibratedClassifier:
    return CalibratedClassifier(SampledClassifier(MemoLearner(), Rates(false=1.0), seed=1), MemoCalibrator())


def given(model: Any) -> tuple[list[Any], list[Any]]:
    """What the learner and the calibrator were given, each with its memo."""
    return model.classifier.classifier._given, model.calibrator._fed


def test_a_score_comes_with_what_its_parts_want_back_the_learners_first():
    model = both()
    model.learn_one({"a": 1.0}, False)
    scores, memo = model.scores_one({"a": 4.0})
    assert memo == (4.0, model.classifier._prior.logit, 1.0, scores.corrected, 1.0)
    assert model.classifier.scores_one({"a": 4.0})[1] == memo[:3]
    score, learned = CalibratedClassifier(LogisticRegression(), MemoCalibrator()).scores_one({})[1]
    assert score == pytest.approx(0.05)
    assert learned == 0.0


def test_parts_that_want_nothing_back_have_an_empty_memo():
    assert CalibratedClassifier(SampledClassifier(LogisticRegression(), seed=1)).scores_one({})[1] == ()


def test_each_part_gets_its_own_floats_of_when_the_event_was_scored():
    model = both()
    model.learn_one({"a": 1.0}, False)
    scores, memo = model.scores_one({"a": 4.0})
    for _ in range(5):
        model.learn_one({"a": 2.0}, True)
    model.learn_one({"a": 4.0}, True, memo=memo)
    learned, fed = given(model)
    assert learned[-1] == ("observed", 4.0, memo[:3])
    assert fed[-1][2] == memo[3:] == (scores.corrected, 1.0)
    assert fed[-1][0] != scores.corrected  # the calibrator learns from the score of now


def test_without_a_memo_parts_are_told_so():
    model = both()
    model.learn_one({"a": 1.0}, False)
    model.learn_one({"a": 2.0}, True, memo=None)
    model.score_learn_one({"a": 3.0}, True)
    learned, fed = given(model)
    assert [memo for *_, memo in learned] == [memo for *_, memo in fed] == [None, None, None]


@pytest.mark.parametrize("memo", [(), (1.0,), (1.0,) * 4, (1.0,) * 6])
@pytest.mark.parametrize("wrapped", [True, False], ids=["guarded", "bare"])
def test_a_memo_of_another_length_is_refused_and_nothing_learned(memo, wrapped):
    model = both()
    learn = GuardedClassifier(model, SCHEMA).learn_served_one if wrapped else model.learn_one
    with pytest.raises(ValueError, match=rf"^memo: {len(memo)} floats where this model gives 5"):
        learn({"a": 1.0}, False, memo=memo)
    assert given(model) == ([], [])


def test_a_model_that_gives_none_refuses_any():
    model = SampledClassifier(LogisticRegression(), seed=1)
    with pytest.raises(ValueError, match=r"^memo: 1 floats where this model gives 0"):
        model.learn_one({"a": 1.0}, True, memo=(1.0,))


def test_a_part_that_gives_another_number_of_floats_than_it_declares_is_told_so():
    class Liar(MemoCalibrator):
        memo_size = 3

    with pytest.raises(ValueError, match="memo_one gave 2 floats: memo_size is 3"):
        CalibratedClassifier(LogisticRegression(), Liar()).scores_one({"a": 1.0})


def test_a_guard_hands_it_through():
    guard = GuardedClassifier(both(), SCHEMA)
    guard.learn_one({"a": 1.0}, False)
    served = guard.serve_one({"a": 4.0})
    assert served.memo == guard.scores_one({"a": 4.0})[1] == guard.classifier.scores_one({"a": 4.0})[1]
    guard.learn_served_one(served.x, True, memo=served.memo)
    guard.learn_one({"a": 4.0}, True, memo=served.memo)
    learned, fed = given(guard.classifier)
    assert [row[2] for row in learned[1:]] == [served.memo[:3]] * 2
    assert [row[2] for row in fed[1:]] == [served.memo[3:]] * 2


# ------------------------------------------------------------------ through an engine


def engine(labels: Any) -> Engine:
    return Engine(GuardedClassifier(both(), SCHEMA), labels, allow_pickle=True)


@pytest.mark.parametrize("restarted", [False, True])
def test_a_label_that_comes_later_brings_the_memo_of_the_score(restarted):
    one = engine(BothReported())
    one.on_event(Event("a", 0.0, {"a": 1.0}, False))
    one.on_event(Event("b", 1.0, {"a": 4.0}))
    rows = one.take_changes()
    (row,) = (row for row in map(decode_row, filter(None, rows.values())) if isinstance(row, Pending))
    assert row.memo == one.model.scores_one({"a": 4.0})[1]
    assert len(row.memo) == 5
    if restarted:
        state, kept = one.snapshot(), {key: value for key, value in rows.items() if value is not None}
        one = engine(BothReported())
        one.restore(state, kept)
    for i in range(3):
        one.on_event(Event(f"c{i}", 2.0, {"a": 2.0}, True))
    one.on_label(Label("b", 3.0, True))
    learned, fed = given(one.model.classifier)
    assert learned[-1] == ("observed", 4.0, row.memo[:3])
    assert fed[-1][2] == row.memo[3:]
    assert one.counters["learned"] == 5


def test_an_event_that_matures_without_a_label_brings_it_too():
    one = engine(PositivesReported(10.0))
    one.on_event(Event("a", 0.0, {"a": 4.0}))
    (row,) = (
        row for row in map(decode_row, filter(None, one.take_changes().values())) if isinstance(row, Pending)
    )
    for _ in range(200):
        one.on_time(100.0)
    learned, _ = given(one.model.classifier)
    assert learned == [("observed", 4.0, row.memo[:3])]
