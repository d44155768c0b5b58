"""A part's state as plain data, so that two states can be compared and measured.

Parts are compared by their data, not by the bytes of a pickle: a pickle also records which equal objects are one
object, which no part depends on.
"""

from __future__ import annotations

import types
from array import array
from collections.abc import Mapping, Sized
from typing import Any

import numpy as np

NAMED = (type, types.FunctionType, types.BuiltinFunctionType)
WORD = 8  # bytes that a number, a reference or an entry counts


def data_of(part: Any) -> Any:
    """Return a part as nested tuples of types, numbers, strings and bytes.

    Floats are converted by `float.hex`, so that equal data means equal bits, also for NaN. The order of entries of
    dicts and sets has no effect. An object is its class and what `pickle` would save of it: its `__getstate__`.

    **Cost**: O(size of the state).

    Raises
    ------
    TypeError
        For an object that cannot be pickled, which cannot be saved either.

    Examples
    --------
    >>> from streamimb import stats
    >>> mean, other = stats.DecayedMean(half_life=10), stats.DecayedMean(half_life=10)
    >>> data_of(mean) == data_of(other)
    True
    >>> mean.update(1.0)
    >>> data_of(mean) == data_of(other)
    False
    """
    return _data(part, {}, [])


def size_of(part: Any) -> int:
    """Return the size of a part in bytes: of its state, and of the entries of its containers that are not in it."""
    own: Mapping[str, Any] = getattr(part, "__dict__", {})
    return _bytes(data_of(part)) + WORD * sum(
        len(value) for value in own.values() if isinstance(value, Sized)
    )


def _bytes(data: Any) -> int:
    if isinstance(data, str | bytes):
        return len(data)
    return WORD + sum(map(_bytes, data)) if isinstance(data, tuple) else WORD


def _data(value: Any, done: dict[int, Any], alive: list[Any]) -> Any:
    """Return the data of a value; `done` holds that of objects seen before, which `alive` keeps from being freed."""
    kind = type(value)
    if value is None or kind is bool or kind is int or kind is str or kind is bytes:
        return (kind.__name__, value)
    if kind is float:
        return ("float", value.hex())
    if isinstance(value, NAMED):
        return ("name", f"{value.__module__}.{value.__qualname__}")
    if id(value) in done:
        return done[id(value)]
    done[id(value)] = ("above", kind.__qualname__)  # until its data is known, for cycles
    alive.append(value)
    done[id(value)] = found = (kind.__qualname__, *_content(value, kind, done, alive))
    return found


def _content(value: Any, kind: type, done: dict[int, Any], alive: list[Any]) -> tuple[Any, ...]:
    if kind is tuple or kind is list:
        return tuple(_data(item, done, alive) for item in value)
    if kind is dict:
        return _entries(value.items(), done, alive)
    if kind is set or kind is frozenset:
        return tuple(sorted((_data(item, done, alive) for item in value), key=repr))
    if kind is bytearray or kind is memoryview:
        return (bytes(value),)
    if kind is array:
        return (value.typecode, value.tobytes())
    if kind is np.ndarray and not value.dtype.hasobject:
        return (value.dtype.str, value.shape, value.tobytes())
    reduced = value.__reduce_ex__(4)
    if isinstance(reduced, str):  # something that its module has under this name
        return (f"{value.__module__}.{reduced}",)
    made, arguments, *rest = reduced
    state, items, entries = (*rest, None, None, None)[:3]
    return (
        _data(made, done, alive),
        _data(arguments, done, alive),
        _data(state, done, alive),
        tuple(_data(item, done, alive) for item in items or ()),
        _entries(entries or (), done, alive),
    )


def _entries(entries: Any, done: dict[int, Any], alive: list[Any]) -> tuple[Any, ...]:
    pairs = [(_data(key, done, alive), _data(item, done, alive)) for key, item in entries]
    return tuple(sorted(pairs, key=lambda pair: repr(pair[0])))
