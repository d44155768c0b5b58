# cython: language_level=3
"""The label of an event of two classes, checked before it is used."""

from __future__ import annotations

from typing import Any


def checked_label(y: Any) -> bool:
    """Return a label of two classes as a bool.

    **Cost**: O(1).

    Raises
    ------
    ValueError
        Where y is neither of True, False, 1 and 0, as Python or numpy has them.

    Examples
    --------
    >>> checked_label(1), checked_label(0.0)
    (True, False)
    """
    try:
        if y == 1:
            return True
        if y == 0:
            return False
    except Exception as error:
        raise ValueError(f"y is {type(y).__name__}: expected True or False, or 1 or 0") from error
    raise ValueError(f"y is {type(y).__name__}: expected True or False, or 1 or 0")
