"""ConfirmedTime follows the events, and no few wrong ones."""

from __future__ import annotations

import math
import random

import pytest

from streamimb.stats.confirmed_time import AGREE, ConfirmedTime


def test_it_is_the_latest_time_of_a_stream_without_gaps():
    rng, clock, latest = random.Random(1), ConfirmedTime(60.0, 60.0), -math.inf
    for i in range(2_000):
        t = i + rng.uniform(-30.0, 0.0)
        latest = max(latest, t)
        assert clock.at(t) == clock.add(t) == latest


@pytest.mark.parametrize("n", [1, AGREE - 1])
def test_fewer_than_20_wrong_events_in_a_row_move_nothing(n):
    clock = ConfirmedTime(60.0, 60.0)
    for i in range(500):
        clock.add(float(i))
        for _ in range(n):
            assert clock.at(i + 1e6) == i
            assert clock.add(i + 1e6) == i
            assert clock.now == i


def test_20_events_in_a_row_move_it_both_ways():
    clock = ConfirmedTime(60.0, 60.0)
    for start in (0.0, 1e6, 5e5):
        said = [clock.add(start + i) for i in range(AGREE)]
        assert said[-1] in (start, start + AGREE - 1)  # the nearest of them
        assert clock.add(start + AGREE) == start + AGREE


def test_it_follows_a_stream_whose_every_gap_is_long():
    clock = ConfirmedTime(60.0, 60.0)
    said = [clock.add(100.0 * i) for i in range(200)]
    assert said[:AGREE] == [0.0] * AGREE
    assert said[AGREE:] == [100.0 * i for i in range(AGREE, 200)]


def test_after_a_sparse_night_one_wrong_event_moves_little_again():
    clock, t = ConfirmedTime(60.0, 60.0), 0.0
    for gap, n in ((1.0, 300), (600.0, 60), (1.0, 300)):
        for _ in range(n):
            t += gap
            clock.add(t)
        assert clock.now == t
    assert clock.add(t + 3_600.0) == t


@pytest.mark.parametrize("wrong", [600.0, 5e5, 1e12])
def test_after_a_pause_the_last_of_those_that_wait_may_be_wrong(wrong):
    clock = ConfirmedTime(60.0, 60.0)
    clock.add(0.0)
    for i in range(AGREE - 1):
        clock.add(1_000.0 + i)
    assert clock.add(1_000.0 + wrong) == 1_000.0 + AGREE - 2
    assert clock.add(1_100.0 + wrong) == 1_000.0 + AGREE - 2
    assert clock.add(1_020.0) == 1_020.0


def test_a_third_of_the_events_with_another_clock_changes_nothing():
    rng, clock = random.Random(2), ConfirmedTime(60.0, 60.0)
    for i in range(5_000):
        t = float(i) if i < 10 or rng.random() < 0.67 else i + 6.0 * 86_400.0
        assert clock.add(t) <= i


def test_it_takes_no_state_that_it_can_not_have():
    clock = ConfirmedTime(60.0, 60.0)
    clock.add(0.0)
    before = clock.__getstate__()
    for wrong in (
        None, {}, {"now": "0"}, {"now": math.nan}, {"waiting": [10.0]}, {"waiting": [100.0, -100.0]},
        {"now": None, "waiting": [1.0]}, {"waiting": [100.0] * AGREE}, {"waiting": None}, {"step": -1.0},
        {"step": math.nan}, {"step": 10.0, "waiting": [100.0]},
    ):  # fmt: skip
        with pytest.raises(ValueError):
            clock.__setstate__({**before, **wrong} if wrong else wrong)
        assert clock.__getstate__() == before
