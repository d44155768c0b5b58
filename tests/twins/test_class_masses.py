from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import PROBABILITIES, exact

LABELS = st.sampled_from(["a", "b", "c", 3, True])
P = st.dictionaries(LABELS, PROBABILITIES, max_size=5)
RATES = st.dictionaries(LABELS, st.floats(1e-6, 1e15), max_size=5)
GIVEN = st.dictionaries(LABELS, st.floats(0, 1e9), max_size=5)


@settings(max_examples=200, deadline=None)
@given(P, RATES, GIVEN)
def test_any_masses_agree_bit_for_bit(p: Any, rates: Any, masses: Any) -> None:
    native, twin = compiled("class_masses"), interpreted("class_masses")
    assert exact(native.divided_by_rates(p, rates)) == exact(twin.divided_by_rates(p, rates))
    prior = dict.fromkeys(p, 0.2)
    assert exact(native.with_other_prior(p, prior, masses)) == exact(twin.with_other_prior(p, prior, masses))
