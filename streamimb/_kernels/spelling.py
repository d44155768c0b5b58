# cython: language_level=3
"""Names of fields as text, and values of foreign types as numbers."""

from __future__ import annotations

from numbers import Integral
from typing import Any

from streamimb._kernels.answer import encodable
from streamimb._kernels.saved import is_plain

SURROGATE = (
    "a feature has a name with a lone surrogate, which no state can hold: give a string that UTF-8 can encode"
)


def spelt(name: Any, spell: Any = str) -> str:
    """Return a name as text; Python does not convert an integer of more than 4,300 decimal digits."""
    try:
        text: str = spell(name)
    except ValueError:
        text = hex(name)
    return text


def checked_name(name: Any) -> Any:
    """Return the name of a field: of a string of another type its text, of numpy's integers the integer.

    Raises ValueError for a name that no state can hold, or that is not equal to itself.
    """
    if isinstance(name, str):
        text = str.__str__(name)
        if not encodable(text):
            raise ValueError(SURROGATE)
        return text
    if isinstance(name, Integral) and not isinstance(name, bool):
        return int(name)
    if not is_plain(name, 0):
        raise ValueError(
            f"a feature has a name of type {type(name).__name__}, which no state can hold: give a string or a number"
        )
    if isinstance(name, tuple):
        for part in name:
            if isinstance(part, (str, tuple)):
                checked_name(part)
    if name != name:  # it would be new every time
        raise ValueError(
            f"a feature has a name of type {type(name).__name__} that is not equal to itself, such as NaN"
        )
    return name


def number_or_kind(raw: Any) -> Any:
    """Return a value as a float, or its type in words where it is no number; a too large integer gives 2e15."""
    kind = type(raw).__name__
    if isinstance(raw, float):
        return float.__float__(raw)
    if isinstance(raw, (bytes, bytearray)):
        return kind
    try:
        return float(raw)
    except OverflowError:
        return 2e15
    except (TypeError, ValueError):
        return kind
    except Exception as error:  # noqa: BLE001  the method of a foreign type may raise anything
        return f"{kind}, which raises {type(error).__name__}"
