from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import WEIGHTS, exact, outcome

VALUES = st.lists(st.tuples(st.floats(), WEIGHTS), max_size=40)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([0.5, 1.0, 100.0, 2e4]), VALUES, VALUES)
def test_any_values_agree_bit_for_bit(half_life: float, before: list[Any], after: list[Any]) -> None:
    ends = []
    for kernel in (compiled, interpreted):
        one, other = (kernel("decayed").Decayed(half_life) for _ in range(2))
        said = [outcome(one.update, *pair) for pair in before] + [outcome(other.update, *p) for p in after]
        one.append(*other.sums)
        ends.append((said, exact(one), exact(one.sums)))
    assert ends[0] == ends[1]
