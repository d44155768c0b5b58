# cython: language_level=3
"""Checks of a saved state: the kind, length and range of every entry, before any of it is used.

Compiled kernels index their buffers without bounds checks, so a `__setstate__` reads every entry through these
functions first and assigns after the last check: a refused state changes nothing. Each function raises ValueError,
which names the entry and what was expected, and quotes no value.

Numbers of a state must be exactly of type float or int, not of a subclass.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.answer import is_label

FINITE = limits.FINITE
WHOLE = 1 << 53  # counts up to here are exact as doubles


def entries(state: Any, *names: str) -> dict[str, Any]:
    """Return the state, a dict of exactly these keys, as a dict of its own.

    Cost: O(keys).

    Examples
    --------
    >>> entries({"n": 1}, "n", "mass")
    Traceback (most recent call last):
    ValueError: state: the entry mass is missing: restore a state that this version wrote
    """
    if type(state) is not dict:
        raise ValueError(f"state: expected a dict, not {type(state).__name__}")
    for name in names:
        if name not in state:
            raise ValueError(f"state: the entry {name} is missing: restore a state that this version wrote")
    if len(state) != len(names):
        raise ValueError(f"state: expected no other entries than {', '.join(names)}")
    return dict(state)


def refused(name: str, expected: str) -> ValueError:
    """Return the error for an entry that differs from what was expected."""
    return ValueError(f"state: {name}: expected {expected}")


class Entry:
    """Reads one entry of a state: an error that names no entry becomes one that names this.

    Cost: O(1).

    Examples
    --------
    >>> with Entry("reader"):
    ...     {}["names"]
    Traceback (most recent call last):
    ValueError: state: reader: expected what this version writes, not KeyError: 'names'
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: Any, _: Any) -> None:
        if isinstance(error, (TypeError, KeyError, IndexError, AttributeError, OverflowError)):
            raise refused(
                self.name, f"what this version writes, not {type(error).__name__}: {error}"
            ) from error


def number(state: dict[Any, Any], name: Any, low: float = -FINITE, high: float = FINITE) -> float:
    """Return a number from low to high.

    Cost: O(1).

    Examples
    --------
    >>> number({"share": float("nan")}, "share", 0.0, 1.0)
    Traceback (most recent call last):
    ValueError: state: share: expected a number in [0, 1]
    """
    value: Any = state[name]
    if (type(value) is not float and type(value) is not int) or not low <= value <= high:
        raise refused(name, f"a {_kind('number', low, high)}")
    return float(value)


def whole(state: dict[str, Any], name: str, low: int = 0, high: int = WHOLE) -> int:
    """Return a whole number from low to high.

    Cost: O(1).
    """
    value: Any = state[name]
    if type(value) is not int or not low <= value <= high:
        raise refused(name, f"a whole number from {low} to {high}")
    return int(value)


def switch(state: dict[str, Any], name: str) -> bool:
    """Return True or False.

    Cost: O(1).
    """
    value: Any = state[name]
    if value is not True and value is not False:
        raise refused(name, "True or False")
    return bool(value)


def text(state: dict[str, Any], name: str, most: int = 10_000) -> str:
    """Return a string of at most so many characters.

    Cost: O(1).
    """
    value: Any = state[name]
    if type(value) is not str or len(value) > most:
        raise refused(name, f"a string of at most {most} characters")
    return str(value)


def numbers(
    state: dict[str, Any],
    name: str,
    n: int | None = None,
    low: cython.double = -FINITE,
    high: cython.double = FINITE,
) -> array[float]:
    """Return an array of n doubles (None: of any number) from low to high, saved as bytes.

    Cost: O(n).

    Examples
    --------
    >>> numbers({"mass": bytes(16)}, "mass", 2, 0.0)
    array('d', [0.0, 0.0])
    """
    found = _buffer(state, name, n, "d")
    values: cython.double[::1]
    i: cython.Py_ssize_t
    if len(found) > 0:
        values = found
        for i in range(len(found)):
            if not low <= values[i] <= high:
                raise refused(name, _kind("numbers", low, high))
    return found


def wholes(
    state: dict[str, Any],
    name: str,
    n: int | None = None,
    low: cython.longlong = 0,
    high: cython.longlong = WHOLE,
) -> array[int]:
    """Return an array of n 64-bit integers (None: of any number) from low to high, saved as bytes.

    Cost: O(n).
    """
    found = _buffer(state, name, n, "q")
    values: cython.longlong[::1]
    i: cython.Py_ssize_t
    if len(found) > 0:
        values = found
        for i in range(len(found)):
            if not low <= values[i] <= high:
                raise refused(name, f"whole numbers from {low} to {high}")
    return found


