from __future__ import annotations

import random

import pytest

from streamimb.engine.shares import Share, percent


def test_it_is_the_decayed_share_however_often_it_is_asked() -> None:
    rng = random.Random(1)
    often, seldom = Share(), Share()
    exact = mass = 0.0
    bad = 0
    for i in range(1, 40_001):
        hit = rng.random() < (0.02 if i < 20_000 else 0.3)
        bad += hit
        exact, mass = exact * (1 - 1e-4) + hit, mass * (1 - 1e-4) + 1.0
        often.fold(bad, i)
        if i % 128 == 0:
            seldom.fold(bad, i)
    assert often.share == pytest.approx(exact / mass, rel=1e-6)
    assert seldom.share == pytest.approx(exact / mass, rel=0.01)


def test_it_is_entered_above_the_limit_and_left_below_half_of_it() -> None:
    share = Share()
    share.fold(99, 99)
    assert not share.above(0.01, False)  # fewer than 100 seen
    share.fold(99, 100)
    assert share.above(0.01, False)
    entered, levels, n = True, [], 100
    while entered:
        n += 100
        share.fold(99, n)
        entered = share.above(0.01, entered)
        levels.append(share.share)
    assert levels[-1] < 0.005 <= levels[-2]
    share.fold(int(99 + 0.007 * 20_000), n + 20_000)
    assert 0.005 < share.share < 0.01
    assert not share.above(0.01, False)
    assert share.above(0.01, True)


def test_a_state_comes_back_and_a_damaged_one_is_refused() -> None:
    share = Share()
    share.fold(3, 200)
    again = Share.of_state(share.state())
    for one in (share, again):
        one.fold(40, 500)
    assert again.state() == share.state()
    for wrong in ([-1.0, 1.0, 0, 0], [0.0, float("nan"), 0, 0], [0.0, float("inf"), 0, 0], [0.0, 1.0, 0]):
        with pytest.raises(ValueError, match=r"share|unpack"):
            Share.of_state(wrong)


def test_percentages_are_short() -> None:
    assert [percent(share) for share in (0.0123, 0.05, 0.345, 0.999, 1.0)] == [
        "1.2 %", "5 %", "34 %", "100 %", "100 %",
    ]  # fmt: skip


def test_bad_ones_that_turn_out_to_be_good_lower_a_share_to_0_at_most() -> None:
    share = Share()
    share.fold(400, 1_000)
    assert share.share > 0.3
    share.fold(0, 1_100)
    assert share.share == 0.0
    share.fold(0, 2_000)
    share.fold(50, 2_100)
    assert 0.02 < share.share < 0.03
