"""The route of a learner with an offset for each class: what it trains at, what it serves, which learners take it."""

from __future__ import annotations

import math
import pickle
import random
from collections.abc import Callable
from typing import Any

import pytest
from river import base, preprocessing

from streamimb import CalibratedClassifier, GuardedClassifier, SampledClassifier, linear_model, sampling
from streamimb.engine import snapshot
from streamimb.sampling import ScoreUnderSampler, UnderSampler

SHARES = {"often": 0.9, "seldom": 0.08, "rare": 0.02}


def stream(n: int, seed: int) -> list[tuple[dict[str, float], str, dict[str, float]]]:
    rng = random.Random(seed)
    slopes = {k: (rng.gauss(0, 0.8), rng.gauss(0, 0.8)) for k in SHARES}
    out = []
    for _ in range(n):
        x = {"a": rng.gauss(0, 1), "b": rng.gauss(3, 2)}
        masses = {
            k: share * math.exp(slopes[k][0] * x["a"] + slopes[k][1] * (x["b"] - 3) / 2)
            for k, share in SHARES.items()
        }
        truth = {k: mass / math.fsum(masses.values()) for k, mass in masses.items()}
        out.append((x, rng.choices(list(truth), list(truth.values()))[0], truth))
    return out


class Classes(base.Classifier):
    """A third party's learner: what `ClassOffsetLearner` asks for, by a SoftmaxRegression inside."""

    def __init__(self) -> None:
        self.inner = linear_model.SoftmaxRegression()
        self.observed: list[Any] = []
        self.stepped: list[Any] = []

    @property
    def _multiclass(self) -> bool:
        return True

    def predict_offsets_one(self, x: Any, offsets: Any) -> Any:
        return self.inner.predict_offsets_one(x, offsets)

    def observe_one(self, x: Any, y: Any, offsets: Any, w: float = 1.0) -> None:
        self.observed.append((y, offsets, w))
        self.inner.observe_one(x, y, offsets, w)

    def step_one(self, x: Any, y: Any, offsets: Any, w: float = 1.0) -> None:
        self.stepped.append((y, offsets, w))
        self.inner.step_one(x, y, offsets, w)

    def learn_one(self, x: Any, y: Any, w: float = 1.0) -> None:
        raise AssertionError("a route calls observe_one and step_one")

    def predict_proba_one(self, x: Any, **kwargs: Any) -> Any:
        raise AssertionError("a route calls predict_offsets_one")


SAMPLERS: dict[str, Callable[[], Any]] = {
    "score": lambda: ScoreUnderSampler(keep_rate=0.15),
    "uniform": lambda: UnderSampler(keep_rate=0.15),
    "share": lambda: ScoreUnderSampler(share=0.3),
    "weights": sampling.ClassWeights,
}


@pytest.mark.parametrize(("sampler", "calibrated"), [*((name, False) for name in SAMPLERS), ("score", True)])
def test_probabilities_of_every_class_are_true(sampler: str, calibrated: bool) -> None:
    """Sum of p over sum of true P, the last 9,000 of 12,000 events, mean of 3 seeds.

    The rare class has about 200 true events a seed: a standard error of 1 / sqrt(600) = .04 of the mean.
    """
    ratios = dict.fromkeys(SHARES, 0.0)
    for seed in (1, 2, 3):
        model: Any = SampledClassifier(linear_model.SoftmaxRegression(), SAMPLERS[sampler](), seed=seed)
        inner = model
        model = CalibratedClassifier(model) if calibrated else model
        said, meant = dict.fromkeys(SHARES, 0.0), dict.fromkeys(SHARES, 0.0)
        for i, (x, y, truth) in enumerate(stream(12_000, seed)):
            if i >= 3_000:
                p = model.predict_proba_one(x)
                assert math.isclose(math.fsum(p.values()), 1.0)
                for k, q in truth.items():
                    said[k] += p[k]
                    meant[k] += q
            model.learn_one(x, y)
        for k in SHARES:
            ratios[k] += said[k] / meant[k] / 3
        assert sampler == "weights" or inner.kept_share < 0.8
    assert all(abs(ratio - 1.0) <= 0.12 for ratio in ratios.values()), ratios


