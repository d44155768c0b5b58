from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import VALUES, WEIGHTS, exact, mixed_events, outcome

P = {False: 0.9, True: 0.1}


def make(kernel: Any) -> Any:
    rates = kernel("cluster_rate").ClusterRate(3, 50.0, 200.0)
    rates._set_budget(0.5, 10.0)
    return rates


def drive(native: Any, twin: Any, x: Any, y: bool, w: float) -> None:
    assert outcome(native.rates_one, x, P, P) == outcome(twin.rates_one, x, P, P)
    assert outcome(native.learn_one, x, y, P, P, P, w) == outcome(twin.learn_one, x, y, P, P, P, w)


def test_mixed_events_agree_bit_for_bit() -> None:
    native, twin, rng = make(compiled), make(interpreted), random.Random(1)
    for x, _, w, _ in mixed_events(400):
        drive(native, twin, x, rng.random() < 0.3, w)
    assert exact(native._learned) == exact(twin._learned)
    twin._resume(native._learned)
    assert exact(native._learned) == exact(twin._learned)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3), st.booleans(), WEIGHTS),
        max_size=25,
    )
)
def test_any_values_agree_bit_for_bit(stream: list[tuple[dict[str, Any], bool, float]]) -> None:
    native, twin = make(compiled), make(interpreted)
    for x, y, w in stream:
        drive(native, twin, x, y, w)
    assert exact(native._learned) == exact(twin._learned)
