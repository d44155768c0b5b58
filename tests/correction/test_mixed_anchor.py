"""The live anchor of the offset route: a prior that is cut and one that is not, weighed by how well each serves."""

from __future__ import annotations

import math
import pickle
import random
from typing import Any

import pytest

from streamimb import SampledClassifier, sampling, stats
from streamimb.engine import snapshot
from streamimb.linear_model import LogisticRegression


def logit(p: float) -> float:
    return math.log(p / (1 - p))


class Plain:
    """Its equations, on the log-odds of two priors."""

    def __init__(self) -> None:
        self.cut, self.share = stats.ClassPrior(), 0.5
        self.hits = self.mass = 0.0
        self.only_true = True

    @property
    def steady(self) -> float:
        return 0.05 if self.only_true else (self.hits + 0.05) / (self.mass + 1)

    @property
    def mixed(self) -> float:
        return self.share * self.cut.logit + (1 - self.share) * logit(self.steady)

    def learn(self, y: bool, p: float) -> None:
        odds = [
            logit(min(1 - 1e-9, max(1e-9, p))) + anchor - self.mixed
            for anchor in (self.cut.logit, logit(self.steady))
        ]
        q = [1 / (1 + math.exp(-z)) if y else 1 / (1 + math.exp(z)) for z in odds]
        first, second = self.share * q[0], (1 - self.share) * q[1]
        self.share = (1 - 1e-4) * first / (first + second) + 0.5e-4
        if self.only_true and not y:
            self.only_true, self.hits, self.mass = False, 0.0, 0.0
        fade = 0.5 ** (1 / 80_000)
        self.hits, self.mass = fade * self.hits + y, fade * self.mass + 1
        self.cut.update(y)


def labels(n: int, seed: int) -> list[bool]:
    """A base rate of 1 %, later of 10 %."""
    rng = random.Random(seed)
    return [rng.random() < (0.01 if i < n // 2 else 0.1) for i in range(n)]


def sampled() -> SampledClassifier:
    return SampledClassifier(LogisticRegression(), sampling.UnderSampler(keep_rate=0.5), seed=1)


def test_is_what_the_equations_say() -> None:
    model, plain = sampled(), Plain()
    for y in [True, True, *labels(6_000, 1)]:
        anchor = model.contributions_one({})["(anchor)"]
        assert anchor == pytest.approx(plain.mixed, rel=1e-9)
        p = model.predict_proba_one({})[True]
        model.learn_one({}, y)
        plain.learn(y, p)


def clumped(n: int, seed: int) -> list[bool]:
    """Labels of one base rate in runs of sixty, as files of a day bring them: not independent."""
    rng = random.Random(seed)
    found: list[bool] = []
    while len(found) < n:
        found += [rng.random() < rng.choice([0.002, 0.09])] * 60
    return found[:n]


def excess(anchor: str, stream: Any) -> float:
    """Mean log loss of a model without features, from the thousandth label on."""
    model = SampledClassifier(LogisticRegression(), sampling.UnderSampler(keep_rate=0.5), seed=1)
    loss = 0.0
    for i, y in enumerate(stream):
        p = model.predict_proba_one({})[True] if anchor == "mixed" else model._prior.rate
        if i >= 1_000:
            loss -= math.log(p if y else 1 - p)
        model.learn_one({}, y)
    return loss / (len(stream) - 1_000)


def test_follows_a_jump_as_the_cut_prior_does() -> None:
    worse = sum(excess("mixed", labels(20_000, s)) - excess("cut", labels(20_000, s)) for s in (1, 2, 3)) / 3
    assert worse < 0.0005


def test_weighs_the_steady_prior_more_where_labels_come_in_clumps() -> None:
    model, quiet = sampled(), sampled()
    for y in clumped(30_000, 1):
        model.learn_one({}, y)
    rng = random.Random(1)
    for _ in range(30_000):
        quiet.learn_one({}, rng.random() < 0.046)
    clumps, even = (m.__getstate__()["mixed_anchor"]["share"] for m in (model, quiet))
    assert even > 0.2
    assert abs(clumps - even) > 0.05


def test_a_restored_model_goes_on_to_the_last_bit() -> None:
    model = sampled()
    for y in labels(2_000, 2):
        model.learn_one({"a": float(y)}, y)
    for other in (pickle.loads(pickle.dumps(model)), snapshot.loads(snapshot.dumps(model))):
        own = pickle.loads(pickle.dumps(model))
        for y in labels(500, 3):
            assert own.predict_proba_one({"a": 1.0}) == other.predict_proba_one({"a": 1.0})
            own.learn_one({"a": float(y)}, y)
            other.learn_one({"a": float(y)}, y)


@pytest.mark.parametrize(
    "damage", [{"share": 1.5}, {"share": math.nan}, {"steady": None}, {"steady": {}}, {"more": 1}], ids=repr
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


def test_a_steady_prior_of_another_memory_is_refused() -> None:
    state = sampled().__getstate__()
    other = SampledClassifier(
        LogisticRegression(), prior=stats.ClassPrior(half_life=500), seed=1
    ).__getstate__()
    state["mixed_anchor"] = other["mixed_anchor"]
    with pytest.raises(ValueError, match="follows from the parameters"):
        sampled().__setstate__(state)


def test_an_anchor_of_the_users_own_is_not_mixed() -> None:
    model = SampledClassifier(LogisticRegression(), anchor="frozen", seed=1)
    assert model.__getstate__()["mixed_anchor"] is None
