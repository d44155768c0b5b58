from __future__ import annotations

import math

import pytest

from streamimb._kernels.event_weight import checked_weight


@pytest.mark.parametrize("w", [-1.0, math.nan, math.inf])
def test_fault_51_what_is_no_weight_is_refused(w: float) -> None:
    with pytest.raises(ValueError, match="w="):
        checked_weight(w)


def test_fault_51_a_huge_weight_counts_as_1e15() -> None:
    assert (checked_weight(1e300), checked_weight(0), checked_weight(2.5)) == (1e15, 0.0, 2.5)
