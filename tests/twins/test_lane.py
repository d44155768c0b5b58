"""The direct lane through wrappers of ours says, bit for bit, what the same parts say by protocol."""

from __future__ import annotations

import copy
import pickle
import random

import pytest

from streamimb import CalibratedClassifier, GuardedClassifier, SampledClassifier, sampling
from streamimb.engine import snapshot
from streamimb.linear_model import LogisticRegression


class ApartSampled(SampledClassifier):
    """Stays with the protocols."""

    def connect(self, learner, rates, prior) -> None:
        pass


class ApartCalibrated(CalibratedClassifier):
    """Stays with the protocols."""

    def connect(self, inner, platts) -> None:
        pass


class ApartGuarded(GuardedClassifier):
    """Stays with the protocols."""

    def connect(self, inner, gate) -> None:
        pass


def direct() -> GuardedClassifier:
    return GuardedClassifier(
        CalibratedClassifier(SampledClassifier(LogisticRegression(), sampling.ScoreUnderSampler(), seed=5)),
        warm_up=300,
    )


def apart() -> GuardedClassifier:
    sampled = ApartSampled(LogisticRegression(), sampling.ScoreUnderSampler(), seed=5)
    return ApartGuarded(ApartCalibrated(sampled), warm_up=300)


def stream(n: int, seed: int) -> list[tuple[dict[str, object], bool]]:
    rng = random.Random(seed)
    out = []
    for _ in range(n):
        y = rng.random() < 0.05
        x: dict[str, object] = {f"f{i}": rng.gauss(0.5 * y, 1) for i in range(6)}
        x["country"] = rng.choice(["NO", "SE", "DK"])
        if rng.random() < 0.05:
            x["f0"] = rng.choice([float("nan"), float("inf"), None, 1e300])
        if rng.random() < 0.05:
            del x["f1"]
        out.append((x, y))
    return out


@pytest.mark.parametrize("seed", [0, 1])
def test_direct_is_apart(seed: int) -> None:
    one, two, once = direct(), apart(), direct()
    for i, (x, y) in enumerate(stream(3_000, seed)):
        assert one.predict_proba_one(x) == two.predict_proba_one(x), f"seed {seed}, event {i}"
        scores = one.scores_one(x)
        assert scores == two.scores_one(x) == once.score_learn_one(x, y), f"seed {seed}, event {i}"
        one.learn_one(x, y)
        two.learn_one(x, y)
    assert snapshot.dumps(one) == snapshot.dumps(once)
    inner, other = one.classifier.classifier, two.classifier.classifier
    assert inner.kept_share == other.kept_share < 0.6
    assert (inner.last_rates, inner.last_shift) == (other.last_rates, other.last_shift)


def test_a_weight_of_one_is_no_weight() -> None:
    one, two = direct(), direct()
    for x, y in stream(500, 2):
        one.learn_one(x, y)
        two.learn_one(x, y, w=1.0)
    assert snapshot.dumps(one) == snapshot.dumps(two)


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_a_duplicate_goes_on_alike(duplicate) -> None:
    one = direct()
    for x, y in stream(1_000, 3):
        one.learn_one(x, y)
    two = duplicate(one)
    for x, y in stream(500, 4):
        assert one.predict_proba_one(x) == two.predict_proba_one(x)
        one.learn_one(x, y)
        two.learn_one(x, y)
    assert snapshot.dumps(one) == snapshot.dumps(two)
