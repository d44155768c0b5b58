from __future__ import annotations

import math
from typing import Any

import pytest

from streamimb import sampling
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


def counted(sampler: Any, labels: str, n: int) -> Any:
    for i in range(n):
        y = labels[i % len(labels)]
        sampler.learn_one({}, y, {}, {}, {})
    return sampler


def test_effective_numbers_are_those_of_the_paper() -> None:
    """1 - beta^n, here of 9,000 and 1,000 events before the decay of their count (mean age 100,000) matters."""
    sampler = counted(sampling.ClassWeights("effective_number", beta=0.999), "aaaaaaaaab", 10_000)
    prior = {"a": 0.9, "b": 0.1}
    effective = {label: 1 - 0.999 ** (m * sampler.counted) for label, m in prior.items()}
    assert sampler.rates_one({}, prior, prior) == {
        "a": 1.0,
        "b": pytest.approx(effective["a"] / effective["b"]),
    }
    assert sampler.counted == pytest.approx(9_516, abs=1.0)  # 100,000 (1 - e^-0.1)


@pytest.mark.parametrize(("beta", "weight"), [(0.0, 1.0), (1.0 - 1e-9, 9.0)])
def test_effective_numbers_lie_between_equal_and_balanced_weights(beta: float, weight: float) -> None:
    sampler = counted(sampling.ClassWeights("effective_number", beta=beta), "aaaaaaaaab", 10_000)
    prior = {"a": 0.9, "b": 0.1}
    assert sampler.rates_one({}, prior, prior) == {"a": 1.0, "b": pytest.approx(weight, rel=1e-4)}


def test_effective_numbers_do_not_end_at_1_on_a_long_stream() -> None:
    sampler = sampling.ClassWeights("effective_number", beta=0.999)
    prior = {False: 0.9999, True: 0.0001}
    for i in range(400_000):
        sampler.learn_one({}, i == 0, {}, {}, prior)
    assert sampler.rates_one({}, prior, prior)[True] > 50.0


def test_a_beta_without_effective_numbers_is_refused() -> None:
    with pytest.raises(ValueError, match=r'beta=0\.9: expected .* with weights="effective_number"'):
        sampling.ClassWeights(beta=0.9)
