"""What every correction must do, whichever it is: a table."""

from __future__ import annotations

import copy
import pickle
import random
from collections.abc import Callable
from typing import Any

import pytest

from streamimb import correction
from streamimb.engine import snapshot
from streamimb.protocols import Route

ROUTES: dict[str, Callable[[], Any]] = {
    "PriorRatio": correction.PriorRatio,
    "PriorRatio of weights": lambda: correction.PriorRatio(draws=False),
    "RateRatio": correction.RateRatio,
    "RateRatio of weights": lambda: correction.RateRatio(draws=False),
    "Weight": correction.Weight,
}
PRIOR = {False: 0.9, True: 0.1}
RATES = {False: 0.25, True: 1.0}


def says(route: Route, p: float = 0.3) -> float:
    return route.correct_one({False: 1.0 - p, True: p}, RATES, PRIOR)[True]


def taught(route: Any, n: int = 80, seed: int = 1) -> None:
    rng = random.Random(seed)
    for _ in range(n):
        y = rng.random() < 0.3
        route.give_one(y, RATES[y], 1.0, 1.0)


def test_every_route_is_in_the_table():
    assert set(correction.__all__) - {"FrozenAnchor"} == {name.split()[0] for name in ROUTES}
    for name, make in ROUTES.items():
        assert type(make()).__name__ == name.split()[0]


@pytest.mark.parametrize("name", ROUTES)
def test_asking_changes_nothing(name):
    route = ROUTES[name]()
    taught(route)
    before = pickle.dumps(route)
    assert 0.0 < says(route) < 1.0
    assert pickle.dumps(route) == before


@pytest.mark.parametrize("name", ["PriorRatio", "RateRatio"])
def test_the_prior_is_served_until_five_positives_were_learned(name):
    route = ROUTES[name]()
    route.give_one(False, 1.0, 1.0, 1.0)
    for i in range(5):
        assert says(route) == PRIOR[True]
        route.give_one(True, 1.0, 1.0, 1.0)
        assert (says(route) == PRIOR[True]) is (i < 4)


@pytest.mark.parametrize("name", ROUTES)
def test_the_prior_is_served_while_only_positives_were_learned(name):
    route = ROUTES[name]()
    for _ in range(20):
        route.give_one(True, 1.0, 1.0, 1.0)
    assert says(route) == PRIOR[True]


@pytest.mark.parametrize(("draws", "exponent", "weight"), [(True, 3.0, 2.0), (False, 1.0, 6.0)])
def test_prior_ratio_fades_per_copy_where_copies_are_drawn(draws, exponent, weight):
    route = correction.PriorRatio(draws)
    for _ in range(5):
        route.give_one(True, 1.0, 1.0, 1.0)
    positive = route._given[True]
    assert route.give_one(False, 3.0, 2.0, 3.0) == weight
    assert route._given[True] == pytest.approx(positive * 0.5 ** (exponent / 2000), rel=1e-15)
    assert route._given[False] == 6.0  # weight × copies, as one example or three


def test_prior_ratio_of_classes_by_hand():
    """p_k m_k / a_k, where a_k is the mass that was given, with half an event each to begin with."""
    route = correction.PriorRatio()
    given, fade = dict.fromkeys("abc", 0.0), 0.5 ** (1 / 2000)
    rng = random.Random(3)
    for _ in range(200):
        y = rng.choice("aaaabbc")
        if y != "a" or rng.random() < 0.25:
            route.give_one(y, 0.25 if y == "a" else 1.0, 1.0, 1.0)
            given = {k: fade * v + (k == y) for k, v in given.items()}
    m = {"a": 0.6, "b": 0.3, "c": 0.1}
    p = {"a": 0.2, "b": 0.3, "c": 0.5}
    masses = {k: p[k] * m[k] / (given[k] + 0.5) for k in p}
    expected = {k: v / sum(masses.values()) for k, v in masses.items()}
    assert route.correct_one(p, {}, m) == pytest.approx(expected, rel=1e-12)


def test_prior_ratio_goes_on_with_what_two_classes_were_given():
    route = correction.PriorRatio()
    taught(route)
    positive, negative = route._given[True], route._given[False]
    route.give_one("other", 1.0, 1.0, 1.0)
    fade = 0.5 ** (1 / 2000)
    assert route._given == pytest.approx({False: fade * negative, True: fade * positive, "other": 1.0})


def test_rate_ratio_and_weight_of_classes_by_hand():
    p, rates, prior = {"a": 0.6, "b": 0.4}, {"a": 0.25, "b": 1.0}, {"a": 0.5, "b": 0.5}
    ratio, weight = correction.RateRatio(), correction.Weight()
    for _ in range(5):
        ratio.give_one("a", 0.25, 1.0, 1.0)
    assert ratio.correct_one(p, rates, prior) == pytest.approx({"a": 2.4 / 2.8, "b": 0.4 / 2.8})
    assert weight.give_one("a", 0.25, 3.0, 1.0) == 12.0
    assert weight.correct_one(p, rates, prior) == p


@pytest.mark.parametrize("name", ["PriorRatio", "RateRatio"])
@pytest.mark.parametrize("p", [0.0, 1.0])
def test_hard_0_and_1_can_be_corrected(name, p):
    route = ROUTES[name]()
    taught(route)
    assert 0.0 < says(route, p) < 1.0


@pytest.mark.parametrize("name", ROUTES)
@pytest.mark.parametrize(
    "duplicate",
    [copy.deepcopy, lambda r: pickle.loads(pickle.dumps(r)), lambda r: snapshot.loads(snapshot.dumps(r))],
    ids=["deepcopy", "pickle", "snapshot"],
)
def test_a_copy_goes_on_alike(name, duplicate):
    one = ROUTES[name]()
    taught(one)
    two = duplicate(one)
    for seed in (2, 3):
        assert says(one) == says(two)
        taught(one, 20, seed)
        taught(two, 20, seed)
    assert pickle.dumps(one) == pickle.dumps(two)


@pytest.mark.parametrize("name", ROUTES)
def test_a_clone_has_learned_nothing(name):
    one = ROUTES[name]()
    fresh = pickle.dumps(one)
    taught(one)
    assert pickle.dumps(one) != fresh
    assert pickle.dumps(one.clone()) == fresh
