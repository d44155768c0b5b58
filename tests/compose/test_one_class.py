"""Where only True was learned, the configured prior is served; the first False then starts a fresh model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from river import linear_model, naive_bayes, preprocessing, tree

from benchmarks import streams
from streamimb import CalibratedClassifier, SampledClassifier, calibration, sampling
from streamimb.engine import snapshot
from streamimb.linear_model import LogisticRegression
from tests.compose.parts import ForwardedCalibrator, ForwardedSampler


def uniform():
    return sampling.UnderSampler(share=0.2)


LEARNERS: dict[str, Any] = {
    "scaler and logistic": lambda: preprocessing.StandardScaler() | linear_model.LogisticRegression(),
    "bayes": naive_bayes.GaussianNB,
    "tree": tree.HoeffdingTreeClassifier,
}


def native(correction, prior):
    return SampledClassifier(LogisticRegression(), uniform(), correction, prior=prior, seed=1)


NATIVE = {
    "alone": lambda prior: LogisticRegression(prior=prior),
    "calibrated": lambda prior: CalibratedClassifier(LogisticRegression(prior=prior)),
    "sampled": lambda prior: SampledClassifier(LogisticRegression(), prior=prior, seed=1),
    "sampled, calibrated": lambda prior: CalibratedClassifier(
        SampledClassifier(LogisticRegression(), prior=prior, seed=1)
    ),
    "pipeline": lambda prior: CalibratedClassifier(
        SampledClassifier(
            preprocessing.StandardScaler() | LogisticRegression(), uniform(), prior=prior, seed=1
        )
    ),
    "native, offset": lambda prior: native("offset", prior),
    "native, prior": lambda prior: native("prior", prior),
    "native, weight": lambda prior: native("weight", prior),
    "frozen": lambda prior: SampledClassifier(LogisticRegression(), anchor="frozen", prior=prior, seed=1),
}


def rivers(name, sampler):
    def make(prior):
        return CalibratedClassifier(SampledClassifier(LEARNERS[name](), sampler(), prior=prior, seed=1))

    return make


RIVER = {
    f"{name}, {how}": rivers(name, sampler)
    for name in LEARNERS
    for how, sampler in (("uniform", uniform), ("score", sampling.ScoreUnderSampler))
}
MODELS = {**NATIVE, **RIVER}


FOUND = [x for seed in range(3) for x, y in streams.regime("down", seed, n=20_000).rows() if y][:1_000]


def positives(n):
    assert n <= len(FOUND)
    return FOUND[:n]


@pytest.mark.parametrize("prior", [0.05, 0.001])
@pytest.mark.parametrize("name", MODELS)
def test_the_configured_prior_is_served_while_only_true_was_learned(name, prior):
    model = MODELS[name](prior)
    for x in positives(300):
        model.learn_one(x, True)
    for x in positives(20):
        assert model.predict_proba_one(x)[True] == pytest.approx(prior, rel=1e-9)


@pytest.mark.parametrize("name", MODELS)
def test_where_only_false_was_learned_the_live_prior_is_served(name):
    model = MODELS[name](0.05)
    for x, _ in streams.regime("stat", 1, n=1_000).rows():
        model.learn_one(x, False)
    assert 0.0 < model.predict_proba_one(x)[True] < 0.005


FOREIGN = ("bayes, score", "scaler and logistic, score")


@pytest.mark.parametrize(
    ("name", "count"),
    [*((name, count) for name in NATIVE for count in (300, 1_000)), *((name, 300) for name in FOREIGN)],
)
def test_after_the_first_false_it_is_as_good_as_a_fresh_model(name, count):
    """Sum of p over the next 2,000 events of a stream of 1 %, against a fresh model's.

    Three seeds; one where the learner is River's, which counts nothing of positives alone, so that the ratio is 1.
    """
    said = fresh_said = 0.0
    for seed in range(1 if name in FOREIGN else 3):
        model, fresh = MODELS[name](0.05), MODELS[name](0.05)
        for x in positives(count):
            model.learn_one(x, True)
        for x, y in streams.regime("stat", seed, n=2_000).rows():
            said += model.predict_proba_one(x)[True]
            fresh_said += fresh.predict_proba_one(x)[True]
            model.learn_one(x, y)
            fresh.learn_one(x, y)
    assert 0.8 < said / fresh_said < 1.2


def test_a_restored_state_and_parts_by_protocol_do_the_same():
    """Interrupted among True labels alone, or with a sampler and calibrator known by protocol: the same bits."""
    ours, restored = (CalibratedClassifier(SampledClassifier(LogisticRegression(), seed=1)) for _ in range(2))
    by_protocol = CalibratedClassifier(
        SampledClassifier(LogisticRegression(), ForwardedSampler(sampling.ScoreUnderSampler()), seed=1),
        ForwardedCalibrator(calibration.PlattMixture()),
    )
    events = [(x, True) for x in positives(50)] + list(streams.regime("jump", 3, n=300).rows())
    for i, (x, y) in enumerate(events):
        if i == 40:
            restored = snapshot.loads(snapshot.dumps(restored))
        for model in (ours, restored, by_protocol):
            model.learn_one(x, y)
        p = ours.predict_proba_one(x)
        assert restored.predict_proba_one(x) == by_protocol.predict_proba_one(x) == p


def test_the_calibrator_starts_with_the_first_false():
    model = CalibratedClassifier(SampledClassifier(LogisticRegression(), seed=1))
    fresh = snapshot.dumps(model.calibrator)
    for x in positives(300):
        model.learn_one(x, True)
    assert snapshot.dumps(model.calibrator) == fresh
    model.learn_one(x, False)
    assert snapshot.dumps(model.calibrator) != fresh


def test_batches_learn_no_step_of_true_alone_either():
    x = np.random.default_rng(1).normal(size=(200, 4))
    y = np.arange(200) < 100
    batch, loop = LogisticRegression(), LogisticRegression()
    batch.learn_many(x, y)
    for row, label in zip(x.tolist(), y.tolist(), strict=True):
        loop.learn_one(dict(enumerate(row)), label)
    assert snapshot.dumps(batch) == snapshot.dumps(loop)
