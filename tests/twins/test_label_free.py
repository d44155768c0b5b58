from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import PROBABILITIES, WEIGHTS, exact, outcome


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.one_of(PROBABILITIES, st.floats()), WEIGHTS), max_size=80), st.floats(1e-6, 0.9))
def test_any_scores_agree_bit_for_bit(scores: list[Any], reference: float) -> None:
    ends = []
    for kernel in (compiled, interpreted):
        made = kernel("label_free").LabelFree()
        made._begin(200.0, 0.05, 0.05, 0.0, 20.0)
        said = [outcome(made.update, *score) for score in scores]
        made._refer_to(reference)
        said += [outcome(made.update, *score) for score in scores]
        ends.append((said, exact(made._numbers()), exact(made.get())))
    assert ends[0] == ends[1]
