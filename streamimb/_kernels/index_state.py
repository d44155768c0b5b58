# cython: language_level=3
"""The saved state of a feature index, checked before a reader takes it over."""

from __future__ import annotations

from typing import Any

from streamimb._kernels.presence import Presence
from streamimb._kernels.saved import distinct, entries, refused, whole, wholes


def checked_index(state: Any) -> tuple[list[Any], int, Any, Any]:
    """Return names, seed, number slots and presence of a saved index.

    Raises
    ------
    ValueError
        Where two names are equal, or the number slots are not 0, 1, 2, ... each once.
    """
    saved = entries(state, "seed", "names", "number_of", "presence")
    names = distinct(saved, "names")
    presence = Presence()
    presence.__setstate__(saved["presence"])
    numbers = len(saved["presence"]["share"]) // 8
    number_of = wholes(saved, "number_of", len(names), -1, max(numbers - 1, -1))
    if sorted(slot for slot in number_of if slot != -1) != list(range(numbers)):
        raise refused("number_of", "the number slots 0, 1, 2, ... each once")
    return names, whole(saved, "seed", 0, 2**64 - 1), number_of, presence
