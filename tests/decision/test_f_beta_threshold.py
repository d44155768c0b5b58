"""FBetaThreshold reaches the best F-beta of any fixed threshold."""

from __future__ import annotations

import numpy as np
import pytest

from streamimb import decision
from tests.decision.streams import acted_on, rare


@pytest.mark.parametrize("beta", [0.5, 1.0, 2.0])
def test_its_expected_f_is_that_of_the_best_threshold(beta):
    p, _ = rare(3, 60_000)
    acted = np.array(acted_on(decision.FBetaThreshold(beta=beta), p)[20_000:])
    later = np.array(p[20_000:])

    def f(chosen):
        hits = later[chosen].sum()
        return (1.0 + beta**2) * hits / (beta**2 * later.sum() + chosen.sum())

    assert f(acted) > 0.995 * max(f(later >= t) for t in np.linspace(0.01, 0.6, 300))


def test_after_a_shift_it_follows():
    rule = decision.FBetaThreshold(half_life=2_000)
    acted_on(rule, rare(1, 20_000)[0])
    before = rule.threshold_one({}, 0.0)
    acted_on(rule, rare(2, 20_000, mean=-3.0)[0])
    assert rule.threshold_one({}, 0.0) > 1.5 * before


def test_scores_of_zero_only_are_taken_and_what_follows_is_acted_on():
    rule = decision.FBetaThreshold(half_life=10)
    acted_on(rule, [0.0] * 50_000)
    assert 0.0 <= rule.threshold_one({}, 0.0) <= 1.0
    assert any(acted_on(rule, rare(1, 5_000)[0]))
    assert 0.0 < rule.expected_f <= 1.0


@pytest.mark.parametrize("wrong", [{"beta": 0.0}, {"half_life": 0.0}])
def test_a_wrong_parameter_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        decision.FBetaThreshold(**wrong)
