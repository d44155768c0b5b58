"""What parts want back with the label travels from the score through every learning method, in slices by part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from river import base, naive_bayes

from streamimb import (
    CalibratedClassifier,
    Field,
    GuardedClassifier,
    SampledClassifier,
    Schema,
    calibration,
    tree,
)
from streamimb.engine import BothReported, Engine, PositivesReported, snapshot
from streamimb.engine.rows import Pending, decode_row
from streamimb.events import Event, Label
from streamimb.linear_model import LogisticGAM, LogisticRegression, SoftmaxRegression
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
    offset = model.classifier._mixed_anchor.logit_one({})
    assert memo == (4.0, offset, 1.0, scores.corrected, 1.0)
    assert model.classifier.scores_one({"a": 4.0})[1] == memo[:3]
    *_, score, learned = CalibratedClassifier(LogisticRegression(), MemoCalibrator()).scores_one({})[1]
    assert score == pytest.approx(0.05)
    assert learned == 0.0


def test_parts_that_want_nothing_back_have_an_empty_memo():
    sampled = SampledClassifier(naive_bayes.GaussianNB(), seed=1)
    assert CalibratedClassifier(sampled, calibration.Platt()).scores_one({})[1] == ()


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


NO_MEMO = [(0.0,) * 4 + ("a",), (0.0,) * 4 + (1,), (0.0,) * 4 + (True,), (0.0,) * 4 + (float("nan"),),
           (0.0,) * 4 + (float("inf"),), (0.0,) * 4 + (None,), "abcde", 5, 1.0, {1.0: 1.0}, iter(())]  # fmt: skip


@pytest.mark.parametrize("memo", NO_MEMO, ids=repr)
@pytest.mark.parametrize("wrapped", [True, False], ids=["guarded", "bare"])
def test_what_is_no_tuple_of_finite_floats_is_refused_and_nothing_learned(memo, wrapped):
    model = both()
    learn = GuardedClassifier(model, SCHEMA).learn_served_one if wrapped else model.learn_one
    with pytest.raises(
        ValueError, match=r"^memo: expected the tuple of finite floats that scores_one returned"
    ):
        learn({"a": 1.0}, False, memo=memo)
    assert given(model) == ([], [])


@pytest.mark.parametrize("make", [
    lambda: SampledClassifier(naive_bayes.GaussianNB(), seed=1), lambda: SampledClassifier(SoftmaxRegression(), seed=1),
    lambda: CalibratedClassifier(naive_bayes.GaussianNB(), calibration.Platt()),
    lambda: GuardedClassifier(naive_bayes.GaussianNB(), SCHEMA),
])  # fmt: skip
def test_a_model_that_gives_none_refuses_any(make):
    model = make()
    assert model.scores_one({"a": 1.0})[1] == ()
    before = snapshot.dumps(model, allow_pickle=True)
    with pytest.raises(ValueError, match=r"^memo: 1 floats where this model gives 0"):
        model.learn_one({"a": 1.0}, True, memo=(1.0,))
    with pytest.raises(ValueError, match=r"^memo: expected the tuple"):
        model.learn_one({"a": 1.0}, True, w=0.0, memo=3)
    assert snapshot.dumps(model, allow_pickle=True) == before
    model.learn_one({"a": 1.0}, True, memo=())


def test_a_learner_by_protocol_refuses_a_memo_of_another_length():
    model = LogisticRegression()
    with pytest.raises(ValueError, match=r"^memo: 2 floats where this model gives 5"):
        model.observe_one({"a": 1.0}, True, 0.0, memo=(1.0, 2.0))
    model.observe_one({"a": 1.0}, True, 0.0, memo=model.scores_one({"a": 1.0})[1])


def test_a_part_that_gives_another_number_of_floats_than_it_declares_is_told_so():
    class Liar(MemoCalibrator):
        memo_size = 3

    with pytest.raises(ValueError, match="memo_one gave 2 floats: memo_size is 3"):
        CalibratedClassifier(LogisticRegression(), Liar()).scores_one({"a": 1.0})


@pytest.mark.parametrize(
    ("gives", "words"),
    [
        ((1.0, float("nan")), "NaN or an infinite"),
        ((1.0, float("inf")), "NaN or an infinite"),
        (("a", 1.0), "gave tuple"),
        (None, "gave NoneType"),
        ((10**400, 1), "gave tuple"),
    ],
)
def test_a_part_that_gives_something_else_than_finite_floats_is_told_so(gives, words):
    class Odd(MemoCalibrator):
        def memo_one(self, p: float) -> Any:
            return gives

    with pytest.raises(ValueError, match=f"^memo_one .*{words}.*: expected 2 finite floats"):
        CalibratedClassifier(LogisticRegression(), Odd()).scores_one({"a": 1.0})


# ------------------------------------------------------------------ more than two classes


class Shares(base.Classifier):
    """P(class) is its share among the labels."""

    def __init__(self) -> None:
        self._counts: dict[Any, int] = {}

    @property
    def _multiclass(self) -> bool:
        return True

    def learn_one(self, x: Any, y: Any) -> None:
        self._counts[y] = self._counts.get(y, 0) + 1

    def predict_proba_one(self, x: Any, **kwargs: Any) -> dict[Any, float]:
        return {k: n / sum(self._counts.values()) for k, n in self._counts.items()}


def fed(model: Any) -> dict[Any, list[Any]]:
    """The memos that the calibrator of each class was given."""
    return {k: [memo for *_, memo in c._fed] for k, c in model._classes.items()}


def test_the_calibrator_of_each_class_gets_its_own_floats():
    model = CalibratedClassifier(Shares(), MemoCalibrator())
    for y in ("a", "b", "b", "c"):
        model.learn_one({}, y)
    p = model.classifier.predict_proba_one({})
    learned = {k: float(len(c._fed)) for k, c in model._classes.items()}
    _, memo = model.scores_one({})
    assert len(memo) == 2 * 5  # of True and False too, which were the classes of the first event
    assert model.scores_one({})[1] == memo
    model.learn_one({}, "c")
    model.learn_one({}, "b", memo=memo)
    told = fed(model)
    assert {k: told[k][-1] for k in p} == {k: (p[k], learned[k]) for k in p}
    assert {k: told[k][-2] for k in p} == dict.fromkeys(p)


def test_a_class_that_came_after_the_score_has_no_part_in_the_memo():
    model = CalibratedClassifier(Shares(), MemoCalibrator())
    memo_of_two = model.scores_one({})[1]
    assert len(memo_of_two) == 2
    for y in ("a", "b"):
        model.learn_one({}, y)
    _, memo = model.scores_one({})
    for y in ("c", "c"):
        model.learn_one({}, y)
    again = snapshot.loads(snapshot.dumps(model, allow_pickle=True), allow_pickle=True)
    for one in (model, again):
        one.learn_one({}, "a", memo=memo)
        told = fed(one)
        assert (told["a"][-1], told["b"][-1], told["c"][-1]) == (memo[4:6], memo[6:8], None)
        one.learn_one({}, "a", memo=memo_of_two)
        assert {memos[-1] for memos in fed(one).values()} == {None}


@pytest.mark.parametrize("n", [0, 1, 3, 5, 12])
def test_a_memo_of_a_number_of_floats_that_no_classes_give_is_refused(n):
    model = CalibratedClassifier(Shares(), MemoCalibrator())
    for y in ("a", "b", "c"):
        model.learn_one({}, y)
    before = fed(model)
    with pytest.raises(ValueError, match=rf"^memo: {n} floats where this model gives 2"):
        GuardedClassifier(model).learn_one({}, "a", memo=(1.0,) * n)
    assert fed(model) == before


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


COMPANIED = "tree.RollingBoostingClassifier companion"
FIRST = {
    "tree.HoeffdingTreeClassifier": 1,
    "tree.RollingBoostingClassifier": 1,
    COMPANIED: 1,
}  # its probabilities
WITH_MEMO: dict[str, Callable[[], Any]] = {
    "LogisticRegression": LogisticRegression,
    "LogisticGAM": lambda: LogisticGAM(max_basis_fields=2),
    "tree.HoeffdingTreeClassifier": tree.HoeffdingTreeClassifier,
    "tree.RollingBoostingClassifier": lambda: tree.RollingBoostingClassifier(ring_size=200),
    COMPANIED: lambda: tree.RollingBoostingClassifier(LogisticRegression(), ring_size=200),
}


@pytest.mark.parametrize("name", WITH_MEMO)
def test_a_memo_with_a_probability_outside_the_unit_interval_is_refused_and_nothing_learned(name):
    """Each place of the learner's probabilities, and of the calibrator's, on both sides."""
    model = CalibratedClassifier(SampledClassifier(WITH_MEMO[name](), seed=1))
    for i in range(20):
        model.learn_one({"a": float(i % 7)}, i % 7 == 6)
    memo, before = model.scores_one({"a": 1.0})[1], snapshot.dumps(model)
    for place in range(FIRST.get(name, 0), len(memo)):
        for wrong in (-1e-9, 1.5):
            with pytest.raises(ValueError, match=r"^memo: a probability in it is outside"):
                model.learn_one({"a": 1.0}, True, memo=(*memo[:place], wrong, *memo[place + 1 :]))
    assert snapshot.dumps(model) == before


@pytest.mark.parametrize(
    "given", [{"w": 10**400}, {"w": "2"}, {"offset": 10**400}, {"offset": "0.5"}], ids=str
)
@pytest.mark.parametrize("name", WITH_MEMO)
def test_a_weight_or_an_offset_that_is_no_number_is_refused_by_its_name_and_type(name, given):
    learner = WITH_MEMO[name]()
    (parameter, value), *_ = given.items()
    refused = rf"^{parameter} \({type(value).__name__}\): expected a finite number .*; leave it out"
    with pytest.raises(ValueError, match=refused):
        learner.learn_one({"a": 1.0}, False, **given)
    if parameter == "w":
        with pytest.raises(ValueError, match=refused):
            GuardedClassifier(SampledClassifier(learner), SCHEMA).learn_one({"a": 1.0}, False, **given)
