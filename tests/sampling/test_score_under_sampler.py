from __future__ import annotations

import math
import random

import pytest

from tests.sampling.followed import ScoreUnderSampler


def proba(score: float) -> dict[bool, float]:
    return {False: 1 - score, True: score}


class Reference:
    """The equations for two classes, written down once more, with a prior that counts."""

    def __init__(self, share: float, mix: float) -> None:
        self.share, self.mix = share, mix
        self.p = self.n = self.c = 0.0

    def rate(self, score: float, m: float) -> float:
        if self.n == 0:
            return 1.0
        t = self.target(m)
        if t == 1:
            return 1.0
        rho, mix = t * math.exp(self.c), max(self.mix, 2 * t - 1)
        return min(1.0, rho * ((1 - mix) * min(score / (self.p / self.n), 1 / rho) + mix))

    def target(self, m: float) -> float:
        return min(1.0, (1 - self.share) / self.share * m / (1 - m))

    def negative(self, score: float, rate: float, m: float) -> None:
        t = self.target(m)
        if self.n > 0 and t < 1:
            self.c = min(1.5, max(-1.5, self.c + 0.002 * (t - rate) / t))
        fade = 0.5 ** (1 / 2_000)
        self.p, self.n = fade * self.p + score, fade * self.n + 1


@pytest.mark.parametrize(("share", "mix"), [(None, 0.5), (0.05, 0.2), (0.5, 1.0)])
def test_it_follows_its_equations(share: float | None, mix: float) -> None:
    rng = random.Random(1)
    sampler, reference = ScoreUnderSampler(share=share, mix=mix), Reference(share or 0.2, mix)
    for i in range(20_000):
        score = min(0.99, (0.01 if i < 10_000 else 0.1) * rng.expovariate(1.0))
        y, m = rng.random() < score, sampler._prior.rate
        rates = sampler.rates_one({}, proba(score))
        assert rates[False] == pytest.approx(reference.rate(score, m), rel=1e-9)
        assert rates[True] == 1.0
        if not y:
            reference.negative(score, rates[False], m)
        sampler.learn_one({}, y, proba(score), rates)


@pytest.mark.parametrize("keep_rate", [0.02, 0.3])
def test_the_mean_rate_is_the_one_that_was_asked_for(keep_rate: float) -> None:
    """The cap alone loses about 9 % of it; after a jump of the scores the controller gets it back."""
    rng = random.Random(2)
    sampler, rates = ScoreUnderSampler(keep_rate=keep_rate), []
    for i in range(40_000):
        score = min(0.99, (0.01 if i < 20_000 else 0.1) * rng.expovariate(1.0) ** 2)
        asked = sampler.rates_one({}, proba(score))
        sampler.learn_one({}, False, proba(score), asked)
        if i >= 30_000:
            rates.append(asked[False])
    assert sum(rates) / len(rates) == pytest.approx(keep_rate, rel=0.03)


def test_a_higher_score_is_learned_more_often_and_the_shift_is_bounded() -> None:
    sampler = ScoreUnderSampler(keep_rate=0.05)
    for _ in range(5_000):
        sampler.learn_one({}, False, proba(0.01), sampler.rates_one({}, proba(0.01)))
    rates = [sampler.rates_one({}, proba(score))[False] for score in (0.0, 0.001, 0.01, 0.1, 0.5, 1.0)]
    assert rates == sorted(rates)
    assert rates[0] >= 0.5 * 0.05 * math.exp(-1.5)
    assert rates[-1] <= 1.0


def test_a_mix_of_1_does_not_look_at_the_score() -> None:
    sampler = ScoreUnderSampler(keep_rate=0.05, mix=1.0)
    sampler.learn_one({}, False, proba(0.01), sampler.rates_one({}, proba(0.01)))
    assert {sampler.rates_one({}, proba(score))[False] for score in (0.0, 0.3, 1.0)} == {0.05}


@pytest.mark.parametrize("mix", [0.0, -0.1, 1.01, math.nan])
def test_a_wrong_mix_is_named(mix: float) -> None:
    with pytest.raises(ValueError, match="mix="):
        ScoreUnderSampler(mix=mix)


