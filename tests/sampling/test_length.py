"""ScoreUnderSampler(criterion="L"): the score times the length of the standardised event."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from streamimb import SampledClassifier, sampling
from streamimb.linear_model import LogisticRegression
from tests.compose.parts import Recorder

PRIOR = {False: 0.95, True: 0.05}
P = {False: 0.95, True: 0.05}


def taught(sampler: Any, xs: Any) -> Any:
    for x in xs:
        sampler.learn_one(x, False, P, sampler.rates_one(x, P, PRIOR), PRIOR)
    return sampler


def gaussians(n: int, seed: int = 1) -> list[dict[str, float]]:
    rng = random.Random(seed)
    return [{"a": rng.gauss(100.0, 1e-3), "b": rng.gauss(0.0, 1e6)} for _ in range(n)]


def test_the_rate_is_proportional_to_the_length_of_the_standardised_event() -> None:
    xs = gaussians(20_000)
    sampler = taught(sampling.ScoreUnderSampler(keep_rate=0.05, mix=0.01, criterion="L"), xs)
    a, b = (np.array([x[name] for x in xs]) for name in "ab")
    probes: list[dict[str, Any]] = [
        {},
        {"a": 100.0, "b": 0.0},
        {"a": 100.002, "b": 0.0},
        {"a": 100.0, "b": -2e6},
    ]
    lengths = [
        np.sqrt(1 + sum(((x[k] - v.mean()) / v.std()) ** 2 for k, v in (("a", a), ("b", b)) if k in x))
        for x in probes
    ]
    rates = [sampler.rates_one(x, P, PRIOR)[False] for x in probes]
    assert np.array(rates) / rates[0] == pytest.approx(np.array(lengths), rel=0.02)


def test_a_string_counts_1_and_a_missing_value_nothing() -> None:
    sampler = taught(sampling.ScoreUnderSampler(keep_rate=0.05, mix=0.01, criterion="L"), gaussians(2_000))

    def rate(**x: Any) -> float:
        return float(sampler.rates_one(x, P, PRIOR)[False])

    assert rate(a=None, b=float("nan")) == rate() == rate(new=5.0)
    assert rate(shop="x", city="y", land="z") == pytest.approx(2 * rate(), rel=0.02)


def test_one_outlier_does_not_change_the_mean_score_much() -> None:
    sampler = taught(sampling.ScoreUnderSampler(keep_rate=0.05, criterion="L"), gaussians(5_000))
    before = sampler.rates_one({}, P, PRIOR)[False]
    taught(sampler, [{"a": 1e15, "b": -1e15}])
    assert sampler.rates_one({}, P, PRIOR)[False] == pytest.approx(before, rel=0.1)


def test_the_mean_rate_is_the_one_that_was_asked_for() -> None:
    rng, rates = random.Random(2), []
    sampler = sampling.ScoreUnderSampler(keep_rate=0.05, criterion="L")
    for i in range(40_000):
        scale = 1.0 if i < 20_000 else 100.0
        x, score = {"a": rng.gauss(0.0, scale)}, min(0.99, 0.01 * rng.expovariate(1.0))
        p = {False: 1 - score, True: score}
        asked = sampler.rates_one(x, p, PRIOR)
        sampler.learn_one(x, False, p, asked, PRIOR)
        if i >= 30_000:
            rates.append(asked[False])
    assert sum(rates) / len(rates) == pytest.approx(0.05, rel=0.04)


def test_of_several_classes_long_events_are_learned_more() -> None:
    sampler, p = sampling.ScoreUnderSampler(keep_rate=0.1, criterion="L"), {"a": 0.8, "b": 0.15, "c": 0.05}
    for i, x in enumerate(gaussians(5_000)):
        sampler.learn_one(x, "aaaaaaaabc"[i % 10], p, sampler.rates_one(x, p, p), p)
    short, long = (sampler.rates_one({"a": a, "b": 0.0}, p, p)["a"] for a in (100.0, 100.004))
    assert long > 1.5 * short


@pytest.mark.parametrize("learner", [LogisticRegression, Recorder])
def test_it_reads_the_event_over_any_learner(learner: Any) -> None:
    model = SampledClassifier(learner(), sampling.ScoreUnderSampler(keep_rate=0.05, criterion="L"), seed=1)
    for i, x in enumerate(gaussians(2_000)):
        model.learn_one(x, i % 20 == 10)
    rates = []
    for a in (100.0, 100.01):
        model.learn_one({"a": a, "b": 0.0}, True)
        rates.append(model.last_rates[False])
    assert rates[1] > 1.3 * rates[0]


@pytest.mark.parametrize("x", ["some text", None, 3, [("a", 1.0)]])
def test_what_has_no_features_is_refused(x: Any) -> None:
    with pytest.raises(TypeError, match="criterion='L' reads features"):
        sampling.ScoreUnderSampler(criterion="L").rates_one(x, P, PRIOR)
