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


def parameters(value: Any) -> Any:
    """Return the classes and parameters of a model, nested like the model.

    >>> from streamimb.sampling import ScoreUnderSampler
    >>> parameters(ScoreUnderSampler(share=0.1))["share"]
    0.1
    """
    if isinstance(value, base.Base):
        return _named(type(value), _given(value))
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], type):
        return _named(*value)  # River's form of a part inside a part
    if isinstance(value, msgspec.Struct):
        return msgspec.to_builtins(value)
    if isinstance(value, Mapping):
        return {str(key): parameters(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [parameters(item) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    # Not its repr, which may contain an address that differs between processes.
    return _name(value if isinstance(value, type | FunctionType) else type(value))


def same_part(found: Any, fresh: Any) -> bool:
    """Return whether two parts have one class and equal parameters, so that one may take the other's place.

    Cost: O(parameters).
    """
    return type(found) is type(fresh) and bool(parameters(found) == parameters(fresh))


def _given(part: base.Base) -> Mapping[str, Any]:
    """The parameters of a River object, or those of them that it stores."""
    try:
        return part._get_params()
    except AttributeError:
        names = inspect.signature(type(part).__init__).parameters
        return {name: vars(part)[name] for name in names if name in vars(part)}


def _named(kind: type, inner: Mapping[str, Any]) -> dict[str, Any]:
    return {"class": _name(kind), **{name: parameters(item) for name, item in inner.items()}}


def _name(named: type | FunctionType) -> str:
    """The name in the catalogue, which does not depend on the file; for a foreign class, module and name."""
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
