from __future__ import annotations

import math
import random
from typing import Any

import pytest

from benchmarks.sampler_figures import long_run
from streamimb.sampling import ErrorBandSampler, ScoreUnderSampler

PRIOR = {False: 0.99, True: 0.01}


def proba(score: float) -> dict[bool, float]:
    return {False: 1.0 - score, True: score}


def taught(sampler: Any, n: int = 5_000, top: float = 0.6) -> Any:
    rng = random.Random(1)
    for _ in range(n):
        p = proba(top * rng.random())
        sampler.learn_one({}, False, p, sampler.rates_one({}, p, PRIOR), PRIOR)
    return sampler


def height(error: float, mu: float = 0.3, sigma: float = 0.2) -> float:
    return math.exp(-0.5 * ((error - mu) / sigma) ** 2)


def test_its_rates_are_those_of_the_score_under_sampler_at_the_height_of_the_band() -> None:
    band, scored, rng = (
        ErrorBandSampler(0.3, share=0.1, mix=0.3),
        ScoreUnderSampler(0.1, mix=0.3),
        random.Random(2),
    )
    for _ in range(3_000):
        score = rng.random() ** 2
        rates = band.rates_one({}, proba(score), PRIOR)
        same = scored.rates_one({}, proba(height(score)), PRIOR)
        assert rates == pytest.approx(same, rel=1e-12)
        y = rng.random() < 0.01
        band.learn_one({}, y, proba(score), rates, PRIOR)
        scored.learn_one({}, y, proba(height(score)), same, PRIOR)


def test_the_rate_is_highest_where_the_error_is_mu_and_falls_to_both_sides_alike() -> None:
    sampler = taught(ErrorBandSampler(0.3))
    rates = {i: sampler.rates_one({}, proba(i / 20), PRIOR)[False] for i in range(21)}
    assert max(rates, key=lambda i: rates[i]) == 6
    assert rates[2] == pytest.approx(rates[10], rel=1e-6)
    assert rates[0] < rates[2] < rates[6] > rates[10] > rates[20] > 0.0


def test_a_positive_is_always_learned() -> None:
    sampler = taught(ErrorBandSampler(0.3))
    assert {sampler.rates_one({}, proba(score), PRIOR)[True] for score in (0.0, 0.3, 1.0)} == {1.0}


def test_the_learned_share_is_the_one_that_was_asked_for() -> None:
    sampler, rng, negatives, positives = ErrorBandSampler(0.3, share=0.3), random.Random(3), 0.0, 0.0
    for i in range(40_000):
        score = min(1.0, rng.expovariate(100.0 if i < 20_000 else 10.0))
        m = 0.01 if i < 20_000 else 0.1  # the base rate moves tenfold
        prior = proba(m)
        rates = sampler.rates_one({}, proba(score), prior)
        sampler.learn_one({}, False, proba(score), rates, prior)
        if i % 20_000 >= 10_000:
            negatives += (1.0 - m) * rates[False]
            positives += m
    assert positives / (positives + negatives) == pytest.approx(0.3, rel=0.05)


def test_of_several_classes_the_error_is_that_of_each_class() -> None:
    sampler, rng = ErrorBandSampler(0.5, 0.1), random.Random(4)
    for _ in range(4_000):
        y = rng.choices("abc", [0.9, 0.09, 0.01])[0]
        sure = rng.random()
        p = {label: sure if label == y else (1 - sure) / 2 for label in "abc"}
        prior = {"a": 0.9, "b": 0.09, "c": 0.01}
        sampler.learn_one({}, y, p, sampler.rates_one({}, p, prior), prior)
    inside = sampler.rates_one({}, {"a": 0.5, "b": 0.3, "c": 0.2}, prior)["a"]
    for sure in (0.05, 0.95):
        outside = sampler.rates_one({}, {"a": sure, "b": 0.7 * (1 - sure), "c": 0.3 * (1 - sure)}, prior)["a"]
        assert inside > 1.5 * outside


@pytest.mark.parametrize("score", [math.nan, math.inf, -0.1, 1.1])
def test_what_is_no_probability_is_refused_and_changes_nothing(score: float) -> None:
    sampler = taught(ErrorBandSampler(0.3))
    before = sampler.__getstate__()["scored"].__getstate__()
    for call in (sampler.rates_one, lambda x, p, prior: sampler.learn_one(x, False, p, p, prior)):
        with pytest.raises(ValueError, match="in \\[0, 1\\]"):
            call({}, {False: 0.5, True: score}, PRIOR)
    assert sampler.__getstate__()["scored"].__getstate__() == before


def test_the_share_may_be_changed_and_the_band_may_not() -> None:
    sampler = taught(ErrorBandSampler(0.3, share=0.2))
    old = sampler.rates_one({}, proba(0.3), PRIOR)[False]
    sampler.mutate({"share": 0.1})
    assert sampler.share == 0.1
    assert sampler.rates_one({}, proba(0.3), PRIOR)[False] == pytest.approx(old * 9 / 4, rel=1e-6)
    with pytest.raises(AttributeError, match="mu"):
        sampler.mu = 0.1


@pytest.mark.parametrize("scored", [None, ScoreUnderSampler(keep_rate=0.1), ErrorBandSampler(0.3), 0.2])
def test_a_damaged_state_is_refused(scored: Any) -> None:
    sampler = ErrorBandSampler(0.3)
    with pytest.raises(ValueError, match="scored"):
        sampler.__setstate__({**sampler.__getstate__(), "scored": scored})


def test_probabilities_are_true_after_a_tenfold_jump_of_the_base_rate() -> None:
    """One seed, noise-free against the true P; `make truth` has five."""
    assert 0.95 < long_run("ErrorBandSampler", "ours", 0)["ratio"] < 1.05
