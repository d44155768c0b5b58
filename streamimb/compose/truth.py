"""Labels as the lanes see them: True and False are told from every other label in one place."""

from typing import Any


def canonical(y: Any) -> Any:
    """True and False for bools, numpy's bools, 1 and 0; every other label as it is."""
    if y is True or y is False:
        return y
    if y is None or y != y:
        raise ValueError("y: None and NaN are no labels")
    return bool(y) if y in (0, 1) else y
