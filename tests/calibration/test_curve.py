"""The curve inside `PlattMixture`: its nodes, its order, what it keeps, and what a save must hold."""

from __future__ import annotations

import itertools
import math
import pickle
import random
from array import array
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamimb.calibration import Platt, PlattMixture

MOST = 24  # nodes
SCORES = st.one_of(st.floats(0.0, 1.0), st.sampled_from([0.0, 5e-324, 1e-300, 0.5, 1.0 - 2.0**-53, 1.0]))


def taught(score: Callable[[float], float], n: int = 20_000, seed: int = 1) -> PlattMixture:
    rng = random.Random(seed)
    mixture = PlattMixture()
    for _ in range(n):
        z = rng.gauss(-3.0, 1.5)
        mixture.learn_one(score(z), rng.random() < 1 / (1 + math.exp(-z)))
    return mixture


def test_two_scores_have_two_nodes_and_each_means_its_own_rate() -> None:
    rng = random.Random(3)
    mixture = PlattMixture()
    for _ in range(60_000):
        up = rng.random() < 0.3
        mixture.learn_one(float(up), rng.random() < (0.05 if up else 0.01))
    assert len(mixture.nodes) == 2
    assert mixture.calibrate_one(0.0) == pytest.approx(0.01, rel=0.25)
    assert mixture.calibrate_one(1.0) == pytest.approx(0.05, rel=0.25)


def test_nodes_gather_where_the_information_is_and_stay_few() -> None:
    mixture = taught(lambda z: 1 / (1 + math.exp(-z)))
    logits = [s for s, _ in mixture.nodes]
    assert len(logits) == MOST
    # Information q (1 - q) of these scores has its median near -1.4, the scores have theirs at -3
    assert sum(s > -1.4 for s in logits) > MOST / 4
    assert sum(s < -5.0 for s in logits) < MOST / 8


def test_nodes_follow_scores_that_move() -> None:
    rng = random.Random(4)
    mixture = taught(lambda z: 1 / (1 + math.exp(-z)))
    for _ in range(20_000):
        z = rng.gauss(-3.0, 1.5)
        mixture.learn_one(1 / (1 + math.exp(-z - 12)), rng.random() < 1 / (1 + math.exp(-z)))
    assert sum(s > 5.0 for s, _ in mixture.nodes) > MOST / 2


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(SCORES, st.booleans(), st.sampled_from([0.1, 1.0, 1.0, 30.0, 1e300])), max_size=200)
)
def test_nodes_increase_heights_never_decrease_and_all_is_bounded(
    stream: list[tuple[float, bool, float]],
) -> None:
    mixture = PlattMixture()
    for p, y, w in stream:
        mixture.learn_one(p, y, w)
        nodes = mixture.nodes
        assert len(nodes) <= MOST
        assert all(a[0] < b[0] and a[1] <= b[1] for a, b in itertools.pairwise(nodes))
        assert all(abs(height) <= 40.0 for _, height in nodes)
        assert 0.0 < mixture.calibrate_one(p) < 1.0
    restored = pickle.loads(pickle.dumps(mixture))  # no state it reaches is refused
    assert restored.nodes == mixture.nodes


def test_a_rise_of_the_base_rate_lifts_every_score_with_the_prior() -> None:
    rng = random.Random(5)
    mixture = PlattMixture()
    said = meant = 0.0
    for i in range(50_000):
        up = rng.random() < 0.2
        truth = (0.04 if up else 0.005) * (1 if i < 40_000 else 5)
        if i >= 42_000:
            said += mixture.calibrate_one(float(up))
            meant += truth
        mixture.learn_one(float(up), rng.random() < truth)
    assert said / meant == pytest.approx(1.0, abs=0.1)


def broken(change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    state = taught(lambda z: 1 / (1 + math.exp(-z)), 2_000).__getstate__()
    change(state["_bank"]["curve"])
    return state


def swapped(numbers: bytes) -> bytes:
    values = array("d", numbers)
    values[0], values[1] = values[1], values[0]
    return bytes(values)


def first(numbers: bytes, value: float) -> bytes:
    values = array("d", numbers)
    values[0] = value
    return bytes(values)


@pytest.mark.parametrize(
    "change",
    [
        lambda curve: curve.update(n=25),
        lambda curve: curve.update(n=-1),
        lambda curve: curve.update(x=curve["x"][:-8]),
        lambda curve: curve.update(gap=curve["gap"][:-8]),
        lambda curve: curve.update(x=swapped(curve["x"])),
        lambda curve: curve.update(d=first(curve["d"], 19.0)),
        lambda curve: curve.update(h=first(curve["h"], 0.0)),
        lambda curve: curve.update(atom=first(curve["atom"], math.nan)),
        lambda curve: curve.update(lift=math.inf),
        lambda curve: curve.update(rest=0.0),
    ],
)
def test_a_save_that_is_not_a_curve_is_refused(change: Callable[[dict[str, Any]], None]) -> None:
    with pytest.raises(ValueError, match="state: "):
        PlattMixture.__new__(PlattMixture).__setstate__(broken(change))


@pytest.mark.parametrize(
    "change",
    [
        {"v": bytes(8)},
        # as many entries as the others have bytes, but another number of scalings
        {"span": [30.0] * 16},
        {"span": b""},
        {"vc": math.nan},
        {"v0": 2.0},
        {"h11": array("d", [math.inf, 5.0]).tobytes()},
    ],
)
def test_a_save_that_is_not_a_mixture_is_refused(change: dict[str, Any]) -> None:
    state = PlattMixture().__getstate__()
    state["_bank"].update(change)
    with pytest.raises(ValueError, match="state: "):
        PlattMixture.__new__(PlattMixture).__setstate__(state)


def test_one_scaling_alone_has_no_curve() -> None:
    platt = Platt()
    platt.learn_one(0.2, True)
    assert platt.nodes == ()
