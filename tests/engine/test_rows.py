from __future__ import annotations

import math

import pytest

from streamimb.engine.rows import EARLY, EXPIRED, KEYS, Finished, Held, Pending, Row, decode_row, encode_row


@pytest.mark.parametrize(
    "row",
    [
        Pending(
            "a",
            3,
            1.5,
            math.inf,
            {"x": 1, "y": None, "z": "é"},
            0.1,
            0.2,
            1e-300,
            True,
            True,
            86.5,
            True,
            2.5,
            EARLY,
        ),
        Held("h", 4, -1.0, 2.0, False),
        Finished("f", 5, 9.0, EXPIRED, None, None, 1.0, 0.1, 0.2, 0.3, True),
    ],
    ids=lambda row: KEYS[type(row)],
)
def test_a_row_comes_back_as_it_was(row: Row) -> None:
    assert decode_row(encode_row(row)) == row
