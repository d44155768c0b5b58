from __future__ import annotations

import math

import pytest

from streamimb.engine import BothReported, PositivesReported


def test_when_an_event_is_due() -> None:
    assert BothReported().due(5.0, 7.0) == math.inf
    assert BothReported(ttl_s=10.0).due(5.0, 7.0) == 17.0
    assert PositivesReported(window_s=10.0).due(5.0, 7.0) == 15.0


@pytest.mark.parametrize("seconds", [0.0, -1.0, math.nan, math.inf])
def test_seconds_out_of_range_are_named(seconds: float) -> None:
    with pytest.raises(ValueError, match="ttl_s="):
        BothReported(ttl_s=seconds)
    with pytest.raises(ValueError, match="window_s="):
        PositivesReported(window_s=seconds)
