"""Writes a state as bytes and reads it: a tree of plain data and (registered name, state version, state).

Reading runs only `__setstate__` of registered classes. Pickle is used only for foreign objects, only where it is
allowed, and only from the own store.
"""

import hashlib
import pickle
import struct
from types import FunctionType, MethodType, ModuleType
from typing import Any

import msgspec
import numpy as np
from river.__version__ import __version__ as river_version

from streamimb.engine.registry import NotRegistered, class_of, name_of, state_version
from streamimb.engine.unsaveable import fault_of

MAGIC = b"streamimb-state\x00"
FORMAT = 2
DEPTH = 100  # a state of ours is never deeper
_HEAD = struct.Struct(">16sH32s")
ALLOW = "allow its pickle (allow_pickle=True; in a configuration, allow_pickle = true beside the factory)"
LEAVE_OUT = "leave it out of the state in a __getstate__ and make it anew in __setstate__"
_LOW, _HIGH = -(1 << 63), (1 << 64) - 1  # the range of integers in MessagePack


class SnapshotError(ValueError):
    """A snapshot that cannot be written, or is damaged or foreign."""


class PickleRefusedError(SnapshotError):
    """A snapshot with a foreign object, which is not loaded without `allow_pickle`."""


class ForeignPartError(SnapshotError):
    """A state with an object of a foreign class, which is not saved without `allow_pickle`."""

    def __init__(self, message: str, where: str = "") -> None:
        super().__init__(f"{where}: {message}" if where else message)
        self.message, self.where = message, where


class UnknownPartError(SnapshotError):
    """A snapshot with a part that no package has registered."""


def dumps(value: Any, *, allow_pickle: bool = False) -> bytes:
    """Write `value` as bytes: plain data, registered objects, and foreign ones where `allow_pickle`.

    Bytes: magic, format version, SHA-256 of the rest, MessagePack. The same value gives the same bytes.
    Of a pickled value only the state is the same: its bytes depend on which objects are shared, which a restart may
    change.

    Cost: O(size).

    Raises
    ------
    SnapshotError
        A foreign object without `allow_pickle`, one that does not pickle, a state too deep, or a name with
        lone surrogates.

    Examples
    --------
    >>> loads(dumps({"a": (1, 2.5, None), 3: [b"x"]}))
    {'a': (1, 2.5, None), 3: [b'x']}
    """
    try:
        body = msgspec.msgpack.encode(_pack(value, allow_pickle, 0))
    except UnicodeEncodeError as error:
        message = "the state holds a name that is no Unicode text: it cannot be written"
        raise SnapshotError(message) from error
    return _HEAD.pack(MAGIC, FORMAT, hashlib.sha256(body).digest()) + body


def loads(data: bytes, *, allow_pickle: bool = False, entry: str | None = None) -> Any:
    """Read what `dumps` wrote, or only one entry of it where it is a dict.

    Cost: O(size).

    Raises
    ------
    SnapshotError
        Not a snapshot, of another format, damaged, naming an unknown class, holding a state of a version that
        its class cannot read, or a pickle without `allow_pickle` or of another River.

    Examples
    --------
    >>> loads(dumps({"recipe": "default", "models": [2, 3]}), entry="models")
    [2, 3]
    """
    if len(data) < _HEAD.size or not data.startswith(MAGIC):
        message = "not a streamimb snapshot: expected a state written by this library"
        raise SnapshotError(message)
    _, found, digest = _HEAD.unpack_from(data)
    if found != FORMAT:
        message = f"snapshot format {found}, this version reads {FORMAT}: use the version that wrote it"
        raise SnapshotError(message)
    body = data[_HEAD.size :]
    if hashlib.sha256(body).digest() != digest:
        message = "snapshot digest does not match: the state is damaged; restore an earlier copy of the store"
        raise SnapshotError(message)
    try:
        packed = msgspec.msgpack.decode(body)
        return _unpack(packed if entry is None else packed[entry], allow_pickle, 0)
    except SnapshotError:
        raise
    except NotRegistered as error:
        message = f"the snapshot cannot be read: {error}"
        raise UnknownPartError(message) from error
    except (
        msgspec.DecodeError, RecursionError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError,
    ) as error:  # fmt: skip
        message = f"snapshot does not hold a state of ours ({type(error).__name__})"
        raise SnapshotError(message) from error


