from __future__ import annotations

import math
import pickle
import random
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from benchmarks.sampler_figures import expected_cost
from streamimb import SampledClassifier
from streamimb.engine.snapshot import SnapshotError, dumps, loads
from streamimb.linear_model import LogisticRegression
from streamimb.sampling import ExampleCosts

P = {False: 0.9, True: 0.1}


def amount_of(x: dict[str, Any]) -> float:
    return 2.0 * float(x["amount"])


def taught(sampler: ExampleCosts, n: int = 2_000, seed: int = 1) -> ExampleCosts:
    rng = random.Random(seed)
    for _ in range(n):
        x = {"amount": rng.expovariate(0.01)}
        sampler.learn_one(x, rng.random() < 0.1, P, sampler.rates_one(x, P, P), P)
    return sampler


def test_the_rates_of_an_event_are_in_the_ratio_of_its_costs_and_1_in_the_mean() -> None:
    sampler = taught(ExampleCosts("amount", 5.0))
    rng, total = random.Random(2), 0.0
    for _ in range(20_000):
        x = {"amount": rng.expovariate(0.01)}
        rates = sampler.rates_one(x, P, P)
        assert rates[True] / rates[False] == pytest.approx(x["amount"] / 5.0)
        total += 0.1 * rates[True] + 0.9 * rates[False]
    assert total / 20_000 == pytest.approx(1.0, abs=0.07)  # 3 standard errors of the mean of 2,000 amounts


def test_the_unit_of_the_costs_does_not_matter() -> None:
    euros, cents = taught(ExampleCosts("amount", 5.0)), ExampleCosts(lambda x: 100.0 * x["amount"], 500.0)
    taught(cents)
    x = {"amount": 70.0}
    assert cents.rates_one(x, P, P) == pytest.approx(euros.rates_one(x, P, P))


@pytest.mark.parametrize("bad", [None, "70", True, math.nan, math.inf, -1.0, 10**400, [1.0]])
def test_a_cost_that_is_none_counts_as_the_mean_and_is_counted(bad: Any) -> None:
    sampler = taught(ExampleCosts("amount", 5.0))
    usual = sampler.rates_one({}, P, P)
    assert sampler.rates_one({"amount": bad}, P, P) == usual
    assert usual[True] / usual[False] == pytest.approx(100.0 / 5.0, rel=0.1)
    assert sampler.missing_share == 0.0
    for _ in range(100):
        sampler.learn_one({"amount": bad}, False, P, usual, P)
    assert sampler.rates_one({}, P, P) == pytest.approx(usual)
    assert sampler.missing_share == pytest.approx(0.05, abs=0.01)


def test_numbers_of_other_makes_are_costs() -> None:
    sampler = taught(ExampleCosts("amount", 5.0))
    for made in (70, np.float32(70.0), np.int64(70)):
        assert sampler.rates_one({"amount": made}, P, P) == sampler.rates_one({"amount": 70.0}, P, P)


def test_a_cost_of_0_has_the_lowest_rate() -> None:
    assert taught(ExampleCosts("amount", 5.0)).rates_one({"amount": 0.0}, P, P)[True] == 1e-6


def test_one_wrong_number_does_not_move_the_mean_for_long() -> None:
    sampler = taught(ExampleCosts("amount", 5.0))
    usual = sampler.rates_one({"amount": 70.0}, P, P)[True]
    sampler.learn_one({"amount": 1e90}, False, P, P, P)
    assert sampler.rates_one({"amount": 70.0}, P, P)[True] > 0.5 * usual


def test_labels_other_than_false_are_misses() -> None:
    sampler = taught(ExampleCosts("amount", 5.0))
    p = {False: 0.5, "stolen": 0.3, "forged": 0.2}
    rates = sampler.rates_one({"amount": 70.0}, p, p)
    assert rates["stolen"] == rates["forged"] == pytest.approx(14.0 * rates[False])
    assert set(sampler.rates_one({}, {"a": 0.5, "b": 0.5}, {"a": 0.5, "b": 0.5}).values()) == {1.0}


def test_a_callable_is_pickled_by_its_name_but_is_no_data() -> None:
    sampler = taught(ExampleCosts(amount_of, 5.0))
    x = {"amount": 70.0}
    assert pickle.loads(pickle.dumps(sampler)).rates_one(x, P, P) == sampler.rates_one(x, P, P)
    with pytest.raises(SnapshotError, match="allow_pickle"):
        dumps(sampler)
    other = taught(ExampleCosts("amount", 5.0))
    assert loads(dumps(other)).rates_one(x, P, P) == other.rates_one(x, P, P)


def test_what_a_callable_raises_reaches_the_caller() -> None:
    model = SampledClassifier(LogisticRegression(), ExampleCosts(amount_of), seed=1)
    with pytest.raises(KeyError):
        model.learn_one({"a": 1.0}, False)


@pytest.mark.parametrize("cost", [0.0, -1.0, 1e-7, 1e16, math.nan, math.inf, "", None, b"amount", True])
@pytest.mark.parametrize("name", ["miss", "false_alarm"])
def test_a_wrong_cost_is_named(name: str, cost: Any) -> None:
    with pytest.raises(ValueError, match=f"{name}="):
        ExampleCosts(**{"miss": 1.0, name: cost})


@pytest.mark.parametrize(
    "sums",
    [
        [1.0] * 4,
        [1.0, 1.0, 2.0, 0.0, 0.0],
        [1.0, 1.0, 0.0, 0.0, 0.0],
        [math.nan] * 5,
        [-1.0, 0.0, 0.0, 0.0, 0.0],
        "s",
    ],
)
def test_a_damaged_state_is_refused_and_changes_nothing(sums: Any) -> None:
    sampler = taught(ExampleCosts("amount", 5.0))
    before = sampler.__getstate__()
    with pytest.raises(ValueError, match="sums"):
        sampler.__setstate__({**before, "sums": sums})
    assert sampler.__getstate__() == before


def test_an_alarm_at_a_raw_score_of_half_costs_what_the_best_threshold_costs() -> None:
    """One seed; `make truth` has five, with a goal of .1 %."""
    assert expected_cost(1)["excess"] < 0.002


@pytest.mark.parametrize("costs", [(100, 5), (100, "alarm"), ("miss", 5), (100, lambda x: 5)])
def test_whole_numbers_are_costs(costs: Any) -> None:
    """As TOML has them: `miss = 100`."""
    whole = ExampleCosts(*costs)
    exact = ExampleCosts(*(float(cost) if type(cost) is int else cost for cost in costs))
    x = {"miss": 100, "alarm": 5}
    for sampler in (whole, exact):
        for i in range(20):
            rates = sampler.rates_one(x, P, P)
            sampler.learn_one(x, i % 5 == 0, P, rates, P)
    assert whole.rates_one(x, P, P) == exact.rates_one(x, P, P)
    assert type(whole.miss) is type(costs[0])


def test_a_cost_that_no_float_holds_is_not_usable() -> None:
    sampler = ExampleCosts("miss")
    for huge in (10**400, Fraction(10**400, 3), -(10**400)):
        sampler.learn_one({"miss": huge}, True, P, {}, P)
    assert sampler.missing_share == 1.0
