from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import PROBABILITIES, WEIGHTS, exact, outcome


def make(kernel: Any, budget: float, most: float, by_recall: bool) -> Any:
    rates = kernel("feedback_rate").FeedbackRate(200)
    rates._set_budget(budget, most, by_recall)
    return rates


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([0.01, 0.5, 3.0]),
    st.sampled_from([1.0, 10.0]),
    st.booleans(),
    st.lists(st.tuples(PROBABILITIES, st.sampled_from([False, True, "c"]), WEIGHTS), max_size=60),
)
def test_any_labels_agree_bit_for_bit(
    budget: float, most: float, by_recall: bool, stream: list[tuple[float, Any, float]]
) -> None:
    native = make(compiled, budget, most, by_recall)
    twin = make(interpreted, budget, most, by_recall)
    for p, y, w in stream:
        m = max(1e-12, min(1.0 - 1e-12, p))
        for prior in ({False: 1.0 - m, True: m}, {False: 0.9 * (1.0 - m), True: m, "c": 0.1 * (1.0 - m)}):
            assert outcome(native.rates_one, {}, prior, prior) == outcome(twin.rates_one, {}, prior, prior)
            arguments: tuple[Any, ...] = ({}, y, prior, prior, prior, w)
            assert outcome(native.learn_one, *arguments) == outcome(twin.learn_one, *arguments)
        assert exact(native._learned) == exact(twin._learned)
