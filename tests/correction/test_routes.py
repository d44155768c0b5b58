"""What every route must do, whichever it is: a table."""

from __future__ import annotations

import copy
import pickle
import random
from collections.abc import Callable
from typing import Any

import pytest

from streamimb import correction, stats
from streamimb.correction.odds import sigmoid
from streamimb.engine import snapshot
from tests.compose.parts import Anchored, WeightRecorder

ROUTES: dict[str, Callable[[], tuple[Any, Any]]] = {
    "Offset": lambda: (correction.Offset(stats.ClassPrior()), Anchored(g=0.3)),
    "PriorRatio": lambda: (correction.PriorRatio(stats.ClassPrior()), WeightRecorder(p=0.3)),
    "PriorRatio of weights": lambda: (
        correction.PriorRatio(stats.ClassPrior(), draws=False),
        WeightRecorder(p=0.3),
    ),
    "SelfPilot": lambda: (correction.SelfPilot(stats.ClassPrior()), WeightRecorder(p=0.3)),
    "SelfPilot of weights": lambda: (
        correction.SelfPilot(stats.ClassPrior(), draws=False),
        WeightRecorder(p=0.3),
    ),
    "Weight": lambda: (correction.Weight(stats.ClassPrior()), WeightRecorder(p=0.3)),
}


def test_every_route_is_in_the_table():
    routes = set(correction.__all__) - {"FrozenAnchor", "Route"}
    assert routes == {name.split()[0] for name in ROUTES}
    for name, make in ROUTES.items():
        assert type(make()[0]).__name__ == name.split()[0]


def taught(route, learner, n=80, seed=1):
    rng = random.Random(seed)
    for _ in range(n):
        y = rng.random() < 0.3
        rate = 1.0 if y else 0.25
        copies = float(rng.random() < rate)
        route.learn_one(learner, {}, y, 1.386, rate, 1.0, copies, {})


@pytest.mark.parametrize("name", ROUTES)
def test_asking_changes_nothing(name):
    route, learner = ROUTES[name]()
    taught(route, learner)
    before = pickle.dumps(route)
    p = route.pilot_one(learner, {})
    assert 0.0 < p < 1.0
    assert 0.0 < route.correct_one(p, 1.386) < 1.0
    assert 0.0 < route.raw_one(p, 1.386) < 1.0
    assert pickle.dumps(route) == before


@pytest.mark.parametrize("name", ROUTES)
def test_the_anchor_sees_every_event_with_its_weight(name):
    route, learner = ROUTES[name]()
    prior = stats.ClassPrior()
    for i in range(50):
        route.learn_one(learner, {}, i % 5 == 0, 1.0, 0.5, 2.0, float(i % 2), {})
        prior.update(i % 5 == 0, 2.0)
        assert route.anchor.logit == prior.logit


@pytest.mark.parametrize("name", sorted(set(ROUTES) - {"Offset"}))
def test_what_was_not_kept_is_not_given(name):
    route, learner = ROUTES[name]()
    for _ in range(10):
        route.learn_one(learner, {}, False, 1.0, 0.5, 1.0, 0.0, {})
        route.learn_class(learner, {}, "a", {"a": 0.5}, 1.0, 0.0, {})
    assert learner._given == []


def test_an_offset_learner_is_shown_every_event():
    route, learner = ROUTES["Offset"]()
    for _ in range(10):
        route.learn_one(learner, {}, False, 1.0, 0.5, 1.0, 0.0, {})
    assert [given[-1] for given in learner._given] == [0.0] * 10


def test_an_offset_learner_knows_two_classes():
    route, learner = ROUTES["Offset"]()
    with pytest.raises(ValueError, match=r"OneVsRestClassifier"):
        route.learn_class(learner, {}, "a", {"a": 1.0}, 1.0, 1.0, {})
    with pytest.raises(ValueError, match=r"OneVsRestClassifier"):
        route.correct_classes({"a": 1.0}, {"a": 1.0})


@pytest.mark.parametrize("name", ["PriorRatio", "SelfPilot"])
def test_the_prior_is_served_until_five_positives_were_learned(name):
    route, learner = ROUTES[name]()
    route.learn_one(learner, {}, False, 1.0, 1.0, 1.0, 1.0, {})
    for i in range(5):
        assert route.correct_one(0.3, 1.0) == route.anchor.rate
        route.learn_one(learner, {}, True, 1.0, 1.0, 1.0, 1.0, {})
        route.learn_one(learner, {}, True, 1.0, 1.0, 1.0, 0.0, {})  # not kept
        assert (route.correct_one(0.3, 1.0) == route.anchor.rate) is (i < 4)


