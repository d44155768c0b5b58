"""Memos of ensembles: each member gets back its own floats, and is judged by what it said when the event was served."""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from river import base, compose, naive_bayes

from streamimb import CalibratedClassifier, GuardedClassifier, ensemble, linear_model, tree
from streamimb.checks.class_corrections import class_stream
from streamimb.engine import BothReported, Engine
from streamimb.engine.snapshot import dumps, loads
from streamimb.ensemble.adaptive_members import ENOUGH
from streamimb.events import Event, Label
from tests.compose.test_memo import MemoLearner


def events(n: int, share: float = 0.2, seed: int = 1) -> Iterator[tuple[dict[str, Any], bool]]:
    rng = random.Random(seed)
    for _ in range(n):
        y = rng.random() < share
        yield {"a": rng.gauss(2.0 * y, 1.0), "word": rng.choice("uvw")}, y


def taught(model: Any, n: int = 300) -> Any:
    for x, y in events(n):
        model.learn_one(x, y)
    return model


def bayes() -> Any:
    """A classifier of somebody else's, without a memo."""
    return compose.Select("a") | naive_bayes.GaussianNB()


def members(model: Any) -> list[Any]:
    """The classifiers of the members."""
    return [member.classifier for member in model._members.all]


MODELS: dict[str, Any] = {
    "UOB": lambda: ensemble.UOBClassifier(linear_model.LogisticRegression(), 3, seed=1),
    "UOB trees": lambda: ensemble.UOBClassifier(tree.HoeffdingTreeClassifier(), 3, seed=1),
    "UOB boosted": lambda: ensemble.UOBClassifier(
        tree.RollingBoostingClassifier(linear_model.LogisticRegression(), n_trees=5, ring_size=200, every=20),
        2,
        seed=1,
    ),
    "experts": lambda: ensemble.PriorExpertsClassifier(linear_model.LogisticRegression(), seed=1),
    "experts of River": lambda: ensemble.PriorExpertsClassifier(bayes(), seed=1),
    "forest": lambda: ensemble.AdaptiveRandomForestClassifier(n_models=2, seed=1),
    "forest of River": lambda: ensemble.AdaptiveRandomForestClassifier(bayes(), 2, seed=1),
    "cost-sensitive": lambda: ensemble.CostSensitiveForestClassifier(n_models=2, seed=1),
}
WITH_STATISTICS = {
    "UOB boosted",
    "UOB trees",
    "forest",
    "cost-sensitive",
}  # of strings, which are no probabilities


# ------------------------------------------------------------------ whose floats they are


@pytest.mark.parametrize("kind", [ensemble.UOBClassifier, ensemble.AdaptiveRandomForestClassifier])
def test_each_member_gets_back_its_own_floats_of_when_the_event_was_scored(kind: Any) -> None:
    model = CalibratedClassifier(kind(MemoLearner(), 3, seed=1))
    model.learn_one({"a": 1.0}, False)
    _, memo = model.scores_one({"a": 4.0})
    for _ in range(5):
        model.learn_one({"a": 2.0}, True)
    model.learn_one({"a": 4.0}, True, memo=memo)
    for member in members(model.classifier):
        assert member._given[-1][:2] == ("observed", 4.0)
        assert member._given[-1][2][::2] == (4.0, 1.0)
        assert {row[2] for row in member._given[:-1]} == {None}


def test_members_that_want_nothing_back_and_are_not_judged_have_an_empty_memo() -> None:
    model = ensemble.UOBClassifier(bayes(), 3, seed=1)
    assert taught(model).scores_one({"a": 1.0})[1] == ()
    with pytest.raises(ValueError, match=r"^memo: 1 floats where this model gives 0"):
        model.learn_one({"a": 1.0}, True, memo=(0.5,))


def test_a_member_that_took_over_since_gets_nothing_of_the_memo_and_is_judged_by_what_it_says_now() -> None:
    model = taught(ensemble.AdaptiveRandomForestClassifier(MemoLearner(), 3, seed=1))
    x = {"a": 4.0}
    _, memo = model.scores_one(x)
    watched = model._members.watched[1]
    watched.successor, watched.due, watched.seen = model._members._maker.make(1), True, ENOUGH
    successor = watched.successor
    model.learn_one({"a": 1.0}, False)  # it takes over
    assert model._members.all[1] is successor
    assert model.replaced == 1
    judged: list[float] = []

    def looked(rare: bool, p: float, w: float) -> bool:
        judged.append(p)
        return False

    for one in model._members.watched:
        one.look = looked
    said_now = [member.predict_proba_one(x)[True] for member in model._members.all]
    served = [memo[3], memo[3 + 6], memo[3 + 12]]
    assert set(served).isdisjoint(said_now)  # the priors have moved
    model.learn_one(x, True, memo=memo)
    assert judged == pytest.approx([served[0], said_now[1], served[2]], rel=1e-12)
    told = [member._given[-1][2] for member in members(model)]
    assert told == [memo[4:7], None, memo[16:19]]


