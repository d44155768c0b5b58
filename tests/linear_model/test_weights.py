"""A weight w means w repeats, prior and moments held; it is monotone and finite from 1e-300 to 1e300."""

from __future__ import annotations

import copy
import math
import random
from array import array
from itertools import pairwise

import pytest

from streamimb import stats
from streamimb.engine import snapshot
from streamimb.linear_model import LogisticRegression


def stream(n: int, seed: int, d: int = 8):
    rng = random.Random(seed)
    w = [rng.gauss(0, 0.5) for _ in range(d)]
    out = []
    for _ in range(n):
        x = {f"f{i}": rng.gauss(0, 1) for i in range(d)}
        z = sum(a * b for a, b in zip(w, x.values(), strict=True)) - 1.5
        out.append((x, rng.random() < 1 / (1 + math.exp(-z))))
    return out


def logit(p: float) -> float:
    return math.log(p) - math.log1p(-p)


def steps_only(model: LogisticRegression, x, y, w: float, repeats: int) -> LogisticRegression:
    """The model after repeated steps of weight w, with moments, mixture and prior as they were."""
    for _ in range(repeats):
        model.step_one(x, y, OFFSET, w)
    return model


OFFSET = -1.5


@pytest.mark.parametrize(("h", "bound"), [(8, 0.10), (100, 0.02)])
def test_a_weight_comes_to_as_many_repeats(h, bound):
    """Mean |difference of log-odds| on 30 other events, over 12 starts (3 seeds at 50, 200, 500, 1000 events)."""
    differences = []
    for seed in (1, 2, 3):
        data = stream(1100, seed)
        model = LogisticRegression()
        for i, (x, y) in enumerate(data[:1001]):
            if i in (50, 200, 500, 1000):
                one = steps_only(copy.deepcopy(model), x, y, float(h), 1)
                many = steps_only(copy.deepcopy(model), x, y, 1.0, h)
                differences += [
                    abs(logit(one.predict_offset_one(o, OFFSET)) - logit(many.predict_offset_one(o, OFFSET)))
                    for o, _ in data[1001:1031]
                ]
            model.learn_one(x, y, offset=OFFSET)
    assert sum(differences) / len(differences) <= bound


WEIGHTS = [1e-300, 1e-30, 1e-3, 0.5, 1.0, 1.0000001, 1.5, 2.0, 8.0, 100.0, 1e4, 1e8, 1e15, 1e30, 1e300]


@pytest.mark.parametrize("y", [True, False])
@pytest.mark.parametrize("before", [0, 30, 500])
def test_monotone_and_finite_from_1e_minus_300_to_1e300(y, before):
    data = stream(600, 4)
    model = LogisticRegression()
    for x, label in data[:before]:
        model.learn_one(x, label)
    x = {**data[590][0], "word": "w"}
    model.observe_one(x, y, OFFSET)  # a step is taken on known features only
    served = [model.predict_offset_one(x, OFFSET)]
    for w in WEIGHTS:
        taught = steps_only(copy.deepcopy(model), x, y, w, 1)
        served.append(taught.predict_offset_one(x, OFFSET))
        taught.learn_one(x, not y, w=w)
        assert 0.0 <= taught.predict_proba_one(x)[True] <= 1.0
    assert all(0.0 < p < 1.0 for p in served)
    ordered = served if y else served[::-1]
    assert all(a <= b * (1 + 1e-12) for a, b in pairwise(ordered)), served
    assert abs(logit(served[-1]) - logit(served[0])) > 1.0


def test_continuous_at_one():
    data = stream(300, 5)
    model = LogisticRegression()
    for x, y in data[:200]:
        model.learn_one(x, y)
    x, y = data[250]
    at = [copy.deepcopy(model) for _ in range(3)]
    for one, w in zip(at, (1.0 - 1e-9, 1.0, 1.0 + 1e-9), strict=True):
        one.learn_one(x, y, w=w)
    low, middle, high = (logit(one.predict_proba_one(x)[True]) for one in at)
    assert low == pytest.approx(middle, abs=1e-6)
    assert high == pytest.approx(middle, abs=1e-6)