def flags(state: dict[str, Any], name: str, n: int | None = None) -> array[int]:
    """Return an array of n bytes (None: of any number), each 0 or 1, saved as bytes.

    Cost: O(n).
    """
    found = _buffer(state, name, n, "B")
    if found and max(found) > 1:
        raise refused(name, "bytes of 0 or 1")
    return found


def _buffer(state: dict[str, Any], name: str, n: int | None, code: str) -> Any:
    value: Any = state[name]
    if type(value) is not bytes:
        raise refused(name, "bytes")
    width = 1 if code == "B" else 8
    if len(value) % width or (n is not None and len(value) != n * width):
        raise refused(name, f"{'any number of' if n is None else n} entries of {width} bytes each")
    return array(code, value)


def listed(state: dict[str, Any], name: str, n: int | None = None, most: int = 1 << 24) -> list[Any]:
    """Return a list or tuple of n entries (None: of at most `most`) as a list; the entries themselves are not checked.

    Cost: O(n).
    """
    value: Any = state[name]
    if (type(value) is not list and type(value) is not tuple) or len(value) > most:
        raise refused(name, f"a list of at most {most} entries")
    if n is not None and len(value) != n:
        raise refused(name, f"a list of {n} entries")
    return list(value)


def row(
    state: dict[str, Any], name: str, n: int | None = None, low: float = -FINITE, high: float = FINITE
) -> list[float]:
    """Return a list or tuple of n numbers (None: of any number) from low to high as a list of floats.

    Cost: O(n).
    """
    found = listed(state, name, n)
    return [number({name: value}, name, low, high) for value in found]


def distinct(state: dict[str, Any], name: str, n: int | None = None, most: int = 1 << 24) -> list[Any]:
    """Return a list of names that can be keys of one dict: hashable, all different, each equal to itself.

    Cost: O(n).

    Examples
    --------
    >>> distinct({"names": ["a", "b", "a"]}, "names")
    Traceback (most recent call last):
    ValueError: state: names: expected names that differ
    """
    found = listed(state, name, n, most)
    for one in found:
        if not is_plain(one, 0):
            raise refused(name, "names that are strings, numbers, bytes, None, or tuples of them")
    if len(set(found)) != len(found) or any(one != one for one in found):
        raise refused(name, "names that differ")
    return found


def labels(state: dict[str, Any], name: str) -> list[Any]:
    """Return a list of labels as `answer.label_of` gives them: bools, strings or integers, all different.

    Cost: O(n).

    Examples
    --------
    >>> labels({"met": [True, (1, 2)]}, "met")
    Traceback (most recent call last):
    ValueError: state: met: expected labels that differ: True and False, strings, integers
    """
    found = listed(state, name)
    if not all(is_label(one) for one in found) or len(set(found)) != len(found):
        raise refused(name, "labels that differ: True and False, strings, integers")
    return found


def alike(state: Any, other: dict[str, Any], *names: str) -> None:
    """Refuse a state whose entries of these names differ from those of another, such as that of a new object.

    Cost: O(entries).

    Examples
    --------
    >>> alike({"fade": 0.5}, {"fade": 0.9}, "fade")
    Traceback (most recent call last):
    ValueError: state: fade: expected what follows from the parameters
    """
    for name in names:
        if type(state) is not dict or name not in state:
            raise ValueError(f"state: the entry {name} is missing: restore a state that this version wrote")
        if type(state[name]) is not type(other[name]) or state[name] != other[name]:
            raise refused(name, "what follows from the parameters")


def is_plain(value: Any, depth: int) -> bool:
    """Whether a value is hashable plain data, whose comparison runs no foreign code."""
    kind = type(value)
    if kind is tuple:
        return depth < 100 and all(is_plain(one, depth + 1) for one in value)
    return value is None or kind is str or kind is int or kind is float or kind is bool or kind is bytes


def _kind(what: str, low: float, high: float) -> str:
    if low == -FINITE and high == FINITE:
        return f"finite {what}"
    if high == FINITE:
        return f"finite {what} of at least {low:g}"
    return f"{what} in [{low:g}, {high:g}]"
