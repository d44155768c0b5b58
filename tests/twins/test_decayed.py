from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import WEIGHTS, exact, outcome


def both(half_life: float) -> tuple[Any, Any]:
    return compiled("decayed").Decayed(half_life), interpreted("decayed").Decayed(half_life)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from([0.5, 3, 20_000.0]),
    st.lists(st.tuples(st.one_of(st.floats(), st.booleans(), st.integers(-5, 5)), WEIGHTS), max_size=60),
)
def test_any_values_agree_bit_for_bit(half_life: float, values: list[tuple[float, float]]) -> None:
    native, twin = both(half_life)
    for value, w in values:
        assert outcome(native.update, value, w) == outcome(twin.update, value, w)
        assert exact(native.sums) == exact(twin.sums)
    assert exact(native) == exact(twin)


@pytest.mark.parametrize("half_life", [10, 2_000])
def test_a_merge_agrees_bit_for_bit(half_life: float) -> None:
    rng = random.Random(3)
    native, twin = both(half_life)
    later, later_twin = both(half_life)
    for _ in range(3_000):
        value, w = rng.gauss(0, 1), rng.expovariate(1)
        for part in (native, twin):
            part.update(value, 1.0)
        for part in (later, later_twin):
            part.update(value, w)
    native.append(*later.sums)
    twin.append(*later_twin.sums)
    assert exact(native) == exact(twin)
