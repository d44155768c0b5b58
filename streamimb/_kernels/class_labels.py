# cython: language_level=3
"""Labels of many classes, and an offset for each class, checked before they are used."""

from __future__ import annotations

from math import isfinite
from typing import Any

from streamimb._kernels.answer import label_of

TWO_CLASSES = (False, True)  # in the order of an answer


def checked_labels(y: Any, n: int) -> list[Any]:
    """Return the labels of n rows as a list."""
    if len(y) != n:
        raise ValueError(f"y: expected {n} entries, one per row of X")
    return [label_of(label) for label in y]


def checked_offsets(offsets: Any, y: Any) -> dict[Any, float]:
    """Return the offsets by class as a dict of its own; y: a class that must be among them, or None."""
    checked = {label_of(label): float(offset) for label, offset in offsets.items()}
    if not checked or not all(isfinite(offset) for offset in checked.values()):
        raise ValueError(
            "offsets: expected a finite number (log-odds) for each class, and at least one class"
        )
    if y is not None and y not in checked:
        raise ValueError("offsets: the class of the label is missing")
    return checked
