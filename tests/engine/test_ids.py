from __future__ import annotations

from typing import Any

import pytest

from streamimb.engine.ids import bad_id


@pytest.mark.parametrize(
    ("id", "reason"),
    [
        ("a", ""), ("x" * 256, ""), ("x" * 257, "id_too_long"), ("é" * 128, ""), ("é" * 129, "id_too_long"),
        ("", "no_id"), (None, "no_id"), (3, "no_id"), ("a\udc00", "id_encoding"),
    ],
)  # fmt: skip
def test_what_is_an_id(id: Any, reason: str) -> None:
    assert bad_id(id, 256) == reason
