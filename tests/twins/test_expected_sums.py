from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import PROBABILITIES, WEIGHTS, exact, outcome


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.booleans(), PROBABILITIES, WEIGHTS), max_size=80))
def test_any_events_agree_bit_for_bit(events: list[Any]) -> None:
    ends = []
    for kernel in (compiled, interpreted):
        made = kernel("expected_sums").ExpectedSums()
        made._begin_sums(0.1, *(kernel("decayed_sums").DecayedSums(50.0) for _ in range(3)))
        said = [outcome(made.serve, p, w) for _, p, w in events]
        for y, p, w in events:
            if type(w) is float and 0.0 < w <= 1e15:
                made.update_p(y, p, w)
        ends.append((said, [exact(sums.sums()) for sums in made._sums_now()]))
    assert ends[0] == ends[1]
