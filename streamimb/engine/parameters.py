"""The classes and parameters with which a model was built, at every level, as plain data.

They contain nothing learned: two models with the same parameters are equal before they learn.
"""

import inspect
from collections.abc import Mapping
from types import FunctionType
from typing import Any

import msgspec
from river import base

from streamimb.engine.registry import name_of

DEPTH = 20  # of objects in objects; deeper ones, and those in a circle, are described by their class
NOTHING: Any = object()  # in place of a parameter that is not kept


def parameters(value: Any) -> Any:
    """Return the classes and parameters of a model, nested like the model.

    >>> from streamimb.sampling import ScoreUnderSampler
    >>> parameters(ScoreUnderSampler(share=0.1))["share"]
    0.1
    """
    return _described(value, 0)


def _described(value: Any, depth: int) -> Any:
    if isinstance(value, base.Base):
        return _named(type(value), _given(value), depth)
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], type):
        return _named(*value, depth)  # River's form of a part inside a part
    if isinstance(value, msgspec.Struct):
        return msgspec.to_builtins(value)
    if isinstance(value, Mapping):
        return {str(key): _described(item, depth + 1) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_described(item, depth + 1) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(type(value).__init__, FunctionType) and depth < DEPTH:  # a part that is no River object
        return _named(type(value), _given(value), depth)
    # Not its repr, which may contain an address that differs between processes.
    return _name(value if isinstance(value, type | FunctionType) else type(value))


def same_part(found: Any, fresh: Any) -> bool:
    """Return whether two parts have one class and equal parameters, so that one may take the other's place.

    Cost: O(parameters).
    """
    return type(found) is type(fresh) and bool(parameters(found) == parameters(fresh))


def unstored(part: Any) -> tuple[str, ...]:
    """Return the constructor parameters that a part does not keep as attributes, so that no change of them is seen.

    Cost: O(parameters).

    Examples
    --------
    >>> class Sampler:
    ...     def __init__(self, share=0.2, seed=1):
    ...         self.share, self._seed = share, seed
    >>> unstored(Sampler())
    ('seed',)
    """
    given = _given(part)
    return tuple(name for name in _options(type(part)) if name not in given)


def _given(part: Any) -> Mapping[str, Any]:
    """The parameters of a part; those of them that it keeps as attributes, where River cannot tell."""
    try:
        return part._get_params() if isinstance(part, base.Base) else _kept(part)
    except AttributeError:
        return _kept(part)


def _options(kind: type) -> list[str]:
    """The constructor parameters that have a name."""
    constructor: Any = kind.__init__  # type: ignore[misc]
    try:
        found = list(inspect.signature(constructor).parameters.values())[1:]
    except ValueError:  # a class written in C
        return []
    return [each.name for each in found if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)]


def _kept(part: Any) -> dict[str, Any]:
    """The constructor parameters that are attributes."""
    found = {name: _attribute(part, name) for name in _options(type(part))}
    return {name: value for name, value in found.items() if value is not NOTHING}


def _attribute(part: Any, name: str) -> Any:
    try:
        return getattr(part, name)
    except Exception:  # noqa: BLE001  a property of a user's part may raise anything
        return NOTHING


def _named(kind: type, inner: Mapping[str, Any], depth: int) -> dict[str, Any]:
    return {"class": _name(kind), **{name: _described(item, depth + 1) for name, item in inner.items()}}


def _name(named: type | FunctionType) -> str:
    """The module and name, where the class is not in the catalogue."""
    known = name_of(named) if isinstance(named, type) else None
    return known or f"{named.__module__}.{named.__qualname__}"


def differences(saved: Any, configured: Any, where: str = "") -> list[str]:
    """Return the differences of two sets of parameters, as `path: saved, not configured`.

    >>> differences({"a": 1, "b": {"c": 2}}, {"a": 1, "b": {"c": 3}})
    ['b.c: 2, not 3']
    """
    if isinstance(saved, dict) and isinstance(configured, dict):
        found = []
        for key in sorted(saved.keys() | configured.keys()):
            found += differences(saved.get(key), configured.get(key), f"{where}.{key}" if where else key)
        return found
    same = saved == configured or repr(saved) == repr(configured)  # NaN does not equal itself
    return [] if same else [f"{where}: {saved!r}, not {configured!r}"]
