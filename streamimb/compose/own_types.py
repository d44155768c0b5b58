"""Converts values of numpy types and of subclasses to built-in types."""

from typing import Any

import numpy as np


def own_type(raw: Any) -> Any:
    """Return a number, string or bool of another type as a built-in one; anything else unchanged.

    A subclass may override how its values are compared or printed; the built-in value has no such methods.

    >>> own_type(np.float32(0.5)), own_type(np.str_("a")), own_type([1])
    (0.5, 'a', [1])
    """
    value = raw.item() if isinstance(raw, np.generic) else raw
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return float.__float__(value)
    if isinstance(value, int):
        return int.__int__(value)
    return str.__str__(value) if isinstance(value, str) else value
