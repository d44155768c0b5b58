from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import PROBABILITIES, outcome


@settings(deadline=None)
@given(PROBABILITIES, PROBABILITIES, st.floats(0.0, 1.0))
def test_the_shrunk_answer_is_the_same(pooled: float, own: float, share: float) -> None:
    native, twin = (kernel("segment").shrunk for kernel in (compiled, interpreted))
    assert outcome(native, pooled, own, share) == outcome(twin, pooled, own, share)


@pytest.mark.parametrize(
    "value", ["fr", "x" * 201, "\ud800", "\u00e4", 7, 2**63, -(2**63), True, 0.5, None, (1,)]
)
@pytest.mark.parametrize("by", ["c", lambda x: x["c"]])
def test_the_same_is_a_segment(by: Any, value: Any) -> None:
    native, twin = (kernel("segment").segment_of for kernel in (compiled, interpreted))
    assert outcome(native, by, {"c": value}) == outcome(twin, by, {"c": value})
    assert native(by, None) is twin(by, None) is None