def test_the_learner_is_trained_at_the_log_of_prior_and_rate_and_observes_at_that_of_the_prior() -> None:
    learner = Classes()
    model = SampledClassifier(learner, ScoreUnderSampler(keep_rate=0.3), seed=1)
    for i, (x, y, _) in enumerate(stream(400, 1)):
        prior, p = model._prior.over(SHARES), model.predict_proba_one(x)
        steps = len(learner.stepped)
        model.learn_one(x, y)
        if i < 100:
            continue
        assert p.keys() == SHARES.keys()
        expected = {k: math.log(share) for k, share in prior.items()}
        assert learner.observed[-1] == (y, expected, 1.0)
        if len(learner.stepped) > steps:
            rates = model.last_rates
            assert learner.stepped[-1] == (y, {k: expected[k] + math.log(rates[k]) for k in rates}, 1.0)
    assert 0 < len(learner.stepped) < len(learner.observed) == 400


def test_a_third_partys_learner_serves_what_ours_does() -> None:
    """Up to the rounding of moments: an event that is read again is standardised after its numbers were counted."""
    ours, theirs = (
        SampledClassifier(learner, UnderSampler(keep_rate=0.3), seed=1)
        for learner in (linear_model.SoftmaxRegression(), Classes())
    )
    for i, (x, y, _) in enumerate(stream(3_000, 2)):
        p, q = ours.predict_proba_one(x), theirs.predict_proba_one(x)
        assert p.keys() == q.keys()
        assert i < 1_000 or all(abs(p[k] - q[k]) < 0.05 for k in p)
        ours.learn_one(x, y)
        theirs.learn_one(x, y)


def test_a_learner_that_lacks_a_class_in_its_answer_is_refused() -> None:
    class Lacks(Classes):
        def predict_offsets_one(self, x: Any, offsets: Any) -> Any:
            return {}

    with pytest.raises(ValueError, match=r"^Lacks\.predict_offsets_one lacks a class"):
        SampledClassifier(Lacks(), seed=1).predict_proba_one({})


def test_the_classes_are_false_and_true_until_another_label_comes() -> None:
    model = SampledClassifier(linear_model.SoftmaxRegression(), seed=1)
    assert list(model.predict_proba_one({"a": 1.0})) == [False, True]
    for i in range(100):
        model.learn_one({"a": float(i % 5)}, i % 5 == 0)
    scores, _ = model.scores_one({"a": 0.0})
    assert scores.raw > scores.corrected == model.predict_proba_one({"a": 0.0})[True] > 0.5
    model.learn_one({"a": 1.0}, "third")
    assert set(model.predict_proba_one({"a": 1.0})) == {False, True, "third"}
    other = SampledClassifier(linear_model.SoftmaxRegression(), seed=1)
    other.learn_one({"a": 1.0}, "third")
    assert set(other.predict_proba_one({"a": 1.0})) == {"third"}


def test_a_frozen_anchor_refuses_other_labels() -> None:
    model = SampledClassifier(linear_model.SoftmaxRegression(), anchor="frozen", seed=1)
    model.learn_one({"a": 1.0}, False)
    before = snapshot.dumps(model)
    with pytest.raises(ValueError, match="anchor='live'"):
        model.learn_one({"a": 1.0}, "third")
    assert snapshot.dumps(model) == before


@pytest.mark.parametrize("y", [2.5, ("a",), b"a"])
def test_a_label_of_another_type_is_refused_and_changes_nothing(y: Any) -> None:
    model = SampledClassifier(linear_model.SoftmaxRegression(), seed=1)
    model.learn_one({"a": 1.0}, "often")
    before = snapshot.dumps(model)
    with pytest.raises(ValueError, match=r"^y is \w+: expected True or False, a string or an integer"):
        model.learn_one({"a": 1.0}, y)
    assert snapshot.dumps(model) == before


@pytest.mark.parametrize("scaled", [False, True])
def test_a_restored_model_goes_on_to_the_last_bit(scaled: bool) -> None:
    learner: Any = linear_model.SoftmaxRegression()
    model = CalibratedClassifier(
        SampledClassifier(preprocessing.StandardScaler() | learner if scaled else learner, seed=4)
    )
    events = stream(600, 3)
    for x, y, _ in events[:300]:
        model.learn_one(x, y)
    again = pickle.loads(pickle.dumps(model))
    for x, y, _ in events[300:]:
        assert again.predict_proba_one(x) == model.predict_proba_one(x)
        again.learn_one(x, y)
        model.learn_one(x, y)


