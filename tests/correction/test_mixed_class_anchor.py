"""The live anchor of classes by name: two priors of every class, weighed by how well each serves."""

from __future__ import annotations

import math
import pickle
import random
from typing import Any

import pytest

from streamimb import SampledClassifier, sampling, stats
from streamimb.engine import snapshot
from streamimb.linear_model import SoftmaxRegression

SEEDS = (1, 2, 3)


class Plain:
    """Its equations, on the shares of two priors."""

    def __init__(self) -> None:
        self.cut, self.share = stats.ClassPrior(), 0.5
        self.steady = stats.ClassPrior(half_life=80_000, floor_half_life=80_000)
        self.known: dict[str, None] = {}

    def logs(self, prior: stats.ClassPrior) -> dict[Any, float]:
        return {k: math.log(m) for k, m in prior.over(list(self.known)).items()}

    def offsets(self) -> dict[Any, float]:
        cut, steady = self.logs(self.cut), self.logs(self.steady)
        return {k: self.share * cut[k] + (1 - self.share) * steady[k] for k in cut}

    def learn(self, y: str, p: dict[Any, float]) -> None:
        mixed, q = self.offsets(), []
        for prior in (self.cut, self.steady):
            masses = {k: p[k] * math.exp(log - mixed[k]) for k, log in self.logs(prior).items()}
            q.append(masses[y] / sum(masses.values()))
        first, second = self.share * q[0], (1 - self.share) * q[1]
        self.share = (1 - 1e-4) * first / (first + second) + 0.5e-4
        self.cut.update(y)
        self.steady.update(y)


def sampled(**more: Any) -> SampledClassifier:
    return SampledClassifier(SoftmaxRegression(), sampling.UnderSampler(keep_rate=0.5), seed=1, **more)


def labels(n: int, seed: int) -> list[str]:
    """One class of three becomes ten times as common in the middle."""
    rng = random.Random(seed)
    return [rng.choices("abc", (90, 9, 1 if i < n // 2 else 10))[0] for i in range(n)]


def clumped(n: int, seed: int) -> list[str]:
    """Shares that stay the same over many runs of sixty labels, and differ in each: not independent."""
    rng = random.Random(seed)
    found: list[str] = []
    while len(found) < n:
        found += rng.choices("abc", rng.choice([(99.7, 0.2, 0.1), (85, 10, 5)]), k=60)
    return found[:n]


def test_is_what_the_equations_say() -> None:
    model, plain = sampled(), Plain()
    for y in ["a", "b", "c"]:  # until all three are known: a class that comes is admitted at its first label
        model.learn_one({}, y)
        plain.known[y] = None
        plain.learn(y, plain.offsets().fromkeys(plain.known, 1.0))
    for i, y in enumerate(labels(6_000, 1)):
        if i % 50 == 0:
            offsets = model._way.anchors_one({})
            assert {k: offsets[k] for k in plain.known} == pytest.approx(plain.offsets(), rel=1e-9)
        p = model.predict_proba_one({})
        model.learn_one({}, y)
        plain.learn(y, p)
    assert plain.share != 0.5


def excess(anchor: str, stream: list[str]) -> float:
    """Mean log loss of a model without features, from the thousandth label on."""
    model, loss = sampled(), 0.0
    for i, y in enumerate(stream):
        if i >= 1_000:
            p = model.predict_proba_one({}) if anchor == "mixed" else model._prior.get()
            loss -= math.log(p[y])
        model.learn_one({}, y)
    return loss / (len(stream) - 1_000)


def test_follows_a_jump_as_the_cut_prior_does() -> None:
    worse = [excess("mixed", labels(20_000, s)) - excess("cut", labels(20_000, s)) for s in SEEDS]
    assert sum(worse) / len(worse) < 0.0005


def test_weighs_the_steady_prior_more_where_labels_come_in_clumps() -> None:
    clumps, jumps = sampled(), sampled()
    for y in clumped(30_000, 1):
        clumps.learn_one({}, y)
    for y in labels(30_000, 1):
        jumps.learn_one({}, y)
    shares = [model.__getstate__()["mixed_anchor"]["share"] for model in (clumps, jumps)]
    assert shares[0] < 0.4
    assert shares[1] > 0.6


def test_without_a_cut_the_offsets_are_the_logs_of_the_prior() -> None:
    model = sampled()
    for i in range(2_000):
        model.learn_one({}, "aaab"[i % 4])
    state = model.__getstate__()["mixed_anchor"]
    assert state["share"] == pytest.approx(0.5)
    assert model._way.anchors_one({}) == {k: math.log(m) for k, m in model._prior.get().items()}


def test_a_restored_model_goes_on_to_the_last_bit() -> None:
    model = sampled()
    for y in labels(3_000, 2):
        model.learn_one({"a": float(y == "a")}, y)
    for other in (pickle.loads(pickle.dumps(model)), snapshot.loads(snapshot.dumps(model))):
        own = pickle.loads(pickle.dumps(model))
        for y in labels(500, 3):
            assert own.predict_proba_one({"a": 1.0}) == other.predict_proba_one({"a": 1.0})
            own.learn_one({"a": float(y == "a")}, y)
            other.learn_one({"a": float(y == "a")}, y)


@pytest.mark.parametrize(
    "damage",
    [
        {"share": 1.5},
        {"share": math.nan},
        {"steady": None},
        {"steady": stats.ClassPrior()},
        {"steady": stats.ClassPrior(half_life=500, floor_half_life=500)},
        {"more": 1},
    ],
    ids=repr,
)
def test_a_damaged_state_is_refused_whole(damage: dict[str, Any]) -> None:
    model = sampled()
    for y in labels(100, 4):
        model.learn_one({}, y)
    state = model.__getstate__()
    state["mixed_anchor"] = {**state["mixed_anchor"], **damage}
    before = snapshot.dumps(model)
    with pytest.raises(ValueError, match="state"):
        model.__setstate__(state)
    assert snapshot.dumps(model) == before


def test_an_anchor_of_the_users_own_is_not_mixed() -> None:
    assert sampled(anchor="frozen").__getstate__()["mixed_anchor"] is None