def _pack(value: Any, allow_pickle: bool, depth: int) -> Any:
    """Return plain data unchanged where MessagePack has its type; all else as [tag, ...]."""
    if depth > DEPTH:
        message = f"state nests deeper than {DEPTH}: it cannot be written"
        raise SnapshotError(message)
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is int:
        return value if _LOW <= value <= _HIGH else ["i", str(value)]
    deeper = depth + 1
    if kind is dict:
        if all(type(key) is str for key in value):
            return {key: _pack(item, allow_pickle, deeper) for key, item in value.items()}
        return [
            "d",
            [[_pack(k, allow_pickle, deeper), _pack(v, allow_pickle, deeper)] for k, v in value.items()],
        ]
    if kind in _SEQUENCES:
        return [_SEQUENCES[kind], [_pack(item, allow_pickle, deeper) for item in value]]
    if kind is bytearray:
        return ["b", bytes(value)]
    if isinstance(value, np.generic):  # a caller's number: its value is kept, not its type
        return _pack(value.item(), allow_pickle, deeper)
    if isinstance(value, type) and (name := name_of(value)) is not None:
        return ["c", name]
    if (name := name_of(kind)) is not None:
        return ["o", name, state_version(kind), _packed_state(value, name, allow_pickle, deeper)]
    return _pickled(value, allow_pickle)


_PLAIN = frozenset({type(None), bool, float, str, bytes})
_SEQUENCES: dict[type, str] = {list: "l", tuple: "t"}


def _packed_state(value: Any, name: str, allow_pickle: bool, depth: int) -> Any:
    state = _state_of(value, name)
    try:
        return _pack(state, allow_pickle, depth)
    except ForeignPartError as error:
        if error.where:  # in a part of this one
            raise
        raise ForeignPartError(error.message, f"{name}{_place_in(value, state, depth)}") from error


def _place_in(value: Any, state: Any, depth: int) -> str:
    """The attribute that holds a foreign object, by its name; other keys of a state may be values of features."""
    for attributes in state if type(state) is tuple else (state,):
        for key, item in attributes.items() if type(attributes) is dict else ():
            try:
                _pack(item, False, depth)
            except ForeignPartError:
                known = key in getattr(value, "__dict__", ()) or key in dir(type(value))
                return f".{key}" if known else ""
    return ""


def _state_of(value: Any, name: str) -> Any:
    try:
        return value.__getstate__()
    except Exception as error:
        message = f"{name} does not give its state ({type(error).__name__}): mend its __getstate__"
        raise SnapshotError(message) from error


def _pickled(value: Any, allow_pickle: bool) -> list[Any]:
    cls = type(value)
    name = f"{cls.__module__}.{cls.__qualname__}"
    if not allow_pickle:
        if isinstance(value, FunctionType | MethodType | ModuleType):
            raise ForeignPartError(
                f"a {cls.__name__} is no data, and a state holds data alone: {LEAVE_OUT}, or, where a module has it by "
                f"its name, {ALLOW}"
            )
        raise ForeignPartError(
            f"{name} is not a class of streamimb: {LEAVE_OUT}, register the class (engine.register), or {ALLOW}"
        )
    try:
        data = pickle.dumps(value, protocol=5)
    except Exception as error:
        message = f"{name} cannot be pickled ({type(error).__name__}): {fault_of(value)}"
        raise SnapshotError(message) from error
    return ["p", name, river_version, hashlib.sha256(data).digest(), data]


