"""RateLimit bounds the actions in any span of time, and counts what it withheld."""

from __future__ import annotations

from typing import Any

import pytest

from streamimb import decision
from tests.decision.streams import acted_on, rare


def test_a_storm_of_99_percent_scores_causes_a_bounded_number_of_actions():
    rule = decision.RateLimit(decision.CostThreshold(miss=99.0), actions=100, per_s=3_600.0)
    acted = acted_on(rule, [0.99] * 50_000, seconds=0.02)  # 1,000 seconds
    assert 100 <= sum(acted) <= 100 + 100 * 1_000 / 3_600
    assert rule.withheld == 50_000 - sum(acted)
    assert [reading.value for reading in rule.readings()] == [rule.withheld]


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
