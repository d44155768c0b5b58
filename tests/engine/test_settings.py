from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest

from streamimb.engine import Settings


@pytest.mark.parametrize("field", [field.name for field in msgspec.structs.fields(Settings)])
@pytest.mark.parametrize("value", [-1, math.nan])
def test_what_is_out_of_range_is_named(field: str, value: Any) -> None:
    if field == "learn_stale":
        assert Settings(learn_stale=True).learn_stale
        return
    with pytest.raises(ValueError, match=f"{field}={value!r}"):
        Settings(**{field: value})


def test_zero_seconds_of_memory_are_allowed_and_zero_rows_are_not() -> None:
    assert Settings(hold_s=0, late_s=0).late_s == 0
    with pytest.raises(ValueError, match="max_pending=0"):
        Settings(max_pending=0)
