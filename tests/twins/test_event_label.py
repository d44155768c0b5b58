from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import outcome


class Incomparable:
    def __eq__(self, other: object) -> bool:
        raise ArithmeticError("odd")

    __hash__ = None  # type: ignore[assignment]  # not compared by a hash either


@pytest.mark.parametrize(
    "y", [True, False, 1, 0, 1.0, np.True_, np.int64(0), 2, None, "a", math.nan, np.ones(2), Incomparable()]
)
def test_the_same_is_a_label_and_the_same_is_refused(y: Any) -> None:
    native, twin = (kernel("event_label").checked_label for kernel in (compiled, interpreted))
    assert outcome(native, y) == outcome(twin, y)
