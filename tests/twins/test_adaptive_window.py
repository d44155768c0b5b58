from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import WEIGHTS, exact, outcome

VALUES = st.lists(st.tuples(st.one_of(st.floats(0, 1), st.floats()), WEIGHTS), max_size=80)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([0.002, 0.9]), st.sampled_from([1, 7]), VALUES)
def test_any_values_agree_bit_for_bit(delta: float, clock: int, values: list[Any]) -> None:
    ends = []
    for kernel in (compiled, interpreted):
        made = kernel("adaptive_window").AdaptiveWindow(delta, clock)
        said = [(outcome(made.update, *pair), made.drift_detected) for pair in values]
        ends.append((said, exact(made), exact(made.get()), exact(made.width)))
    assert ends[0] == ends[1]


def test_changes_are_cut_at_the_same_updates_and_a_state_moves_between_the_twins() -> None:
    rng = random.Random(1)
    native, twin = (kernel("adaptive_window").AdaptiveWindow(0.01, 8) for kernel in (compiled, interpreted))
    cuts = 0
    for i in range(12_000):
        x, w = float(rng.random() < (0.02, 0.3, 0.1)[i // 4_000]), rng.choice([1.0, 1.0, rng.expovariate(1)])
        native.update(x, w)
        twin.update(x, w)
        assert (native.drift_detected, native.get().hex()) == (twin.drift_detected, twin.get().hex())
        cuts += native.drift_detected
        if i == 6_000:
            twin.__setstate__(native.__getstate__())
    assert cuts >= 2
    assert exact(native) == exact(twin)
