from __future__ import annotations

import math
from typing import Any

import pytest

from benchmarks.trained_odds import trained_odds
from streamimb import sampling
from tests.sampling.followed import BothSampler

P = {False: 0.9, True: 0.1}


@pytest.mark.parametrize(("share", "budget"), [(0.2, 0.1), (0.5, 1.0), (0.05, 0.5)])
def test_the_rates_have_the_share_and_the_budget(share: float, budget: float) -> None:
    sampler = BothSampler(share=share, budget=budget)
    for i in range(1, 5_001):
        sampler.learn_one({}, i % 100 == 0, P, sampler.rates_one({}, P))
    m, rates = sampler._prior.rate, sampler.rates_one({}, P)
    rare, common = m * rates[True], (1 - m) * rates[False]
    assert rare + common == pytest.approx(budget)
    assert rare / (rare + common) == pytest.approx(share)


def test_each_class_is_learned_once_before_it_is_sampled() -> None:
    sampler, prior = sampling.BothSampler(share=0.2, budget=0.1), {False: 0.99, True: 0.01}
    assert sampler.rates_one({}, P, prior) == {False: 1.0, True: 1.0}
    sampler.learn_one({}, False, P, {}, prior)
    assert sampler.rates_one({}, P, prior) == {False: pytest.approx(0.08 / 0.99), True: 1.0}
    sampler.learn_one({}, True, P, {}, prior)
    assert sampler.rates_one({}, P, prior)[True] == pytest.approx(2.0)


def test_several_classes_have_the_share_and_the_budget_too() -> None:
    sampler = sampling.BothSampler(share=0.4, budget=0.2)
    prior = {"a": 0.6, "b": 0.3, "c": 0.08, "d": 0.015, "e": 0.004, "f": 0.001}
    for label in prior:
        sampler.learn_one({}, label, prior, {}, prior)
    mass = {label: prior[label] * rate for label, rate in sampler.rates_one({}, prior, prior).items()}
    assert [mass[label] for label in "cdef"] == pytest.approx([0.02] * 4)
    assert [mass[label] for label in "ab"] == pytest.approx([0.06] * 2)


def test_a_rare_class_gets_no_more_copies_than_the_bound() -> None:
    sampler, prior = sampling.BothSampler(share=0.5, budget=1.0, max_copies=50.0), {False: 0.9999, True: 1e-4}
    sampler.learn_one({}, True, P, {}, prior)
    assert sampler.rates_one({}, P, prior)[True] == 50.0


def test_share_and_budget_hold_over_a_stream() -> None:
    """600 positives: the standard error of the prior is 4 %; `make truth` measures both on 10^6 events."""
    measured = trained_odds("stat", 60_000, 2)
    assert 0.93 < measured["both share"] < 1.07
    assert 0.93 < measured["both copies"] < 1.07


def test_a_share_and_a_budget_move_from_outside_and_at_once() -> None:
    sampler, prior = sampling.BothSampler(share=0.2, budget=0.1), {False: 0.99, True: 0.01}
    for y in (False, True):
        sampler.learn_one({}, y, P, {}, prior)
    sampler.mutate({"share": 0.4, "budget": 0.2})
    assert sampler.rates_one({}, P, prior) == {
        False: pytest.approx(0.12 / 0.99),
        True: pytest.approx(8.0),
    }


@pytest.mark.parametrize("value", [0, 0.0, 1e-6, -0.1, 2e3, math.nan, math.inf, "a"])
def test_a_wrong_budget_is_named(value: Any) -> None:
    with pytest.raises(ValueError, match="budget="):
        sampling.BothSampler(budget=value)
