"""What is no state of a part is refused in words, by every public part."""

from __future__ import annotations

from typing import Any

import pytest

from streamimb import catalogue

PUBLIC = [entry.cls for entry in catalogue.entries() if entry.cls.__module__.startswith("streamimb.")]


@pytest.mark.parametrize("kind", PUBLIC)
def test_what_is_no_state_is_refused_in_words(kind: Any) -> None:
    wrong: Any
    made: Any = next(iter([kind(**given) for given in getattr(kind, "_unit_test_params", list)()] or [None]))
    for wrong in (None, {}, [], "x", 5, {"fields": None}, {"half_life": None}, {"classifier": None}):
        part = kind.__new__(kind) if made is None else made
        with pytest.raises(ValueError):
            part.__setstate__(wrong)


def test_every_room_has_classes_with_a_state() -> None:
    assert len(PUBLIC) > 40
