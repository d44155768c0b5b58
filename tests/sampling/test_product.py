from __future__ import annotations

import math
import random
from typing import Any

import pytest
from river import naive_bayes

from streamimb import SampledClassifier, sampling
from streamimb.linear_model import LogisticRegression
from tests.compose.parts import ForwardedSampler, Recorder

P = {False: 0.9, True: 0.1}
PRIOR = {False: 0.99, True: 0.01}
THREE = {"a": 0.9, "b": 0.09, "c": 0.01}


def taught(sampler: Any, labels: Any, prior: Any) -> Any:
    for y in labels:
        sampler.learn_one({}, y, prior, sampler.rates_one({}, prior, prior), prior)
    return sampler


@pytest.mark.parametrize("prior", [PRIOR, THREE], ids=["two classes", "three classes"])
def test_the_rates_multiply(prior: Any) -> None:
    first, second = sampling.OverSampler(share=0.3), sampling.BothSampler(share=0.4, budget=0.5)
    product = taught(sampling.Product(first.clone(), second.clone()), prior, prior)
    own = [taught(part, prior, prior).rates_one({}, prior, prior) for part in (first, second)]
    assert product.rates_one({}, prior, prior) == {k: own[0][k] * own[1][k] for k in prior}


def test_weights_multiply_too() -> None:
    product = sampling.Product(
        sampling.ClassWeights(((True, 3.0),)), sampling.ClassWeights(((True, 5.0), (False, 0.5)))
    )
    assert product.draws is False
    assert product.rates_one({}, P, PRIOR) == {False: 0.5, True: 15.0}


class Told:
    """Keeps a rate, and records the rates that it is told of."""

    depends_on_x = False
    draws = True

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.told: list[dict[Any, float]] = []

    def rates_one(self, x: Any, p: Any, prior: Any) -> dict[Any, float]:
        return {k: self.rate if k in (False, "a") else 1.0 for k in p}

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: float = 1.0) -> None:
        self.told.append(dict(rates))


@pytest.mark.parametrize("learner", [LogisticRegression, naive_bayes.GaussianNB])
@pytest.mark.parametrize("hidden", [False, True], ids=["by port", "by protocol"])
def test_each_sampler_learns_with_its_own_rates(learner: Any, hidden: bool) -> None:
    half, third, fifth = (Told(rate) for rate in (0.5, 0.3, 0.2))
    product: Any = sampling.Product(sampling.Product(half, third), fifth)
    model = SampledClassifier(learner(), ForwardedSampler(product) if hidden else product, seed=1)
    for y in (False, True, False):
        model.learn_one({"a": 1.0}, y)
    for part in (half, third, fifth):
        assert part.told == [{False: part.rate, True: 1.0}] * 3
    assert model.last_rates == {False: 0.5 * 0.3 * 0.2, True: 1.0}


def test_each_sampler_learns_with_its_own_rates_of_several_classes() -> None:
    half, third = Told(0.5), Told(0.3)
    model = SampledClassifier(naive_bayes.GaussianNB(), sampling.Product(half, third), seed=1)
    for y in "abca":
        model.learn_one({"x": 1.0}, y)
    assert half.told[-1] == {"a": 0.5, "b": 1.0, "c": 1.0}
    assert third.told[-1] == {"a": 0.3, "b": 1.0, "c": 1.0}
    assert model.last_rates == {"a": 0.15, "b": 1.0, "c": 1.0}


def test_the_sum_of_the_shifts_is_taken_out_once() -> None:
    """Keep rates of .5 and .3 give what one of .15 gives, draw for draw."""
    rng = random.Random(1)
    product = sampling.Product(sampling.UnderSampler(keep_rate=0.5), sampling.UnderSampler(keep_rate=0.3))
    two = SampledClassifier(LogisticRegression(), product, seed=1)
    one = SampledClassifier(LogisticRegression(), sampling.UnderSampler(keep_rate=0.15), seed=1)
    for _ in range(500):
        y = rng.random() < 0.05
        x = {"a": rng.gauss(y, 1.0)}
        assert two.predict_proba_one(x) == one.predict_proba_one(x)
        two.learn_one(x, y)
        one.learn_one(x, y)


def test_a_product_is_kept_within_bounds() -> None:
    low = sampling.Product(sampling.UnderSampler(keep_rate=1e-6), sampling.UnderSampler(keep_rate=1e-6))
    many = [sampling.OverSampler(share=0.999, max_copies=1e6) for _ in range(2)]
    high = sampling.Product(*many)
    assert taught(low, PRIOR, PRIOR).rates_one({}, P, PRIOR) == {False: 1e-6, True: 1.0}
    tiny = {False: 1 - 1e-6, True: 1e-6}
    assert taught(high, PRIOR, PRIOR).rates_one({}, P, tiny) == {False: 1.0, True: 1e6}


@pytest.mark.parametrize("rate", [0.0, math.nan, math.inf, -1.0])
@pytest.mark.parametrize("learner", [LogisticRegression, Recorder])
def test_a_rate_that_cannot_be_corrected_is_refused_inside_a_product_too(rate: float, learner: Any) -> None:
    model = SampledClassifier(learner(), sampling.Product(Told(rate), Told(0.5)), seed=1)
    with pytest.raises(ValueError, match="cannot be corrected"):
        model.learn_one({"a": 1.0}, False)


def test_copies_and_weights_do_not_go_together() -> None:
    with pytest.raises(
        ValueError, match=r"UnderSampler draws copies and ClassWeights gives weights; .*OverSampler"
    ):
        sampling.Product(sampling.ClassWeights(), sampling.UnderSampler(share=0.2))


def test_a_sampler_is_not_taught_twice() -> None:
    one, other = sampling.UnderSampler(share=0.2), sampling.OverSampler()
    for first, second in ((one, one), (sampling.Product(one, other), one)):
        with pytest.raises(ValueError, match="given twice"):
            sampling.Product(first, second)


@pytest.mark.parametrize(
    ("second", "depends"), [(sampling.OverSampler(), False), (sampling.ScoreUnderSampler(), True)]
)
def test_a_product_depends_on_x_where_a_factor_does(second: Any, depends: bool) -> None:
    assert sampling.Product(sampling.UnderSampler(keep_rate=0.5), second).depends_on_x is depends


@pytest.mark.parametrize("w", [-1.0, math.nan, math.inf])
def test_fault_51_a_weight_that_is_none_teaches_neither(w: float) -> None:
    half, third = Told(0.5), Told(0.3)
    with pytest.raises(ValueError, match="w="):
        sampling.Product(half, third).learn_one({}, True, P, {}, PRIOR, w)
    assert half.told == third.told == []
