from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import exact, outcome

MASSES = st.dictionaries(
    st.sampled_from("abcdefghijkl"),
    st.one_of(st.floats(0, 1), st.sampled_from([0.0, 1e-9, 0.5, 1.0])),
    max_size=12,
)


@pytest.mark.parametrize(
    ("odds", "fixed"), [(4.0, 0.0), (0.25, 0.0), (999_999.0, 0.0), (0.0, 0.03), (0.0, 1.0)]
)
@settings(max_examples=200, deadline=None)
@given(masses=MASSES)
def test_any_masses_agree_bit_for_bit(odds: float, fixed: float, masses: dict[str, float]) -> None:
    native, twin = compiled("class_targets").targets, interpreted("class_targets").targets
    rates: Any = native(masses, odds, fixed)
    assert exact(rates) == exact(twin(masses, odds, fixed))
    assert all(1e-6 <= rate < 1.0 for rate in rates.values())
    assert outcome(native, masses, odds, fixed) == outcome(twin, masses, odds, fixed)
