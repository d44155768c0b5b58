from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.twins.interpreted import compiled, interpreted

PASSES: list[dict[Any, Any]] = [
    {},
    {"a": 1.0, "b": 2, "c": True, "d": "é", "e": None, "€": "日本", "😀": "😀"},
    {0: 1.0, -(2**63): float("nan"), 2**63 - 1: float("inf")},
]
FAILS: list[dict[Any, Any]] = [
    {"\ud800": 1.0},
    {"a": "x\udfff"},
    {"a": 2**63},
    {2**63: 1.0},
    {(1, 2): 1.0},
    {1.5: 1.0},
    {True: 1.0},
    {None: 1.0},
    {b"a": 1.0},
    {"a": [1.0]},
    {"a": np.float64(1.0)},
    {np.str_("a"): 1.0},
]


@pytest.mark.parametrize("x", PASSES + FAILS, ids=repr)
def test_both_say_the_same(x: dict[Any, Any]) -> None:
    for twin in (compiled("storable"), interpreted("storable")):
        assert twin.storable(x) is (x in PASSES)
