from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import outcome

SAID = [0.25, 1, 0, -0.1, 1.1, math.nan, np.float64(0.5), {True: 0.3, False: 0.7}, {}, {"a": 1.0}]


@pytest.mark.parametrize("y", [True, False, 1, 0, np.True_, np.int64(0), 0.0, 2, None, "a"])
@pytest.mark.parametrize("w", [1.0, 2, 0.0, 1e300, -1.0, math.nan])
def test_the_same_is_an_observation_and_the_same_is_refused(y: Any, w: Any) -> None:
    native, twin = (kernel("observation").observation for kernel in (compiled, interpreted))
    for p in SAID:
        assert outcome(native, y, p, w) == outcome(twin, y, p, w)


@pytest.mark.parametrize("x", [{"a": 1.0}, {}, None])
@pytest.mark.parametrize("field", ["a", len])
def test_the_same_is_read_of_features(field: Any, x: Any) -> None:
    native, twin = (kernel("observation").field_of for kernel in (compiled, interpreted))
    assert outcome(native, field, x) == outcome(twin, field, x)
