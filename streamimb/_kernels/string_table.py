# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The saved form of the table of strings: only the slots that were learned, each checked before use.

A slot has `stride` numbers, as many of each of `kinds` kinds of experts: the weights of all learning rates, then the
sum of squared gradients. Once the slot was learned, this sum is above 0 for one of the kinds at least.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.saved import numbers, wholes

LARGEST = limits.LARGEST_COEFFICIENT


def sparse(table: cython.double[::1], stride: cython.Py_ssize_t, kinds: cython.Py_ssize_t) -> Any:
    """Return the slots that were learned and their contents, as bytes; None where there is no table."""
    i: cython.Py_ssize_t
    k: cython.Py_ssize_t
    if len(table) == 0:
        return None
    slots = array("q")
    content = array("d")
    own: cython.Py_ssize_t = stride // kinds
    for i in range(0, len(table), stride):
        if table[i + own - 1] != 0.0 or table[i + stride - 1] != 0.0:
            slots.append(i // stride)
            for k in range(stride):
                content.append(table[i + k])
    return slots.tobytes(), content.tobytes()


def checked_table(saved: Any, bits: int, stride: int, kinds: int) -> Any:
    """Return the slots and contents of a saved table of 2^bits slots; None where there was none.

    Raises
    ------
    ValueError
        Where a slot is outside the table or comes twice, or a number is too large.
    """
    if saved is None:
        return None
    if type(saved) is not tuple or len(saved) != 2:  # an index into a shorter one would not be checked
        raise ValueError("state: the table must be the bytes of its slots and of their contents")
    found = {"slots of the table": saved[0], "contents of the table": saved[1]}
    slots = wholes(found, "slots of the table", None, 0, (1 << bits) - 1)
    content = numbers(found, "contents of the table", None, -LARGEST, LARGEST)
    if len(content) != stride * len(slots) or len(set(slots)) != len(slots):
        raise ValueError(f"state: the table must have {stride} numbers for each slot, and each slot once")
    own = stride // kinds
    squares = [content[(k + 1) * own - 1 :: stride] for k in range(kinds)]
    if not all(min(of_slot) >= 0.0 and max(of_slot) > 0.0 for of_slot in zip(*squares, strict=True)):
        raise ValueError("state: a sum of squares of the table is not above 0")
    return slots, content


def fill(table: cython.double[::1], stride: cython.Py_ssize_t, saved: Any) -> None:
    """Write checked slots and contents into an empty table."""
    i: cython.Py_ssize_t
    k: cython.Py_ssize_t
    slots: cython.Py_ssize_t[::1] = saved[0]
    content: cython.double[::1] = saved[1]
    for i in range(len(slots)):
        for k in range(stride):
            table[slots[i] * stride + k] = content[i * stride + k]
