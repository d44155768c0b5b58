from __future__ import annotations

import math
from typing import Any

import pytest

from tests.sampling.followed import ClassWeights

P = {False: 0.9, True: 0.1}


def test_balanced_weights_are_inverse_to_the_shares() -> None:
    sampler = ClassWeights()
    for i in range(2_000):
        sampler.learn_one({}, i % 10 == 5, P, sampler.rates_one({}, P))
    m = sampler._prior.rate
    assert sampler.rates_one({}, P) == {False: 1.0, True: pytest.approx((1 - m) / m)}


def test_many_classes_weigh_what_the_commonest_is_to_them() -> None:
    sampler, p = ClassWeights(), {"a": 0.3, "b": 0.3, "c": 0.4}
    for i in range(2_000):
        sampler.learn_one({}, "aaaaaaabbc"[i % 10], p, sampler.rates_one({}, p))
    shares = sampler._prior.get()
    assert sampler.rates_one({}, p) == {label: pytest.approx(shares["a"] / shares[label]) for label in "abc"}


def test_fault_45_the_first_positive_weighs_1_and_later_ones_no_more_than_the_cap() -> None:
    sampler = ClassWeights()
    for _ in range(10_000):
        sampler.learn_one({}, False, P, sampler.rates_one({}, P))
    assert sampler.rates_one({}, P) == {False: 1.0, True: 1.0}
    sampler.learn_one({}, True, P, sampler.rates_one({}, P))
    assert sampler.rates_one({}, P) == {False: 1.0, True: 1_000.0}


def test_given_weights_are_the_rates_and_what_is_not_named_weighs_1() -> None:
    sampler = ClassWeights(weights=(("fraud", 50), ("legit", 0.5)))
    assert sampler.rates_one({}, {"fraud": 0.1, "legit": 0.8, "other": 0.1}) == {
        "fraud": 50.0,
        "legit": 0.5,
        "other": 1.0,
    }
    assert sampler.clone().weights == sampler.weights


@pytest.mark.parametrize("weight", [0, -1.0, 1e-7, 1e16, math.nan, math.inf])
def test_fault_52_a_weight_of_0_or_not_finite_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="weights: class True"):
        ClassWeights(weights=((True, weight),))


def test_no_weights_at_all_are_refused() -> None:
    with pytest.raises(ValueError, match=r"weights=\(\)"):
        ClassWeights(weights=())


@pytest.mark.parametrize("w", [-1.0, math.nan, math.inf])
def test_fault_51_a_weight_that_is_none_is_refused(w: Any) -> None:
    with pytest.raises(ValueError, match="w="):
        ClassWeights().learn_one({}, True, P, {False: 1.0, True: 1.0}, w)