@pytest.mark.parametrize("score", [math.nan, math.inf, -0.1, 1.1])
def test_what_is_no_probability_is_refused_and_changes_nothing(score: float) -> None:
    sampler = ScoreUnderSampler()
    sampler.learn_one({}, False, proba(0.1), sampler.rates_one({}, proba(0.1)))
    before = sampler.negatives
    with pytest.raises(ValueError, match="in \\[0, 1\\]"):
        sampler.rates_one({}, {False: 0.5, True: score})
    with pytest.raises(ValueError, match="in \\[0, 1\\]"):
        sampler.learn_one({}, False, {False: 0.5, True: score}, {False: 1.0, True: 1.0})
    assert sampler.negatives == before


def test_of_many_classes_the_one_that_is_often_missed_is_learned_more() -> None:
    rng = random.Random(3)
    sampler, kept, n = ScoreUnderSampler(keep_rate=0.1), 0.0, 0
    for i in range(30_000):
        y = rng.choices("abc", [0.9, 0.09, 0.01])[0]
        sure = rng.uniform(0.5, 1.0)
        p = {label: sure if label == y else (1 - sure) / 2 for label in "abc"}
        rates = sampler.rates_one({}, p)
        sampler.learn_one({}, y, p, rates)
        if i >= 15_000:
            kept += rates[y]
            n += 1
    assert kept / n == pytest.approx(0.1, rel=0.1)
    missed = sampler.rates_one({}, {"a": 0.5, "b": 0.25, "c": 0.25})["a"]
    assert missed > 2 * sampler.rates_one({}, {"a": 0.99, "b": 0.005, "c": 0.005})["a"]


def test_a_third_class_begins_where_two_ended() -> None:
    sampler = ScoreUnderSampler()
    for i in range(3_000):
        p = proba(0.01 + 0.01 * (i % 3))
        sampler.learn_one({}, i % 50 == 0, p, sampler.rates_one({}, p))
    two = sampler.rates_one({}, proba(0.02))
    three = sampler.rates_one({}, {False: 0.98, True: 0.02, "new": 0.0})
    assert three["new"] == 1.0
    assert three == {**two, "new": 1.0} | {False: pytest.approx(two[False], rel=1e-6)}


def rates_at(base: float, share: float, seed: int = 1, n: int = 6_000) -> list[float]:
    """Rates of the negatives of a stream of this base rate, after it settled."""
    rng, sampler, rates = random.Random(seed), ScoreUnderSampler(share=share), []
    for i in range(n):
        score = min(0.99, base * rng.expovariate(1.0))
        asked = sampler.rates_one({}, proba(score))
        if i >= n // 2:
            rates.append(asked[False])
        sampler.learn_one({}, rng.random() < base, proba(score), asked)
    return rates


@pytest.mark.parametrize(("base", "share"), [(0.3, 0.2), (0.5, 0.2), (0.99, 0.2), (0.12, 0.1)])
def test_nothing_is_thinned_where_the_rare_are_more_than_the_share(base: float, share: float) -> None:
    assert set(rates_at(base, share)) == {1.0}


def test_rates_come_to_1_continuously() -> None:
    """As the target rises to 1 the lowest rate does, and the mean stays the target."""
    sampler = ScoreUnderSampler(keep_rate=0.5)
    for _ in range(100):
        sampler.learn_one({}, False, proba(0.1), sampler.rates_one({}, proba(0.1)))
    lowest = []
    for keep_rate in (0.8, 0.9, 0.99, 0.999, 1.0):
        sampler.keep_rate = keep_rate
        lowest.append(sampler.rates_one({}, proba(0.0))[False])
    assert lowest == sorted(lowest)
    assert lowest[-2] > 0.85
    assert lowest[-1] == 1.0


def test_nothing_is_thinned_of_several_classes_that_are_rare_enough() -> None:
    rng, sampler = random.Random(3), ScoreUnderSampler(share=0.05)
    for _ in range(3_000):
        p = {"a": 0.3, "b": 0.4, "c": 0.3}
        asked = sampler.rates_one({}, p)
        sampler.learn_one({}, rng.choice("abc"), p, asked)
    for _ in range(50):
        draws = [rng.random() for _ in "abc"]
        p = {k: v / sum(draws) for k, v in zip("abc", draws, strict=True)}
        assert set(sampler.rates_one({}, p).values()) == {1.0}
