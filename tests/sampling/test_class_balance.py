from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.sampler_figures import long_run
from streamimb import SampledClassifier
from streamimb.linear_model import LogisticRegression
from streamimb.sampling import ClassBalance
from streamimb.stats import ClassPrior

TAIL = {"a": 0.6, "b": 0.3, "c": 0.08, "d": 0.02}

TWO = {False: 0.5, True: 0.5}


def trained_odds(sampler: ClassBalance, base_rate: Callable[[int], float], n: int, seed: int = 1) -> float:
    """Learned mass of True over that of False, with the true P in place of labels; the first fifth is left out."""
    rng, prior, odds = random.Random(seed), ClassPrior(), [0.0, 0.0]
    for i in range(n):
        now, m = prior.get(), base_rate(i)
        rates = sampler.rates_one({}, now, now)
        if i >= n // 5:
            odds[0] += (1.0 - m) * rates[False]
            odds[1] += m * rates[True]
        y = rng.random() < m
        sampler.learn_one({}, y, now, rates, now)
        prior.update(y, 1.0)
    return odds[1] / odds[0]


@pytest.mark.parametrize("method", ["under", "over"])
@pytest.mark.parametrize(("m", "memory"), [(0.1, None), (0.1, 100.0), (0.01, None), (0.01, 1_000.0)])
def test_mean_trained_odds_are_1(method: str, m: float, memory: float | None) -> None:
    odds = [trained_odds(ClassBalance(method, memory), lambda _: m, 30_000, seed) for seed in range(2)]
    assert 0.9 < math.fsum(odds) / 2 < 1.1, odds


@pytest.mark.parametrize(
    ("method", "memory"), [("under", None), ("over", None), ("under", 2_000), ("over", 2_000)]
)
def test_a_base_rate_that_moves_tenfold_is_followed(method: str, memory: float | None) -> None:
    """Between 1 % and 10 % and back, within 5,000 events of each move."""
    odds = trained_odds(ClassBalance(method, memory), lambda i: 0.1 if 20_000 <= i < 40_000 else 0.01, 60_000)
    assert 0.8 < odds < 1.25


def reference(theta: float, labels: list[bool]) -> list[float]:
    """Rates of OOB as published: the sizes are updated by the label, then give the number of copies."""
    sizes, rates = {False: 0.0, True: 0.0}, []
    for y in labels:
        sizes = {k: theta * size + (1.0 - theta) * (y is k) for k, size in sizes.items()}
        rates.append(max(sizes.values()) / sizes[y])
    return rates


def test_the_rates_of_over_are_those_of_the_literature() -> None:
    rng, sampler, found = random.Random(3), ClassBalance("over", 100), []
    labels = [rng.random() < 0.2 for _ in range(2_000)]
    prior = {False: 0.8, True: 0.2}
    for y in labels:
        rates = sampler.rates_one({}, prior, prior)
        found.append(rates[y])
        sampler.learn_one({}, y, prior, rates, prior)
    assert found[50:] == pytest.approx(reference(0.99, labels)[50:])


@pytest.mark.parametrize(
    ("m", "memory", "figure"), [(0.1, 10.0, 0.54), (0.01, 10.0, 0.08), (0.001, 1_000.0, 0.56)]
)
def test_a_memory_that_cannot_reach_the_ratio_is_refused_with_the_odds_it_would_give(
    m: float, memory: float, figure: float
) -> None:
    """The figures are simulations of the published rates, 400,000 events each."""
    sampler = ClassBalance("over", 1e6)
    trained_odds(sampler, lambda _: m, 40_000)
    sampler.memory = memory
    with pytest.raises(ValueError, match=rf"memory={memory:g}: .*, or memory=None") as raised:
        sampler.rates_one({}, TWO, TWO)
    said = float(str(raised.value).partition("odds of ")[2].split()[0])
    assert said == pytest.approx(figure, abs=0.1)


