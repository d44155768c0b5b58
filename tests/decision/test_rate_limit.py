"""RateLimit bounds the actions in any span of time, and counts what it withheld."""

from __future__ import annotations

import random
from typing import Any

import pytest

from streamimb import decision
from tests.decision.streams import acted_on, rare


def most_in_any(span: float, times: list[float]) -> int:
    """The most of these ordered times in any half-open span of this length."""
    first = most = 0
    for i, t in enumerate(times):
        while t - times[first] >= span:
            first += 1
        most = max(most, i - first + 1)
    return most


def acted_at(rule: Any, times: list[float]) -> list[int]:
    """Which of events that are all scored .99 a rule acts on."""
    found = []
    for i, t in enumerate(times):
        if rule.threshold_one({}, t) <= 0.99:
            found.append(i)
        rule.observe_one(0.99, {}, t)
    return found


def test_a_storm_of_99_percent_scores_causes_a_bounded_number_of_actions():
    rule = decision.RateLimit(decision.CostThreshold(miss=99.0), actions=100, per_s=3_600.0)
    acted = acted_on(rule, [0.99] * 50_000, seconds=0.02)  # 1,000 seconds
    assert sum(acted) == 100
    assert rule.withheld == 50_000 - sum(acted)
    assert [reading.value for reading in rule.readings()] == [rule.withheld]


@pytest.mark.parametrize("actions", [1, 5, 50])
def test_no_span_of_per_s_seconds_has_more_than_the_actions_and_busy_ones_have_all(actions):
    for seed in range(5):
        rng = random.Random(seed)
        t, times = 0.0, []
        for _ in range(4_000):  # dense spells, and pauses of 100 seconds in the mean
            t += rng.expovariate(10.0) if rng.random() < 0.997 else rng.expovariate(0.01)
            times.append(t)
        rule = decision.RateLimit(decision.CostThreshold(miss=99.0), actions, per_s=60.0)
        acted = [times[i] for i in acted_at(rule, times)]
        assert most_in_any(60.0, acted) == actions
        best, recent = 0, list[float]()
        for one in times:  # a limit without protection against wrong times
            recent = [each for each in recent if one - each < 60.0]
            if len(recent) < actions:
                recent.append(one)
                best += 1
        assert len(acted) >= 0.9 * best


def test_events_dated_ahead_neither_stop_the_actions_nor_allow_more():
    for wrong in (1e12, 6.0 * 86_400.0, 600.0):
        right, given = [float(i) for i in range(6_000)], []
        for i, t in enumerate(right):
            given.append(t + wrong if i % 40 == 7 and i > 1_000 else t)
        acted = acted_at(decision.RateLimit(decision.CostThreshold(miss=99.0), 5, per_s=60.0), given)
        assert most_in_any(60.0, [right[i] for i in acted]) <= 5
        assert len(acted) >= 490  # of 500


def test_times_without_order_allow_no_storm():
    rng = random.Random(1)
    times = [rng.uniform(0.0, 1e9) for _ in range(5_000)]
    rule = decision.RateLimit(decision.CostThreshold(miss=99.0), actions=5, per_s=60.0)
    assert len(acted_at(rule, times)) <= 50


def test_a_wrong_time_at_the_start_is_left_after_20_events():
    rule = decision.RateLimit(decision.CostThreshold(miss=99.0), actions=5, per_s=60.0)
    acted = acted_at(rule, [1e12, *map(float, range(1_000))])
    assert len([i for i in acted if i > 100]) >= 70  # of 75


def test_the_rule_alone_decides_below_the_limit():
    p, _ = rare(1, 20_000)
    limited = decision.RateLimit(decision.AlertBudget(share=0.005), actions=10_000, per_s=1.0)
    assert acted_on(limited, p) == acted_on(decision.AlertBudget(share=0.005), p)
    assert limited.withheld == 0


def test_it_recovers_after_a_pause():
    rule = decision.RateLimit(decision.CostThreshold(miss=9.0), actions=5, per_s=10.0)
    assert sum(acted_on(rule, [0.9] * 100, seconds=0.001)) == 5
    assert sum(acted_on(rule, [0.9] * 100, seconds=0.001, first=1_000_000)) == 5


def test_a_rule_that_is_none_is_refused():
    wrong: Any
    for wrong in (None, "AlertBudget", decision.AlertBudget):
        with pytest.raises(ValueError, match="rule"):
            decision.RateLimit(wrong, actions=5)
    with pytest.raises(ValueError, match="actions"):
        decision.RateLimit(decision.AlertBudget(), actions=0)
    with pytest.raises(ValueError, match="from 1 to 100,000"):
        decision.RateLimit(decision.AlertBudget(), actions=100_001)


def test_a_stream_sparser_than_the_limit_is_not_limited():
    """One event in ten minutes, all to be acted on; the first 20 tell that every gap is that long."""
    rule, acted = decision.RateLimit(decision.CostThreshold(miss=99.0), actions=1, per_s=60.0), 0
    for i in range(200):
        t = 600.0 * i
        acted += rule.threshold_one({}, t) <= 0.99
        rule.observe_one(0.99, {}, t)
    assert acted >= 200 - 20
