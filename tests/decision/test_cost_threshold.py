"""CostThreshold has the least expected cost, for constant costs and for those of each event."""

from __future__ import annotations

import numpy as np
import pytest

from streamimb import decision
from tests.decision.streams import rare


def test_no_other_threshold_costs_less_in_expectation():
    p = np.array(rare(1, 100_000)[0])
    for miss, alarm, hit in ((50.0, 1.0, 0.0), (20.0, 3.0, 2.0)):
        ours = decision.CostThreshold(miss, alarm, hit).threshold_one({}, 0.0)

        def cost(threshold, miss=miss, alarm=alarm, hit=hit):
            acted = p >= threshold
            return np.where(acted, (1.0 - p) * alarm + p * hit, p * miss).sum()

        assert cost(ours) <= min(map(cost, np.linspace(0.001, 0.999, 999))) * 1.000001


def test_costs_of_each_event_cost_less_than_their_means():
    p, _ = map(np.array, rare(2, 50_000))
    amounts = np.random.default_rng(2).lognormal(3.0, 1.0, len(p))
    own = decision.CostThreshold(miss="amount", false_alarm=2.0)
    usual = decision.CostThreshold(miss=float(amounts.mean()), false_alarm=2.0)

    def cost(rule):
        thresholds = np.array([rule.threshold_one({"amount": one}, 0.0) for one in amounts])
        return np.where(p >= thresholds, (1.0 - p) * 2.0, p * amounts).sum()

    assert cost(own) < 0.98 * cost(usual)


@pytest.mark.parametrize("amount", [None, "12", -1.0, float("nan"), float("inf"), True, 10**400])
def test_an_event_without_a_usable_cost_has_the_given_costs(amount):
    rule = decision.CostThreshold(miss="amount", false_alarm=1.0, unknown=(9.0, 1.0, 0.0))
    assert rule.threshold_one({"amount": amount}, 0.0) == 0.1
    assert rule.threshold_one({}, 0.0) == 0.1


def test_a_callable_may_compute_costs():
    rule = decision.CostThreshold(miss=lambda x: 3.0 * x["amount"])
    assert rule.threshold_one({"amount": 33.0}, 0.0) == 0.01


@pytest.mark.parametrize("x", [{}, {"amount": None}, {"amount": "9"}, {"amount": 0.0}])
def test_a_callable_that_cannot_compute_a_cost_gives_none(x):
    rule = decision.CostThreshold(miss=lambda x: 9.0 / (x["amount"] * 1.0), unknown=(9.0, 1.0, 0.0))
    assert rule.threshold_one(x, 0.0) == 0.1


def test_where_a_hit_costs_as_much_as_a_miss_nothing_is_acted_on():
    assert decision.CostThreshold(miss=1.0, hit=1.0).threshold_one({}, 0.0) == 2.0


@pytest.mark.parametrize("wrong", [{"miss": -1.0}, {"miss": ""}, {"false_alarm": None}, {"unknown": (1.0,)}])
def test_a_wrong_parameter_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        decision.CostThreshold(**{"miss": 1.0, **wrong})


def test_whole_numbers_are_costs() -> None:
    """As TOML has them: `miss = 100`."""
    whole, exact = (
        decision.CostThreshold(100, 5, 1, (7, 8, 0)),
        decision.CostThreshold(100.0, 5.0, 1.0, (7.0, 8.0, 0.0)),
    )
    assert whole.threshold_one({}, 0.0) == exact.threshold_one({}, 0.0)
    assert type(whole.miss) is int
