"""AlertBudget delivers the share it was asked for, also where the stream shifts."""

from __future__ import annotations

import numpy as np
import pytest

from streamimb import decision
from tests.decision.streams import acted_on, rare


@pytest.mark.parametrize("seed", range(2))
def test_a_million_events_get_the_share_that_was_asked_for(seed):
    p, _ = rare(seed, 1_000_000)
    assert 0.0048 <= np.mean(acted_on(decision.AlertBudget(share=0.005), p)) <= 0.0052


@pytest.mark.parametrize("move", [1.5, -1.5])
def test_after_a_shift_the_share_is_back_within_5000_events(move):
    shares = []
    for seed in range(10):
        rule = decision.AlertBudget(share=0.005)
        acted_on(rule, rare(seed, 30_000)[0])
        acted_on(rule, rare(seed + 50, 5_000, mean=-6.5 + move)[0])
        shares.append(np.mean(acted_on(rule, rare(seed + 90, 5_000, mean=-6.5 + move)[0])))
    # 25 alerts each: a standard error of about .0003
    assert np.mean(shares) == pytest.approx(0.005, abs=0.001)


def test_it_finds_nearly_what_the_best_fixed_threshold_finds():
    found = best = 0.0
    for seed in range(3):
        p, _ = rare(seed, 60_000)
        acted, later = acted_on(decision.AlertBudget(share=0.005), p), np.array(p[10_000:])
        found += later[acted[10_000:]].sum()
        best += np.sort(later)[-round(0.005 * len(later)) :].sum()
    assert found / best > 0.95


def test_equal_scores_are_acted_on_in_turn():
    acted = acted_on(decision.AlertBudget(share=0.1), [0.3] * 5_000)
    assert np.mean(acted) == pytest.approx(0.1, abs=0.01)


def test_whatever_the_scores_are_the_number_of_actions_is_bounded():
    rng = np.random.default_rng(1)
    n, half = 30_000, rng.random(30_000) < 0.5
    streams = {
        "half are 1": np.where(half, 1.0, 0.01),
        "half are 1, half 0": half.astype(float),
        "all 1": np.ones(n),
        "all 0": np.zeros(n),
        "1, then 0": np.repeat([1.0, 0.0], n // 2),
        "0, then 1": np.repeat([0.0, 1.0], n // 2),
        "nearly 1": 1.0 - 1e-12 * rng.random(n),
        "three values": rng.choice([0.0, 0.3, 1.0], n),
    }
    for share in (0.02, 0.3):
        for name, p in streams.items():
            acted = np.cumsum(acted_on(decision.AlertBudget(share=share), p.tolist()))
            apart = acted - share * np.arange(1, n + 1)
            # Of all spans of events, not only of those from the first on.
            assert apart.max() - apart.min() <= 40.0 / 0.2 + 2.0, name


def test_half_the_scores_at_1_do_not_get_half_the_actions():
    p = np.where(np.random.default_rng(2).random(60_000) < 0.5, 1.0, 0.01).tolist()
    rule = decision.AlertBudget(share=0.005)
    first, later = np.split(np.array(acted_on(rule, p)), [20_000])
    assert first.sum() <= 100 + 0.005 * 20_000 + 1
    assert later.mean() == pytest.approx(0.005, abs=0.0002)


@pytest.mark.parametrize("wrong", [{"share": 0.0}, {"share": 1.0}, {"step": 0.0}, {"start": 1.0}])
def test_a_wrong_parameter_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        decision.AlertBudget(**wrong)