def test_a_replaced_member_stays_replaced_in_a_state() -> None:
    model = taught(ensemble.AdaptiveRandomForestClassifier(linear_model.LogisticRegression(), 2, seed=1))
    _, memo = model.scores_one({"a": 4.0})
    model._members.generations[1] = 3
    again: Any = loads(dumps(model))
    assert again._members.generations == [0, 3]
    assert again.replaced == model.replaced == 3
    for one in (model, again):
        one.learn_one({"a": 4.0}, True, memo=memo)
    assert dumps(again) == dumps(model)
    state = model.__getstate__()
    for wrong in ([0], [0, -1], [0, 0.5], None):
        with pytest.raises(ValueError, match="generations"):
            again.__setstate__({**state, "members": {**state["members"], "generations": wrong}})


# ------------------------------------------------------------------ what is judged


def test_prior_experts_are_judged_by_what_they_said_at_the_prior_of_then() -> None:
    model = taught(ensemble.PriorExpertsClassifier(linear_model.LogisticRegression(), seed=1))
    x, share = {"a": 1.0}, model._share
    before = loads(dumps(model))._share
    then = share.prior.get()
    answers = [member.predict_proba_one(x) for member in model._members.all]
    _, memo = model.scores_one(x)
    for _ in range(200):  # the rare class is the common one now
        model.learn_one({"a": 2.0}, True)
    now: Any = loads(dumps(model))
    assert [member.predict_proba_one(x) for member in model._members.all] != answers
    model.learn_one(x, True, memo=memo)
    expected: Any = now._share
    expected.learn(answers, True, 1.0, then)
    assert model.weights == expected.weights
    now_judged: Any = loads(dumps(now))
    now_judged.learn_one(x, True)
    assert model.weights != now_judged.weights
    assert before.weights != model.weights


@pytest.mark.parametrize("name", MODELS)
def test_a_fresh_memo_changes_nothing_and_two_scores_have_the_same(name: str) -> None:
    plain, told = MODELS[name](), MODELS[name]()
    for x, y in events(400):
        _, memo = told.scores_one(dict(x))
        assert told.scores_one(dict(x))[1] == memo
        assert all(type(part) is float for part in memo)
        told.learn_one(dict(x), y, memo=memo)
        plain.learn_one(dict(x), y)
    if "River" in name:  # the state of River's changes with each prediction
        for x, _ in events(20, seed=2):
            assert told.predict_proba_one(x) == plain.predict_proba_one(x)
    else:
        assert dumps(plain) == dumps(told)


def blocks(n: int, seed: int) -> Iterator[tuple[dict[str, float], bool, float]]:
    """Every 40 events the log-odds move up or down by 3: what the last labels said holds no longer when they come."""
    rng, level = random.Random(seed), 0.0
    for i in range(n):
        if i % 40 == 0:
            level = rng.choice((-1.5, 1.5))
        a = rng.gauss(0.0, 1.0)
        p = 1.0 / (1.0 + math.exp(2.0 - level - 0.8 * a))
        yield {"a": a}, rng.random() < p, p


def late_loss(model: Any, seed: int, memos: bool) -> float:
    """The expected log loss of events 2,000 to 8,000, whose labels come 120 events late."""
    waiting: deque[Any] = deque()
    loss = 0.0
    for i, (x, y, p) in enumerate(blocks(8_000, seed)):
        scores, memo = model.scores_one(x)
        if i >= 2_000:
            q = min(1.0 - 1e-9, max(1e-9, scores.calibrated))
            loss -= p * math.log(q) + (1.0 - p) * math.log1p(-q)
        waiting.append((x, y, memo))
        if len(waiting) > 120:
            known, label, served = waiting.popleft()
            model.learn_one(known, label, memo=served if memos else None)
    return loss / 6_000


@pytest.mark.parametrize("kind", [ensemble.UOBClassifier, ensemble.OOBClassifier])
def test_where_labels_are_late_members_gain_by_memos(kind: Any) -> None:
    """Of learners at three rates: the fastest has just seen the labels around an event when its own comes."""
    gains = [
        late_loss(kind(linear_model.LogisticRegression(), 2, seed=seed), seed, False)
        - late_loss(kind(linear_model.LogisticRegression(), 2, seed=seed), seed, True)
        for seed in range(5)
    ]
    error = float(np.std(gains, ddof=1)) / math.sqrt(len(gains))
    assert float(np.mean(gains)) > 3.0 * error, gains  # seeds 0 to 4: .0035 (.0008) and .0115 (.0013)


# ------------------------------------------------------------------ classes by name


