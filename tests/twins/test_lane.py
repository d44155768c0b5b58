"""The direct lane through wrappers of ours says, bit for bit, what the same parts say by protocol."""

from __future__ import annotations

import copy
import pickle
import random
from collections.abc import Callable

import pytest

from streamimb import CalibratedClassifier, Field, GuardedClassifier, SampledClassifier, Schema, sampling
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


def direct(schema: Schema | None = None) -> GuardedClassifier:
    sampled = SampledClassifier(LogisticRegression(), sampling.ScoreUnderSampler(), seed=5)
    return GuardedClassifier(CalibratedClassifier(sampled), schema, warm_up=300)


def apart(schema: Schema | None = None) -> GuardedClassifier:
    sampled = ApartSampled(LogisticRegression(), sampling.ScoreUnderSampler(), seed=5)
    return ApartGuarded(ApartCalibrated(sampled), schema, warm_up=300)


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


def test_every_way_of_an_event_is_the_same_evidence() -> None:
    """Learned in one walk, by protocol, scored and learned at once, or admitted first as an engine does."""
    one, two, once, admitted = direct(), apart(), direct(), direct()
    rng, passed = random.Random(3), 0
    for i, (x, y) in enumerate(stream(5_000, 3)):
        if i > 1_500 and rng.random() < 0.9:
            x["f2"] = "a word"
        one.learn_one(x, y)
        two.learn_one(x, y)
        once.score_learn_one(x, y)
        if admitted.passes(x):
            passed += 1
            admitted.classifier.learn_one(x, y)
        else:
            admitted.classifier.learn_one(admitted.admit_one(x).x, y)
    assert passed > 2_000
    assert one.inferred["f2"]["kind"] == "string"
    assert 0.9 < one.inferred["f1"]["present"] < 1.0
    assert one.inferred == two.inferred == once.inferred == admitted.inferred
    assert one.revisions == two.revisions == 1
    assert snapshot.dumps(one) == snapshot.dumps(once) == snapshot.dumps(admitted)


BOUNDED = Schema({"b": Field(min=10.0, max=20.0), "a": Field(min=0.0, max=1.0)})  # not in the order of events
AWRY: list[dict[str, object]] = [
    {"a": 15.0, "b": 0.5},
    {"b": 0.5, "a": 15.0},
    {"a": 0.5, "b": 15.0},
    {"b": 15.0, "a": 0.5},
    {"a": True, "b": 12.0},
    {"a": 1, "b": 12},
    {"a": -1e-310, "b": 12.0},
    {"a": 5e-324, "b": 12.0},
    {"a": -0.0, "b": 12.0},
    {"a": 0.5, "b": 12.0, "c": 1.0},
    {"a": 0.5},
]


@pytest.mark.parametrize("x", AWRY, ids=str)
def test_what_a_guard_lets_through_does_not_depend_on_who_read_it(x: dict[str, object]) -> None:
    def trained(build: Callable[[Schema], GuardedClassifier]) -> GuardedClassifier:
        model = build(BOUNDED)
        rng = random.Random(6)
        for _ in range(300):
            good = {"a": rng.random(), "b": rng.uniform(10, 20)}
            model.learn_one(good, rng.random() < good["a"])
        return model

    one, two, inside = trained(direct), trained(apart), trained(direct)
    inside.classifier.predict_proba_one(x)  # the learner has read it, before the guard was asked
    assert inside.passes(x) == one.passes(x) == (one.check_one(x).reasons == ())
    for model in (one, two, inside):
        model.learn_one(x, True)
    assert one.counts == two.counts == inside.counts
    after = {"a": 0.5, "b": 15.0}
    assert one.predict_proba_one(after) == two.predict_proba_one(after) == inside.predict_proba_one(after)


@pytest.mark.parametrize("y", ["no", float("nan"), 2, None])
def test_a_label_that_is_none_is_refused_in_one_walk_too(y) -> None:
    model = SampledClassifier(LogisticRegression(), seed=1)
    model.learn_one({"a": 1.0}, True)
    before = snapshot.dumps(model)
    with pytest.raises(ValueError):
        model.score_learn_one({"a": 2.0}, y)
    assert snapshot.dumps(model) == before


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
