from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import PROBABILITIES, WEIGHTS, exact, outcome

SERVED = st.tuples(PROBABILITIES, PROBABILITIES, PROBABILITIES, st.booleans(), WEIGHTS)


def both(shape: tuple[float, int] = (500.0, 300)) -> tuple[Any, Any]:
    return compiled("served").ServedSums(*shape), interpreted("served").ServedSums(*shape)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([(1.0, 1), (3.5, 4), (1e9, 600)]), st.lists(SERVED, max_size=40))
def test_any_served_events_agree_bit_for_bit(shape: tuple[float, int], stream: list[Any]) -> None:
    native, twin = both(shape)
    for arguments in stream:
        assert outcome(native.add, *arguments) == outcome(twin.add, *arguments)
        if arguments[0] > 0.5:
            assert outcome(native.orphan, arguments[3]) == outcome(twin.orphan, arguments[3])
    assert exact(native.recent_sums()) == exact(twin.recent_sums())
    assert exact((native, native.sums(), native.window())) == exact((twin, twin.sums(), twin.window()))


def test_two_streams_agree_bit_for_bit() -> None:
    rng = random.Random(8)
    ends = []
    for kernel in (compiled, interpreted):
        rng.seed(8)
        one, other = (kernel("served").ServedSums(500.0, 300) for _ in range(2))
        for _ in range(2_000):
            p = rng.betavariate(0.3, 8)
            (one if rng.random() < 0.6 else other).add(p, p * 0.9, p * 0.8, rng.random() < p, rng.random())
        one.absorb(other)
        ends.append(exact((one, one.sums(), one.window())))
    assert ends[0] == ends[1]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.floats(), WEIGHTS), max_size=40))
def test_any_histogram_agrees_bit_for_bit(stream: list[tuple[float, float]]) -> None:
    shape = (200.0, 1e-3, 1.2, 60)
    native, twin = (kernel("served").LogHistogram(*shape) for kernel in (compiled, interpreted))
    for value, w in stream:
        assert outcome(native.add, value, w) == outcome(twin.add, value, w)
    assert exact(native) == exact(twin)
