from __future__ import annotations

import math
import random
from typing import Any

import pytest

from benchmarks.sampler_figures import long_run, tail_gain
from streamimb.sampling import DynamicSampler

TAIL = {"a": 0.6, "b": 0.3, "c": 0.08, "d": 0.015, "e": 0.005}


def taught(sampler: DynamicSampler, sure: dict[str, float], n: int = 20_000) -> DynamicSampler:
    """A stream of five classes, of which each is recognised with its own probability, else called the next one."""
    rng, labels = random.Random(1), list(TAIL)
    for _ in range(n):
        y = rng.choices(labels, list(TAIL.values()))[0]
        said = y if rng.random() < sure[y] else labels[(labels.index(y) + 1) % 5]
        p = {label: 0.6 if label == said else 0.1 for label in labels}
        sampler.learn_one({}, y, p, sampler.rates_one({}, p, TAIL), TAIL)
    return sampler


def copies(sampler: DynamicSampler, prior: dict[str, float]) -> dict[str, float]:
    rates = sampler.rates_one({}, prior, prior)
    return {label: prior[label] * rates[label] for label in prior}


SURE = {"a": 0.9, "b": 0.8, "c": 0.6, "d": 0.4, "e": 0.2}


@pytest.mark.parametrize("budget", [0.001, 0.02, 0.1, 1.0])
@pytest.mark.parametrize("most", [1.0, 10.0])
def test_the_copies_sum_to_the_budget_also_where_the_cap_cuts_some_off(budget: float, most: float) -> None:
    sampler = taught(DynamicSampler(budget, max_copies=most), SURE, 3_000)
    assert math.fsum(sampler.class_shares.values()) == pytest.approx(1.0)
    found = copies(sampler, TAIL)
    assert math.fsum(found.values()) == pytest.approx(budget)
    for label in TAIL:
        assert found[label] <= most * TAIL[label] * (1 + 1e-9)
    below = {
        label: found[label] / share
        for label, share in sampler.class_shares.items()
        if found[label] < 0.999 * most * TAIL[label]
    }
    assert max(below.values(), default=1.0) == pytest.approx(min(below.values(), default=1.0))


def test_a_budget_above_the_cap_of_all_classes_gives_every_class_the_cap() -> None:
    sampler = taught(DynamicSampler(5.0, max_copies=2.0), SURE, 1_000)
    assert set(sampler.rates_one({}, TAIL, TAIL).values()) == {2.0}


def test_the_shares_are_in_proportion_to_1_minus_recall() -> None:
    sampler = taught(DynamicSampler(0.1, "recall"), SURE)
    needs = {label: 1.0 - sure for label, sure in SURE.items()}
    total = math.fsum(needs.values())
    assert sampler.class_shares == {
        label: pytest.approx(need / total, rel=0.5) for label, need in needs.items()
    }


def test_a_class_that_is_no_longer_recognised_gets_more() -> None:
    sampler = taught(DynamicSampler(0.1), dict.fromkeys(TAIL, 0.95))
    before = sampler.class_shares["b"]
    taught(sampler, {**dict.fromkeys(TAIL, 0.95), "b": 0.1}, 3_000)
    assert sampler.class_shares["b"] > 2 * before


def test_the_shares_stand_still_until_one_is_wrong_by_a_fifth() -> None:
    sampler, seen = DynamicSampler(0.1), set()
    rng = random.Random(2)
    for i in range(5_000):
        y = rng.random() < 0.3
        said = y if rng.random() < 0.7 else not y
        p = {False: 0.4 + 0.2 * (not said), True: 0.4 + 0.2 * said}
        sampler.learn_one({}, y, p, p, {False: 0.7, True: 0.3})
        if i > 1_000:
            seen.add(sampler.class_shares[True])
    assert 1 <= len(seen) < 100


def test_the_rates_follow_a_base_rate_that_moves_tenfold() -> None:
    sampler = DynamicSampler(0.1)
    for i in range(2_000):
        sampler.learn_one({}, i % 100 == 0, {False: 0.9, True: 0.1}, TAIL, TAIL)
    for m in (0.01, 0.1, 0.001):
        prior = {False: 1.0 - m, True: m}
        rates = sampler.rates_one({}, prior, prior)
        assert m * rates[True] + (1.0 - m) * rates[False] == pytest.approx(0.1)
        assert rates[True] <= 10.0


@pytest.mark.parametrize(
    "classes",
    [None, [["a", [0.0] * 3]], [["a", [0.0] * 2, 1.0]], [["a", [0.0] * 3, 0.5]], [["a", [-1.0, 0.0, 0.0], 1.0]],
     [["a", [0.0] * 3, 0.5]] * 2, [["a", [math.nan] * 3, 1.0]]],
)  # fmt: skip
def test_a_damaged_state_is_refused_and_changes_nothing(classes: Any) -> None:
    sampler = taught(DynamicSampler(0.1), SURE, 100)
    before = sampler.__getstate__()
    with pytest.raises(ValueError, match="classes"):
        sampler.__setstate__({**before, "classes": classes})
    assert sampler.__getstate__() == before


def test_the_tail_is_recalled_more_often_at_an_equal_budget() -> None:
    """Of six classes, by River's softmax regression; one seed, `make truth` has five and longer streams."""
    gain = tail_gain(1, 12_000)
    assert gain["all"] > 0.05
    assert gain["uniform"] > 0.05
    assert 0.09 < gain["kept"] < 0.11


def test_probabilities_are_true_after_a_tenfold_jump_of_the_base_rate() -> None:
    """One seed, noise-free against the true P; `make truth` has five."""
    assert 0.93 < long_run("DynamicSampler", "ours", 0)["ratio"] < 1.07
