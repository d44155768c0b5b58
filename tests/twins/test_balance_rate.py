from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import PROBABILITIES, WEIGHTS, exact, outcome


def make(kernel: Any, over: bool, even: bool, copies: float, memory: float) -> Any:
    rates = kernel("balance_rate").BalanceRate()
    rates._set_balance(over, even, copies, memory)
    return rates


@settings(max_examples=150, deadline=None)
@given(
    st.tuples(
        st.booleans(), st.booleans(), st.sampled_from([1.0, 0.3, 6.0]), st.sampled_from([0.0, 5.0, 700.0])
    ),
    st.lists(st.tuples(PROBABILITIES, st.sampled_from([False, True, "c"]), WEIGHTS), max_size=80),
)
def test_any_labels_agree_bit_for_bit(
    parameters: tuple[bool, bool, float, float], stream: list[tuple[float, Any, float]]
) -> None:
    native, twin = make(compiled, *parameters), make(interpreted, *parameters)
    for m, y, w in stream:
        for prior in ({False: 1.0 - m, True: m}, {False: 0.9 * (1.0 - m), True: m, "c": 0.1 * (1.0 - m)}):
            assert outcome(native.rates_one, {}, prior, prior) == outcome(twin.rates_one, {}, prior, prior)
            arguments: tuple[Any, ...] = ({}, y, prior, prior, prior, w)
            assert outcome(native.learn_one, *arguments) == outcome(twin.learn_one, *arguments)
        assert exact(native._learned) == exact(twin._learned)
