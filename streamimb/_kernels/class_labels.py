# cython: language_level=3
"""Labels of many classes, and an offset for each class, checked before they are used."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from streamimb._kernels.answer import label_of

TWO_CLASSES = (False, True)  # in the order of an answer
OFFSETS = "offsets: expected a finite number (log-odds) for each class, and at least one class"


def checked_labels(y: Any, n: int) -> list[Any]:
    """Return the labels of n rows as a list."""
    if len(y) != n:
        raise ValueError(f"y: expected {n} entries, one per row of X")
    return [label_of(label) for label in y]


def checked_offsets(offsets: Any, y: Any) -> dict[Any, float]:
    """Return the offsets by class as a dict of its own; y: a class that must be among them, or None."""
    if not isinstance(offsets, Mapping):
        raise ValueError(f"{OFFSETS}; they are {type(offsets).__name__}")
    checked = {label_of(label): _finite(offset) for label, offset in offsets.items()}
    if not checked:
        raise ValueError(OFFSETS)
    if y is not None and y not in checked:
        raise ValueError("offsets: the class of the label is missing")
    return checked


def _finite(offset: Any) -> float:
    try:
        finite = isfinite(offset)  # refuses a string, which `float` reads
    except (TypeError, OverflowError) as error:
        raise ValueError(f"{OFFSETS}; one of them is {type(offset).__name__}") from error
    if not finite:
        raise ValueError(OFFSETS)
    return float(offset)
