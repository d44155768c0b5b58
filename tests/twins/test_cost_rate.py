from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import VALUES, WEIGHTS, exact, outcome

P = {False: 0.97, True: 0.03}
MANY = {"a": 0.5, False: 0.4, "b": 0.1}
COSTS = [(20.0, 1.0), (20, 1), ("a", 1.0), ("a", "b"), (lambda x: x["a"], "b")]


def make(kernel: Any, costs: Any) -> Any:
    rates = kernel("cost_rate").CostRate(500.0)
    rates._set_costs(*costs)
    return rates


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(COSTS),
    st.lists(st.tuples(st.fixed_dictionaries({}, optional={"a": VALUES, "b": VALUES}), WEIGHTS), max_size=40),
)
def test_any_costs_agree_bit_for_bit(costs: Any, stream: list[tuple[dict[str, Any], float]]) -> None:
    native, twin = make(compiled, costs), make(interpreted, costs)
    for x, w in stream:
        for p in (P, MANY):
            assert outcome_of(native.rates_one, x, p, p) == outcome_of(twin.rates_one, x, p, p)
        assert outcome_of(native.learn_one, x, True, P, P, P, w) == outcome_of(
            twin.learn_one, x, True, P, P, P, w
        )
        assert exact(native._sums) == exact(twin._sums)
        assert native.missing_share == twin.missing_share


def outcome_of(call: Any, *arguments: Any) -> Any:
    try:
        return outcome(call, *arguments)
    except KeyError:
        return "KeyError"


@pytest.mark.parametrize("costs", COSTS[:3], ids=str)
def test_a_saved_state_goes_from_one_twin_to_the_other(costs: Any) -> None:
    native, twin = make(compiled, costs), make(interpreted, costs)
    for i in range(500):
        native.learn_one({"a": float(i % 7), "b": 3.0}, False, P, P, P)
    twin._resume(native._sums)
    x = {"a": 2.5, "b": 1.0}
    assert exact(native.rates_one(x, P, P)) == exact(twin.rates_one(x, P, P))