@pytest.mark.parametrize("label", [2.5, None, b"a"])
def test_a_saved_label_of_another_type_is_refused_and_changes_nothing(label: Any) -> None:
    model = SampledClassifier(linear_model.SoftmaxRegression(), seed=1)
    model.learn_one({"a": 1.0}, "often")
    state = pickle.loads(pickle.dumps(model)).__getstate__()
    before = snapshot.dumps(model)
    with pytest.raises(ValueError, match="labels"):
        model.__setstate__({**state, "labels": [label]})
    assert snapshot.dumps(model) == before


@pytest.mark.parametrize("calibrated", [False, True])
def test_contributions_sum_to_the_log_of_the_served_probability(calibrated: bool) -> None:
    model: Any = SampledClassifier(linear_model.SoftmaxRegression(), ScoreUnderSampler(keep_rate=0.3), seed=1)
    model = GuardedClassifier(CalibratedClassifier(model)) if calibrated else model
    for x, y, _ in stream(500, 4):
        model.learn_one(x, y)
    x = {"a": 1.0, "b": 2.0}
    rows = model.contributions_one(x)
    assert {k: math.exp(math.fsum(row.values())) for k, row in rows.items()} == pytest.approx(
        model.predict_proba_one(x)
    )


def test_a_synthesizer_makes_examples_of_any_class() -> None:
    class Same:
        made = 0

        def learn_one(self, x: Any, y: Any) -> None:
            pass

        def examples_one(self, x: Any, y: Any, copies: int, score: Any) -> Any:
            self.made += 1
            return [(dict(x), float(copies))]

    class Copies(base.Base):
        depends_on_x, draws = False, True

        def rates_one(self, x: Any, p: Any, prior: Any) -> Any:
            return {k: 3.0 if k == "rare" else 1.0 for k in p}

        def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: float = 1.0) -> None:
            pass

    synthesizer = Same()
    model = SampledClassifier(linear_model.SoftmaxRegression(), Copies(), seed=1, synthesizer=synthesizer)
    said = meant = 0.0
    for i, (x, y, truth) in enumerate(stream(8_000, 5)):
        if i >= 2_000:
            said += model.predict_proba_one(x)["rare"]
            meant += truth["rare"]
        model.learn_one(x, y)
    assert synthesizer.made > 100
    assert 0.8 <= said / meant <= 1.25  # 120 expected events: 2.7 standard errors


def test_one_class_too_many_is_refused_before_anything_is_learned() -> None:
    model = SampledClassifier(preprocessing.StandardScaler() | linear_model.SoftmaxRegression(), seed=1)
    for i in range(1_000):
        model.learn_one({"a": float(i)}, f"class {i}")
    before = snapshot.dumps(model, allow_pickle=True)
    with pytest.raises(ValueError, match="class 1,001"):
        model.learn_one({"a": 1e6}, "one more")
    assert snapshot.dumps(model, allow_pickle=True) == before


def test_an_example_is_learned_at_the_anchor_of_its_own_features() -> None:
    class ByField(base.Base):
        def logit_one(self, x: Any) -> float:
            return float(x["a"])

        def learn_one(self, x: Any, y: Any, p: Any, w: float = 1.0) -> None:
            pass

    class Elsewhere:
        def learn_one(self, x: Any, y: Any) -> None:
            pass

        def examples_one(self, x: Any, y: Any, copies: int, score: Any) -> Any:
            return [({"a": 2.0}, float(copies))]

    class Copied(base.Base):
        depends_on_x, draws = False, True

        def rates_one(self, x: Any, p: Any, prior: Any) -> Any:
            return {False: 1.0, True: 3.0}

        def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: float = 1.0) -> None:
            pass

    learner = Classes()
    model = SampledClassifier(learner, Copied(), anchor=ByField(), seed=1, synthesizer=Elsewhere())
    model.learn_one({"a": -1.0}, False)
    model.learn_one({"a": -1.0}, True)
    log_odds = [offsets[True] - offsets[False] - math.log(3.0) for _, offsets, _ in learner.stepped]
    assert log_odds == pytest.approx([-1.0, -1.0, 2.0], abs=1e-9)
