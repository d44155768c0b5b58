"""Under the offset route a pipeline is taught, and its calibrator fed, with the features that are served."""

from __future__ import annotations

import math
import random

import pytest
from river import compose, feature_extraction, preprocessing, stats

from streamimb import CalibratedClassifier, GuardedClassifier, SampledClassifier, sampling
from streamimb.linear_model import LogisticRegression

WEIGHTS = (0.9, -0.7, 0.5, 0.4)


def stream(n, seed, rate=0.02):
    rng = random.Random(seed)
    for _ in range(n):
        z = [rng.gauss(0, 1) for _ in WEIGHTS]
        p = 1 / (
            1
            + math.exp(
                -sum(w * v for w, v in zip(WEIGHTS, z, strict=True)) + 0.6 - math.log(rate / (1 - rate))
            )
        )
        x = {f"v{i}": 10**i * v + i for i, v in enumerate(z)}
        yield {**x, "shop": rng.choice("pqrst")}, rng.random() < p


def numbers():
    return compose.Select("v0", "v1", "v2", "v3")


def by_shop():
    return feature_extraction.TargetAgg(by="shop", how=stats.Mean())


PIPELINES = {
    "adaptive": lambda: numbers() | preprocessing.AdaptiveStandardScaler() | LogisticRegression(),
    "standard": lambda: numbers() | preprocessing.StandardScaler() | LogisticRegression(),
    "min max": lambda: numbers() | preprocessing.MinMaxScaler() | LogisticRegression(),
    "supervised": lambda: (
        (by_shop() + numbers()) | preprocessing.AdaptiveStandardScaler() | LogisticRegression()
    ),
    "union": lambda: (
        (by_shop() + (numbers() | preprocessing.AdaptiveStandardScaler())) | LogisticRegression()
    ),
    "nested": lambda: compose.Pipeline(
        numbers(),
        preprocessing.AdaptiveStandardScaler() | preprocessing.MinMaxScaler() | LogisticRegression(),
    ),
}


class Fed:
    """A calibrator that changes nothing and keeps what it is fed."""

    def __init__(self) -> None:
        self.last: float | None = None

    def learn_one(self, p: float, y: bool, w: float = 1.0) -> None:
        self.last = p

    def calibrate_one(self, p: float) -> float:
        return p


@pytest.mark.parametrize(
    "sampler", [sampling.UnderSampler, sampling.ScoreUnderSampler], ids=["uniform", "score"]
)
@pytest.mark.parametrize("name", PIPELINES)
def test_the_calibrator_is_fed_the_score_that_would_have_been_served(name, sampler):
    model = CalibratedClassifier(SampledClassifier(PIPELINES[name](), sampler(share=0.2), seed=1), Fed())
    for i, (x, y) in enumerate(stream(400, 1, rate=0.2)):
        served = model.scores_one(x)[0].corrected
        model.learn_one(x, y)
        if i > 20:
            assert model.calibrator.last == served


@pytest.mark.parametrize("correction", ["offset", "prior", "weight"])
@pytest.mark.parametrize("guarded", [False, True], ids=["bare", "guarded"])
def test_so_it_is_on_every_route_and_behind_a_guard(correction, guarded):
    sampled = SampledClassifier(PIPELINES["adaptive"](), sampling.UnderSampler(share=0.2), correction, seed=1)
    model = CalibratedClassifier(GuardedClassifier(sampled) if guarded else sampled, Fed())
    for i, (x, y) in enumerate(stream(400, 1, rate=0.2)):
        served = model.scores_one(x)[0].corrected
        model.learn_one(x, y)
        if i > 20:
            assert model.calibrator.last == served


@pytest.mark.parametrize("name", PIPELINES)
def test_what_is_served_is_what_comes_of_it(name):
    """Summed over the last 6,000 events of three streams: about 1,100 positives, a standard deviation of .03."""
    said = seen = 0.0
    for seed in (1, 2, 3):
        model = CalibratedClassifier(
            SampledClassifier(PIPELINES[name](), sampling.UnderSampler(share=0.2), seed=seed)
        )
        for i, (x, y) in enumerate(stream(8_000, seed, rate=0.06)):
            if i >= 2_000:
                said += model.predict_proba_one(x)[True]
                seen += y
            model.learn_one(x, y)
    assert 0.9 < said / seen < 1.1