def test_a_refused_event_is_not_learned_and_predictions_go_on() -> None:
    model, rng = SampledClassifier(LogisticRegression(), ClassBalance("over", 10), seed=1), random.Random(1)
    with pytest.raises(ValueError, match="memory=10"):
        for _ in range(5_000):
            model.learn_one({"a": rng.gauss(0, 1)}, rng.random() < 0.05)
    p = model.predict_proba_one({"a": 0.5})
    with pytest.raises(ValueError, match="memory=10"):
        model.learn_one({"a": 0.5}, True)
    assert model.predict_proba_one({"a": 0.5}) == p
    model.sampler.mutate({"memory": 1_000.0})  # type: ignore[attr-defined]  # the protocol has no mutate
    model.learn_one({"a": 0.5}, True)
    assert model.predict_proba_one({"a": 0.5}) != p


def test_under_has_no_memory_that_is_too_short() -> None:
    assert 0.9 < trained_odds(ClassBalance("under", 10), lambda _: 0.05, 20_000) < 1.1


@pytest.mark.parametrize("method", ["under", "over"])
@pytest.mark.parametrize("memory", [None, 2_000.0])
def test_several_classes_are_learned_at_one_mass(method: str, memory: float | None) -> None:
    rng, sampler, mass = random.Random(2), ClassBalance(method, memory), dict.fromkeys(TAIL, 0.0)
    for i in range(30_000):
        rates = sampler.rates_one({}, TAIL, TAIL)
        if i > 5_000:
            for label in TAIL:
                mass[label] += TAIL[label] * rates[label]
        y = rng.choices(list(TAIL), list(TAIL.values()))[0]
        sampler.learn_one({}, y, TAIL, rates, TAIL)
    middle = math.fsum(mass.values()) / len(mass)
    assert list(mass.values()) == pytest.approx([middle] * len(mass), rel=0.1)


def test_a_rare_class_is_copied_no_more_than_1000_times() -> None:
    sampler, prior = ClassBalance("over"), {False: 1.0 - 1e-5, True: 1e-5}
    for y in (False, True):
        sampler.learn_one({}, y, prior, prior, prior)
    assert sampler.rates_one({}, prior, prior) == {False: 1.0, True: 1_000.0}


def test_a_memory_is_not_given_to_a_sampler_that_follows_the_prior() -> None:
    with pytest.raises(ValueError, match="memory=100"):
        ClassBalance().memory = 100


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("classes", [["a", 1.0]]),
        ("classes", [["a", -1.0, 2.0]]),
        ("classes", [["a", 0.5, 21.0]]),
        ("classes", [["a", 0.5, 2.0]] * 2),
        ("classes", None),
        ("extremes", [0.5, 0.2]),
        ("extremes", [math.nan, 1.0]),
        ("memory", 1.0),
        ("method", "both"),
    ],
)
def test_a_damaged_state_is_refused_and_changes_nothing(name: str, value: Any) -> None:
    sampler = ClassBalance("over", 100)
    sampler.learn_one({}, True, TAIL, TAIL, {True: 0.5, False: 0.5})
    before = sampler.__getstate__()
    with pytest.raises(ValueError, match=name):
        sampler.__setstate__({**before, name: value})
    assert sampler.__getstate__() == before


@pytest.mark.parametrize("method", ["under", "over"])
def test_probabilities_are_true_after_a_tenfold_jump_of_the_base_rate(method: str) -> None:
    """One seed, noise-free against the true P; `make truth` has five."""
    assert 0.88 < long_run(f"ClassBalance {method}", "ours", 0)["ratio"] < 1.12


def test_copies_multiply_the_rates_of_every_class() -> None:
    prior = {False: 0.9, True: 0.1}
    found = {}
    for method in ("under", "over", "none"):
        one, six = ClassBalance(method), ClassBalance(method, copies=6.0)
        for y in (False, True):
            for sampler in (one, six):
                assert sampler.rates_one({}, prior, prior) == dict.fromkeys(
                    prior, sampler.copies
                )  # not seen both yet
                sampler.learn_one({}, y, prior, {}, prior)
        found[method] = one.rates_one({}, prior, prior)
        assert six.rates_one({}, prior, prior) == pytest.approx(
            {k: 6.0 * r for k, r in found[method].items()}
        )
    assert found["none"] == {False: 1.0, True: 1.0}
    assert found["under"] == pytest.approx({False: 1.0 / 9.0, True: 1.0})
    with pytest.raises(ValueError, match="leave it out"):
        ClassBalance("none", memory=100.0)
    for copies in (0.0, 101.0, math.nan):
        with pytest.raises(ValueError, match="copies"):
            ClassBalance(copies=copies)