def test_fault_51_beyond_1e15_counts_as_1e15():
    one, two = LogisticRegression(), LogisticRegression()
    one.learn_one({"a": 1.0}, True, w=1e300)
    two.learn_one({"a": 1.0}, True, w=1e15)
    assert snapshot.dumps(one) == snapshot.dumps(two)


@pytest.mark.parametrize("w", [-1.0, -1e-300, math.nan, math.inf, -math.inf])
def test_fault_51_no_weight(w):
    model = LogisticRegression()
    model.learn_one({"a": 1.0}, True)
    before = snapshot.dumps(model)
    with pytest.raises(ValueError, match="w"):
        model.learn_one({"new": 1.0}, True, w=w)
    for method in (model.observe_one, model.step_one):
        with pytest.raises(ValueError, match="w: expected a finite number >= 0"):
            method({"a": 1.0}, True, 0.0, w)
    assert snapshot.dumps(model) == before


def test_fault_51_a_weight_of_zero_changes_nothing():
    model = LogisticRegression()
    for x, y in stream(50, 6):
        model.learn_one(x, y)
    before = snapshot.dumps(model)
    model.learn_one({"f0": 9.0, "new": 1.0, "word": "w"}, True, w=0.0)
    model.learn_one({"f0": 9.0}, False, w=0, offset=1.0)
    model.observe_one({"f0": 9.0, "new": 1.0}, True, -1.0, 0.0)
    model.step_one({"f0": 9.0}, True, -1.0, 0.0)
    assert snapshot.dumps(model) == before


def test_a_weight_counts_in_the_prior_and_once_in_the_moments():
    model, prior, once = LogisticRegression(), stats.ClassPrior(), LogisticRegression()
    rng = random.Random(1)
    for x, y in stream(300, 7):
        w = rng.choice([0.5, 1.0, 3.0, 40.0])
        model.learn_one(x, y, w=w)
        once.learn_one(x, y)
        prior.update(y, w)
    state, other = model.__getstate__()["kernel"], once.__getstate__()["kernel"]
    assert state["prior"].logit == prior.logit
    assert state["experts"]["moments"] == other["experts"]["moments"]


@pytest.mark.parametrize("w", [0.25, 3.0, 40.0])
def test_a_weight_counts_in_the_mixture(w):
    """Shares of the rates go with the w-th power of what they said."""
    data = stream(400, 8)
    model = LogisticRegression()
    for x, y in data[:300]:
        model.learn_one(x, y)
    x, y = data[350]
    before = saved(model)
    single = []  # what each rate says
    for k in range(3):
        state = model.__getstate__()
        alone = array("d", [1.0 if j == k else 0.0 for j in range(3)]).tobytes()
        state["kernel"]["experts"]["share"].update(slow=alone, fast=alone)
        other = LogisticRegression()
        other.__setstate__(state)
        single.append(other.predict_offset_one(x, OFFSET))
    q = [p if y else 1 - p for p in single]
    sums = [sum(v * p for v, p in zip(before[name], q, strict=True)) for name in ("slow", "fast")]
    ahead, behind = before["level"] * sums[0] ** (w / 4), (1 - before["level"]) * sums[1] ** (w / 4)
    model.observe_one(x, y, OFFSET, w)
    found = saved(model)
    assert found["level"] == pytest.approx((1 - 1e-4) * ahead / (ahead + behind) + 0.5e-4, rel=1e-9)
    for name, power in (("slow", w / 16), ("fast", w)):
        moved = [v * p**power for v, p in zip(before[name], q, strict=True)]
        expected = [(1 - 1e-4) * v / sum(moved) + 1e-4 / 3 for v in moved]
        assert found[name] == pytest.approx(expected, rel=1e-9)


def saved(model):
    """The shares of both levels of the mixture, and the share of the first level."""
    share = model.__getstate__()["kernel"]["experts"]["share"]
    slow, fast = (memoryview(share[name]).cast("d").tolist() for name in ("slow", "fast"))
    return {"slow": slow, "fast": fast, "level": share["level"]}
