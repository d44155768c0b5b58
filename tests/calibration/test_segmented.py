from __future__ import annotations

import random
from typing import Any

import pytest
from river import base

from streamimb import CalibratedClassifier, GuardedClassifier
from streamimb.calibration import Calibeating, Intercept, Platt, Segmented
from streamimb.engine.snapshot import dumps, loads


def taught(segmented: Segmented, rates: dict[Any, float], n: int = 40_000, seed: int = 1) -> Segmented:
    rng, names = random.Random(seed), list(rates)
    for _ in range(n):
        k = rng.choice(names)
        segmented.learn_one(0.05, rng.random() < rates[k], x={"k": k})
    return segmented


@pytest.mark.parametrize("seed", range(3))
def test_each_segment_gets_its_own_rate_and_a_new_one_the_pooled_rate(seed: int) -> None:
    segmented = taught(Segmented(Platt(), by="k"), {"a": 0.09, 1: 0.03}, seed=seed)
    assert segmented.calibrate_one(0.05, x={"k": "a"}) == pytest.approx(0.09, rel=0.2)
    assert segmented.calibrate_one(0.05, x={"k": 1}) == pytest.approx(0.03, rel=0.3)
    for x in (None, {}, {"k": "new"}, {"k": None}, {"k": 2.5}, {"k": "x" * 201}, {"k": ["a"]}):
        assert segmented.calibrate_one(0.05, x=x) == segmented.calibrator.calibrate_one(0.05)


def test_shrinkage_holds_a_small_segment_near_the_pool() -> None:
    def first_ten_positives(shrinkage: float) -> float:
        segmented = Segmented(Intercept(), "k", shrinkage)
        for i in range(4_000):
            segmented.learn_one(0.05, i % 20 == 0, x={"k": "large"})
        for i in range(100):
            segmented.learn_one(0.05, i % 10 == 0, x={"k": "small"})  # .1 where the pool has .05
        return segmented.calibrate_one(0.05, x={"k": "small"})

    alone, mixed, pooled = (first_ten_positives(shrinkage) for shrinkage in (0.0, 20.0, 1e9))
    assert pooled == pytest.approx(0.05, rel=0.1)
    assert pooled < mixed < alone < 0.1


def test_small_segments_are_nearer_to_the_truth_with_shrinkage_than_alone_or_pooled() -> None:
    errors = dict.fromkeys((0.0, 20.0, 1e9), 0.0)
    for seed in range(4):
        rng = random.Random(seed)
        rates = {k: 0.05 * rng.lognormvariate(0.0, 0.2) for k in range(200)}
        for shrinkage in errors:
            segmented = taught(Segmented(Intercept(200), "k", shrinkage), rates, 20_000, seed)
            for k, rate in rates.items():
                errors[shrinkage] += abs(segmented.calibrate_one(0.05, x={"k": k}) - rate) / len(rates)
    assert errors[20.0] < errors[0.0]
    assert errors[20.0] < errors[1e9]


def test_the_segment_met_longest_ago_returns_to_the_pool() -> None:
    segmented = Segmented(Platt(), "k", max_segments=2)
    for k in ("a", "b", "a", "c"):
        for i in range(50):
            segmented.learn_one(0.05, i % 5 == 0, x={"k": k})
    assert list(segmented.segments) == ["a", "c"]
    assert segmented.calibrate_one(0.05, x={"k": "b"}) == segmented.calibrator.calibrate_one(0.05)
    segmented.calibrate_one(0.05, x={"k": "a"})
    assert list(segmented.segments) == ["a", "c"]  # asking is no use


def test_ten_thousand_segments_do_not_grow_the_state() -> None:
    segmented = Segmented(Intercept(), "k", max_segments=20)
    sizes = []
    for i in range(10_000):
        segmented.learn_one(0.05, i % 9 == 0, x={"k": i})
        if i % 1_000 == 999:
            sizes.append(len(dumps(segmented)))
    assert max(sizes) - min(sizes) < 200


class Constant(base.Classifier):
    """The same score for every event."""

    def predict_proba_one(self, x: Any, **kwargs: Any) -> Any:
        return {False: 0.95, True: 0.05}

    def learn_one(self, x: Any, y: Any) -> None:
        pass


@pytest.mark.parametrize(
    "make",
    [lambda: Segmented(Platt(), "k"), lambda: Calibeating(Segmented(Platt(), "k"))],
    ids=["alone", "inside another"],
)
def test_the_wrapper_hands_it_the_features_of_the_event(make: Any) -> None:
    model: Any = GuardedClassifier(CalibratedClassifier(Constant(), make()))
    rng = random.Random(1)
    for _ in range(20_000):
        k = rng.choice(["a", "b"])
        model.learn_one({"k": k}, rng.random() < (0.09 if k == "a" else 0.03))
    said = {k: model.predict_proba_one({"k": k})[True] for k in ("a", "b")}
    assert said["a"] > 2.0 * said["b"]
    back = loads(dumps(model, allow_pickle=True), allow_pickle=True)
    assert {k: back.predict_proba_one({"k": k})[True] for k in ("a", "b")} == said


def first_letter(x: Any) -> Any:
    return x["k"][0]


def test_a_callable_names_the_segment() -> None:
    segmented = Segmented(Platt(), by=first_letter)
    for i in range(100):
        segmented.learn_one(0.05, i % 9 == 0, x={"k": f"a{i}"})
    assert list(segmented.segments) == ["a"]


@pytest.mark.parametrize("p", [0.0, 1e-300, 1.0])
def test_scores_at_the_ends_stay_probabilities(p: float) -> None:
    segmented = Segmented(Intercept(), "k")
    for i in range(200):
        segmented.learn_one(p, i % 3 == 0, x={"k": "a"})
        assert 0.0 <= segmented.calibrate_one(p, x={"k": "a"}) <= 1.0
