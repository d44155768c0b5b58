from __future__ import annotations

import math
from typing import Any

import pytest

from benchmarks.trained_odds import trained_odds
from streamimb import SampledClassifier, sampling
from tests.compose.parts import Anchored, Recorder
from tests.sampling.followed import OverSampler

P = {False: 0.9, True: 0.1}


def taught(sampler: Any, labels: str, p: dict[str, float]) -> Any:
    for label in labels:
        sampler.learn_one({}, label, p, dict.fromkeys(p, 1.0), p)
    return sampler


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5])
def test_the_rate_follows_the_prior(share: float) -> None:
    sampler = OverSampler(share=share)
    for i in range(1, 5_001):
        sampler.learn_one({}, i % 100 == 0, P, sampler.rates_one({}, P))
    m = sampler._prior.rate
    assert sampler.rates_one({}, P) == {
        False: 1.0,
        True: pytest.approx(max(1.0, share / (1 - share) * (1 - m) / m)),
    }


def test_fault_45_the_first_positive_is_learned_once_and_later_ones_no_more_than_the_bound() -> None:
    """The prior of a class that was never seen is close to 0: a rate from it would be the bound."""
    sampler = OverSampler(share=0.5, max_copies=300.0)
    for _ in range(10_000):
        sampler.learn_one({}, False, P, sampler.rates_one({}, P))
    assert sampler.rates_one({}, P) == {False: 1.0, True: 1.0}
    sampler.learn_one({}, True, P, sampler.rates_one({}, P))
    assert sampler.rates_one({}, P) == {False: 1.0, True: 300.0}


def test_nothing_is_copied_where_the_rare_are_more_than_the_share() -> None:
    sampler = sampling.OverSampler(share=0.2)
    sampler.learn_one({}, True, P, {}, P)
    assert sampler.rates_one({}, P, {False: 0.7, True: 0.3}) == {False: 1.0, True: 1.0}


def test_rare_classes_are_raised_to_one_mass_and_have_the_share_together() -> None:
    prior = {"a": 0.6, "b": 0.3, "c": 0.08, "d": 0.015, "e": 0.004, "f": 0.001}
    rates = taught(sampling.OverSampler(share=0.2), "abcdef", prior).rates_one({}, prior, prior)
    mass = {label: prior[label] * rates[label] for label in prior}
    assert rates["a"] == rates["b"] == rates["c"] == 1.0  # c has more than the common mass already
    assert mass["d"] == pytest.approx(mass["e"]) == pytest.approx(mass["f"])
    assert sum(mass[label] for label in "cdef") / sum(mass.values()) == pytest.approx(0.2)


def test_a_class_that_is_new_has_rate_1_and_takes_no_part() -> None:
    prior = {"a": 0.9, "b": 0.1 - 1e-9, "c": 1e-9}
    rates = taught(sampling.OverSampler(share=0.5), "ab", prior).rates_one({}, prior, prior)
    assert rates == {"a": 1.0, "b": pytest.approx(9.0), "c": 1.0}


def test_the_trained_odds_are_the_target_while_the_base_rate_is_constant() -> None:
    """600 positives: the standard error of the prior, and so of the odds, is 4 %."""
    measured = trained_odds("stat", 60_000, 0)
    assert 0.85 < measured["over"] < 1.17
    assert measured["over copies"] == pytest.approx(1 / (1 - 0.2), rel=0.05)


def test_the_trained_odds_follow_a_base_rate_that_moves_sevenfold() -> None:
    """On 10^6 events (`make truth`) within 30 % in every tenth; here the base rate moves five times faster."""
    measured = trained_odds("drift", 200_000, 4)
    assert 0.9 < measured["over"] < 1.1
    assert measured["lowest"] > 0.5
    assert measured["highest"] < 1.7


def test_an_importance_aware_learner_takes_one_step_of_all_copies() -> None:
    """Under the offset route; other learners get the event so many times."""
    learner = Anchored()
    model = SampledClassifier(learner, sampling.OverSampler(share=0.5, max_copies=7.0), seed=1)
    for i in range(40):
        model.learn_one({}, i % 20 == 10)
    stepped = [w for kind, y, *_, w in learner._given if kind == "stepped" and y]
    assert stepped == [1.0, 7.0]


def test_any_other_learner_gets_the_event_once_per_copy() -> None:
    learner = Recorder()
    model = SampledClassifier(learner, sampling.OverSampler(share=0.5, max_copies=7.0), seed=1)
    for i in range(40):
        model.learn_one({}, i % 20 == 10)
    assert sum(y for _, y in learner._given) == 8


@pytest.mark.parametrize("value", [0.0, 0.5, 2e6, math.nan, math.inf])
def test_a_wrong_bound_of_copies_is_named(value: float) -> None:
    with pytest.raises(ValueError, match="max_copies="):
        sampling.OverSampler(max_copies=value)