@pytest.mark.parametrize(("draws", "exponent"), [(True, 3.0), (False, 1.0)])
def test_prior_ratio_fades_per_copy_where_copies_are_drawn(draws, exponent):
    route = correction.PriorRatio(stats.ClassPrior(), draws)
    learner = WeightRecorder()
    route.learn_one(learner, {}, False, 1.0, 1.0, 1.0, 0.0, {})  # not kept, but the anchor knows a False
    for _ in range(5):
        route.learn_one(learner, {}, True, 1.0, 1.0, 1.0, 1.0, {})
    positive = route._given[True]
    route.learn_one(learner, {}, False, 1.0, 3.0, 2.0, 3.0, {})
    assert route._given[True] == pytest.approx(positive * 0.5 ** (exponent / 2000), rel=1e-15)
    assert route._given[False] == 6.0  # weight × copies, as one example or three


def test_prior_ratio_of_classes_by_hand():
    """p_k m_k / a_k, where a_k is the mass that was given, with half an event each to begin with."""
    route, learner = correction.PriorRatio(stats.ClassPrior()), WeightRecorder()
    prior, given, fade = stats.ClassPrior(), dict.fromkeys("abc", 0.0), 0.5 ** (1 / 2000)
    rng = random.Random(3)
    for _ in range(200):
        y = rng.choice("aaaabbc")
        copies = float(y != "a" or rng.random() < 0.25)
        route.learn_class(learner, {}, y, {"a": 0.25, "b": 1.0, "c": 1.0}, 1.0, copies, {})
        prior.update(y)
        if copies:
            given = {k: fade * v + (k == y) for k, v in given.items()}
    m = prior.get()
    p = {"a": 0.2, "b": 0.3, "c": 0.5}
    masses = {k: p[k] * m[k] / (given[k] + 0.5) for k in p}
    expected = {k: v / sum(masses.values()) for k, v in masses.items()}
    assert route.correct_classes(p, {}) == pytest.approx(expected, rel=1e-12)


def test_prior_ratio_goes_on_with_what_two_classes_were_given():
    route, learner = correction.PriorRatio(stats.ClassPrior()), WeightRecorder()
    taught(route, learner)
    positive, negative = route._given[True], route._given[False]
    route.learn_class(learner, {}, "other", {"other": 1.0}, 1.0, 1.0, {})
    fade = 0.5 ** (1 / 2000)
    assert route._given == pytest.approx({False: fade * negative, True: fade * positive, "other": 1.0})


def test_self_pilot_and_weight_of_classes_by_hand():
    p, rates = {"a": 0.6, "b": 0.4}, {"a": 0.25, "b": 1.0}
    self_pilot = correction.SelfPilot(stats.ClassPrior())
    assert self_pilot.correct_classes(p, rates) == pytest.approx({"a": 2.4 / 2.8, "b": 0.4 / 2.8})
    weight, learner = correction.Weight(stats.ClassPrior()), WeightRecorder()
    assert weight.correct_classes(p, rates) == p
    weight.learn_class(learner, {}, "a", rates, 3.0, 1.0, {})
    assert learner._given == [({}, "a", 12.0)]


def test_offset_equations():
    prior = stats.ClassPrior()
    route, learner = correction.Offset(prior), Anchored(g=0.3)
    p = route.pilot_one(learner, {})
    assert p == pytest.approx(sigmoid(0.3 + prior.logit))
    assert route.correct_one(p, 2.0) == p
    assert route.raw_one(p, 2.0) == pytest.approx(sigmoid(0.3 + prior.logit + 2.0))
    before = prior.logit
    route.learn_one(learner, {}, True, 2.0, 0.5, 3.0, 1.0, {})  # no False yet: no step
    route.learn_one(learner, {}, False, 2.0, 0.5, 3.0, 1.0, {})
    after = prior.logit
    route.learn_one(learner, {}, True, 2.0, 0.5, 3.0, 1.0, {})
    assert learner._given == [
        (True, before, 2.0, 3.0, 0.0),
        (False, before, 2.0, 3.0, 1.0),
        (True, after, 2.0, 3.0, 1.0),
    ]


@pytest.mark.parametrize("name", ROUTES)
@pytest.mark.parametrize(
    "duplicate",
    [copy.deepcopy, lambda r: pickle.loads(pickle.dumps(r)), lambda r: snapshot.loads(snapshot.dumps(r))],
    ids=["deepcopy", "pickle", "snapshot"],
)
def test_a_copy_goes_on_alike(name, duplicate):
    one, learner = ROUTES[name]()
    taught(one, learner)
    two = duplicate(one)
    for seed in (2, 3):
        assert one.correct_one(0.3, 1.0) == two.correct_one(0.3, 1.0)
        taught(one, learner, 20, seed)
        taught(two, learner, 20, seed)
    assert pickle.dumps(one) == pickle.dumps(two)


@pytest.mark.parametrize("name", ROUTES)
def test_a_clone_has_learned_nothing(name):
    one, learner = ROUTES[name]()
    fresh = pickle.dumps(one)
    taught(one, learner)
    assert pickle.dumps(one) != fresh
    assert pickle.dumps(one.clone()) == fresh
