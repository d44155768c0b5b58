"""A label that no state can hold is refused by every synthesizer before it is kept."""

from __future__ import annotations

from typing import Any

import pytest

from streamimb.checks import data_of
from tests.laws.table import SYNTHESIZERS


class Odd:
    """A label whose comparison raises, once it is kept."""

    def __hash__(self) -> int:
        return 1

    def __eq__(self, other: object) -> bool:
        raise RuntimeError


@pytest.mark.parametrize("name", [name for name in SYNTHESIZERS if name.split()[0] != "External"])
@pytest.mark.parametrize(
    "y", [None, 2.5, (1, 2), "\ud800", Odd()], ids=["None", "2.5", "tuple", "surrogate", "odd"]
)
def test_what_is_no_label_is_refused_and_not_kept(name: str, y: Any) -> None:
    made = SYNTHESIZERS[name]()
    before = data_of(made)
    with pytest.raises((ValueError, RuntimeError)):
        made.learn_one({"a": 1.0}, y)
        list(made.examples_one({"a": 1.0}, y, 3, lambda x: {False: 0.5, True: 0.5}))
    assert data_of(made) == before