def _unpickled(name: str, written: str, digest: bytes, data: bytes, allow_pickle: bool) -> Any:
    if not allow_pickle:
        message = f"snapshot holds a pickled {name}: it is loaded only with allow_pickle=True"
        raise PickleRefusedError(message)
    if written != river_version:
        message = (
            f"snapshot holds a pickled {name} of River {written}, installed is {river_version}: install that"
        )
        raise SnapshotError(message)
    if hashlib.sha256(data).digest() != digest:
        message = f"snapshot holds a damaged {name}: its digest does not match"
        raise SnapshotError(message)
    try:
        return pickle.loads(data)  # noqa: S301  (allowed by configuration, digest checked)
    except Exception as error:
        message = f"snapshot holds a {name} that does not load ({type(error).__name__})"
        raise SnapshotError(message) from error


def _unpack(value: Any, allow_pickle: bool, depth: int) -> Any:
    if depth > DEPTH:
        message = f"snapshot nests deeper than {DEPTH}"
        raise SnapshotError(message)
    deeper = depth + 1
    kind = type(value)
    if kind is dict:
        return {key: _unpack(item, allow_pickle, deeper) for key, item in value.items()}
    if kind is not list:
        return value
    tag = value[0]
    if tag == "l":
        return [_unpack(item, allow_pickle, deeper) for item in value[1]]
    if tag == "t":
        return tuple(_unpack(item, allow_pickle, deeper) for item in value[1])
    if tag == "b":
        return bytearray(value[1])
    if tag == "d":
        return {_unpack(k, allow_pickle, deeper): _unpack(v, allow_pickle, deeper) for k, v in value[1]}
    if tag == "i":
        return int(value[1])
    if tag == "c":
        return class_of(value[1])
    if tag == "o":
        _, name, written, state = value
        return _rebuilt(name, written, _unpack(state, allow_pickle, deeper))
    if tag == "p":
        _, name, written, digest, data = value
        return _unpickled(name, written, digest, data, allow_pickle)
    message = "snapshot holds an unknown kind of value"
    raise SnapshotError(message)


def _rebuilt(name: str, written: int, state: Any) -> Any:
    """An object of a registered class, without calling it; its state is migrated where an older version wrote it."""
    cls: Any = class_of(name)
    known = state_version(cls)
    if written > known:
        message = (
            f"snapshot holds {name} with state version {written}, and this version of it reads up to {known}: use the "
            "version that wrote it, or a later one"
        )
        raise SnapshotError(message)
    if written < known:
        state = _migrated(cls, name, written, known, state)
    made: Any = cls.__new__(cls)
    try:
        put(made, state)
    except Exception as error:
        message = (
            f"snapshot holds a damaged {name} ({type(error).__name__}): restore an earlier copy of the store"
        )
        raise SnapshotError(message) from error
    return made


def _migrated(cls: Any, name: str, written: int, known: int, state: Any) -> Any:
    migrate = getattr(cls, "migrate", None)
    if migrate is None:
        message = (
            f"snapshot holds {name} with state version {written}, and this version of it reads {known} only: use the "
            "version that wrote it, or start with a new state"
        )
        raise SnapshotError(message)
    try:
        return migrate(state, written)
    except Exception as error:
        message = (
            f"snapshot holds {name} with state version {written}, which does not become version {known} "
            f"({type(error).__name__}): use the version that wrote it, or start with a new state"
        )
        raise SnapshotError(message) from error


def put(part: Any, state: Any) -> None:
    """Give a part the state that `__getstate__` returned.

    Cost: O(size of the state).
    """
    setstate = getattr(part, "__setstate__", None)
    if setstate is not None:
        setstate(state)
        return
    attributes, slots = state if type(state) is tuple else (state, None)
    for each in (attributes, slots):
        for name, item in (each or {}).items():
            object.__setattr__(part, name, item)  # frozen structs too