def test_answers_of_classes_come_back_in_the_order_in_which_the_classes_were_learned() -> None:
    model = ensemble.PriorExpertsClassifier(linear_model.SoftmaxRegression(), (0.0, 1.0), seed=1)
    _, of_two = model.scores_one({"a": 1.0, "b": 0.0})
    assert of_two[0] == 0.0
    for x, y, _ in class_stream(1_500, 1)[:300]:
        model.learn_one(x, y)
    x = class_stream(1_500, 1)[300][0]
    answers = [member.predict_proba_one(x) for member in model._members.all]
    prior, order = model._share.prior.get(), model._labels_learned()
    _, memo = model.scores_one(x)
    assert memo[:4] == (3.0, *(prior[label] for label in order))
    assert memo[6:9] == tuple(answers[0][label] for label in order)
    plain: Any = loads(dumps(model))
    model.learn_one(x, order[0], memo=memo)
    plain.learn_one(x, order[0])
    assert dumps(model) == dumps(plain)
    again: Any = loads(dumps(model))
    for one in (model, again):
        one.learn_one(x, "new", memo=memo)  # a class that the memo does not have
        one.learn_one(x, order[0], memo=memo)
        one.learn_one(x, order[0], memo=of_two)  # of before any label: judged by what is said now
    assert dumps(again) == dumps(model)
    with pytest.raises(ValueError, match="labels"):
        again.__setstate__({**model.__getstate__(), "labels": ["a", "a"]})


class Names(base.Classifier):
    """It names classes before it has learned any."""

    _multiclass = True

    def learn_one(self, x: Any, y: Any) -> None:
        pass

    def predict_proba_one(self, x: Any, **kwargs: Any) -> Any:
        return {"a": 0.25, "b": 0.75}


def test_answers_of_classes_that_no_label_had_are_not_told() -> None:
    model = ensemble.PriorExpertsClassifier(Names(), (0.0, 1.0), seed=1)
    _, memo = model.scores_one({})
    assert memo == (-1.0, 0.0, 0.0, 0.0, 0.0)
    model.learn_one({}, "a", memo=memo)
    model.learn_one({}, "b", memo=memo)
    assert model.scores_one({})[1][0] == 2.0


# ------------------------------------------------------------------ hostile memos


@pytest.mark.parametrize("name", MODELS)
def test_what_is_no_memo_of_it_is_refused_by_name_and_nothing_learned(name: str) -> None:
    model = taught(MODELS[name]())
    x = {"a": 1.0, "word": "u"}
    _, memo = model.scores_one(x)
    before, rng = dumps(model, allow_pickle=True), random.Random(1)
    wrong: list[Any] = [(), memo[:-1], (*memo, 0.5), (7.0, *memo[1:]), (0.5, *memo[1:]), (-2.0, *memo[1:])]
    wrong += [(1e300, *memo[1:]), tuple(2.0**70 for _ in memo), "memo", 3, (0.5,) * len(memo)]
    wrong += [memo[:place] for place in range(len(memo))]
    for place in range(len(memo)):
        wrong.append((*memo[:place], math.nan, *memo[place + 1 :]))
        if 0.0 < memo[place] < 1.0 and (name not in WITH_STATISTICS or place < 4):
            wrong += [(*memo[:place], each, *memo[place + 1 :]) for each in (-1e-9, 1.5)]
    for each in wrong:
        with pytest.raises(ValueError, match=r"^memo: "):
            model.learn_one(x, True, memo=each)
    assert dumps(model, allow_pickle=True) == before
    for _ in range(300):  # any floats: refused by name, or learned
        hostile = list(memo)
        for _ in range(rng.randrange(1, 4)):
            hostile[rng.randrange(len(memo))] = rng.choice([0.0, 1.0, 2.0, 0.5, -1.0, 7.0, 1e18, 1e300])
        try:
            model.learn_one(x, True, memo=tuple(hostile))
        except ValueError as error:
            assert str(error).startswith("memo: ")  # noqa: PT017
    assert 0.0 <= model.predict_proba_one(x)[True] <= 1.0


def test_the_memo_of_another_number_of_members_is_refused() -> None:
    two, three = (taught(ensemble.UOBClassifier(n_models=n, seed=1)) for n in (2, 3))
    for model, other in ((two, three), (three, two)):
        with pytest.raises(ValueError, match=r"^memo: "):
            model.learn_one({"a": 1.0}, True, memo=other.scores_one({"a": 1.0})[1])


# ------------------------------------------------------------------ through an engine


@pytest.mark.parametrize("name", MODELS)
def test_a_label_that_comes_later_brings_the_memo_through_guard_and_calibrator(name: str) -> None:
    model = GuardedClassifier(CalibratedClassifier(MODELS[name]()))
    engine, twin = (
        Engine(loads(dumps(model, allow_pickle=True), allow_pickle=True), BothReported(), allow_pickle=True)
        for _ in range(2)
    )
    for each in (engine, twin):
        for i, (x, _) in enumerate(events(60)):
            each.on_event(Event(f"e{i}", float(i), x))
    told = list(events(60))
    for i, (x, y) in enumerate(told):
        engine.on_label(Label(f"e{i}", 100.0 + i, y))
        memo = twin.model.scores_one(x)[1]
        assert (len(memo) > 0) is (name != "")
    assert engine.counters["learned"] == 60
    assert engine.counters["learn_failed"] == 0
