from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import streamimb
from streamimb._kernels.event_times import EventTimes
from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import exact

TIMES = st.one_of(st.floats(), st.integers(-5, 5).map(float), st.just(-0.0))


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 12), st.lists(TIMES, max_size=60), st.integers(0, 60))
def test_any_times_agree_bit_for_bit_and_after_a_restart(size: int, times: list[float], cut: int) -> None:
    native, twin = (kernel("event_times").EventTimes(size) for kernel in (compiled, interpreted))
    for i, t in enumerate(times):
        if i == cut:
            again = EventTimes.__new__(EventTimes)
            again.__setstate__(native.__getstate__())
            native = again
        assert exact((native.add(t), native.lead())) == exact((twin.add(t), twin.lead()))
    assert exact(native) == exact(twin)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 12), st.lists(TIMES, max_size=60))
def test_it_is_the_time_two_thirds_agree_on(size: int, times: list[float]) -> None:
    kept: list[float] = []
    now = -math.inf
    known = EventTimes(size)
    for t in times:
        if math.isfinite(t):
            kept = [*kept, t][-size:]
            order = sorted(kept)
            low, high = order[len(kept) // 3], order[2 * (len(kept) - 1) // 3]
            now = low if low > now else min(high, now)
        assert known.add(t) == now
        if kept:
            assert known.lead() == pytest.approx(max(0.0, statistics.median_high(kept) - now))


@pytest.mark.parametrize(
    "wrong",
    [
        {"times": [1.0, 2.0, 3.0, 4.0]},
        {"times": [math.nan]},
        {"times": [math.inf]},
        {"times": []},
        {"now": -math.inf},
        {"now": math.nan},
        {"now": math.inf},
        {"now": math.nan, "times": []},
        {"size": 0, "times": [], "now": -math.inf},
    ],
)
def test_a_damaged_state_is_refused(wrong: dict[str, object]) -> None:
    known = EventTimes(3)
    known.add(5.0)
    with pytest.raises(ValueError, match="state: "):
        EventTimes.__new__(EventTimes).__setstate__({**known.__getstate__(), **wrong})


@pytest.mark.parametrize("size", [0, -1, 2**40])
def test_without_room_for_a_time_or_with_too_much_it_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match=f"size={size}"):
        EventTimes(size)
    if streamimb.__native__:
        assert EventTimes.__new__(EventTimes).add(1.0) == 1.0
