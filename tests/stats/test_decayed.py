from __future__ import annotations

import math
from typing import Any

import pytest

from streamimb.stats import DecayedCount, DecayedMean


def test_the_mean_forgets_by_half_in_a_half_life() -> None:
    mean = DecayedMean(half_life=10)
    for _ in range(1_000):
        mean.update(1.0)
    for _ in range(10):
        mean.update(0.0)
    assert mean.get() == pytest.approx(0.5)
    assert mean.mass == pytest.approx(1 / (1 - 0.5**0.1))


def test_a_weight_counts_as_that_many() -> None:
    mean = DecayedMean(half_life=1e12)
    for value, w in ((3.0, 1.0), (5.0, 2.5), (100.0, 0.0)):
        mean.update(value, w)
    assert mean.get() == pytest.approx((3.0 + 2.5 * 5.0) / 3.5)


def test_the_count_is_the_decayed_sum() -> None:
    count = DecayedCount(half_life=2)
    for value in (1.0, -3.0, True):
        count.update(value, 2.0)
    assert count.get() == pytest.approx(2 * 0.5 - 6 * 0.5**0.5 + 2)


def test_a_long_silence_ends_at_0_not_in_denormal_numbers() -> None:
    count, mean = DecayedCount(half_life=1), DecayedMean(half_life=1)
    for value in [1.0] + [0.0] * 2_000:
        count.update(value)
        mean.update(value)
    assert (count.get(), mean.get()) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("one", "other", "named"),
    [
        (DecayedCount(5), DecayedMean(5), "a DecayedMean: expected a DecayedCount"),
        (DecayedMean(5), DecayedCount(5), "a DecayedCount: expected a DecayedMean"),
        (DecayedMean(5), 0.5, "a float: expected a DecayedMean"),
    ],
)
def test_other_kinds_do_not_merge(one: Any, other: Any, named: str) -> None:
    one.update(1.0)
    with pytest.raises(ValueError, match=f"^other is {named}$"):
        one.merge(other)
    assert one.get() == 1.0


@pytest.mark.parametrize("kind", [DecayedMean, DecayedCount])
def test_other_half_lives_do_not_merge(kind: Any) -> None:
    with pytest.raises(ValueError, match=r"half_life=10.*half_life=20"):
        kind(half_life=10).merge(kind(half_life=20))


@pytest.mark.parametrize("kind", [DecayedMean, DecayedCount])
@pytest.mark.parametrize("half_life", [0, -5, math.inf, math.nan])
def test_a_wrong_half_life_is_named(kind: Any, half_life: float) -> None:
    with pytest.raises(ValueError, match="half_life="):
        kind(half_life=half_life)


@pytest.mark.parametrize("kind", [DecayedMean, DecayedCount])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_value_that_is_no_number_is_refused_and_not_shown(kind: Any, value: float) -> None:
    with pytest.raises(ValueError, match="value") as error:
        kind(half_life=10).update(value)
    assert repr(value) not in str(error.value)
