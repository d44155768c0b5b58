"""Finds the part of a foreign model that cannot be pickled and loaded again.

It visits the objects that pickle would save. Its sentences contain names of attributes, steps and types, but no keys of
other dicts, which may be values of features.
"""

import pickle
from collections import defaultdict
from collections.abc import Iterator
from types import FunctionType, GeneratorType, MethodType, ModuleType
from typing import Any

from river import compose

PLAIN = frozenset({dict, list, tuple, set, frozenset, defaultdict})  # containers with nothing but their items
MOST = 30  # depth of attributes to report, where a part nests too deeply for pickle
CURE = (
    "leave it out of the state in a __getstate__ and make it anew in __setstate__, build the model without it, "
    "or define what is a function or a class at the top of a module"
)


def fault_of(model: Any) -> str:
    """Return a sentence that names the part of a model that pickle cannot save and load again, and the cure.

    Cost: each level of the model is pickled once; only for a model that failed.

    Examples
    --------
    >>> from river import compose
    >>> fault_of(compose.FuncTransformer(lambda x: x)).partition(":")[0]
    'FuncTransformer.func is a lambda'
    """
    path, part = type(model).__name__, model
    passed = {id(part)}
    for _ in range(MOST):
        for suffix, inner in _parts(part):
            if id(inner) not in passed and not _pickles(inner):
                path, part = path + suffix, inner
                passed.add(id(inner))
                break
        else:
            break
    return f"{path} is {_kind(part)}: {CURE}"


def _pickles(part: Any) -> bool:
    try:
        pickle.loads(pickle.dumps(part, protocol=5))  # noqa: S301  (pickled on the line itself)
    except Exception:  # noqa: BLE001  a part of the user's model may raise anything
        return False
    return True


def _parts(part: Any) -> Iterator[tuple[str, Any]]:
    """The objects that pickle saves of an object, each with its access path."""
    if isinstance(part, dict):
        if isinstance(part, defaultdict):
            yield ".default_factory", part.default_factory
        yield from (("[...]", item) for pair in part.items() for item in pair)
    if isinstance(part, list | tuple | set | frozenset):
        yield from ((f"[{i}]", item) for i, item in enumerate(part))
    if type(part) in PLAIN:
        return
    if isinstance(part, type | FunctionType | MethodType | ModuleType):
        return  # saved by name
    try:
        reduced = part.__reduce_ex__(5)
    except Exception:  # noqa: BLE001  the part itself is what cannot be saved
        return
    if not isinstance(reduced, tuple):
        return
    yield from ((".__class__" if isinstance(item, type) else "(...)", item) for item in reduced[1])
    state = reduced[2] if len(reduced) > 2 else None
    for attributes in state if isinstance(state, tuple) else (state,):
        if isinstance(attributes, dict):
            for name, item in attributes.items():
                yield from _attribute(part, str(name), item)
        else:
            yield "(...)", attributes
    for items in reduced[3:5]:
        yield from (("[...]", item) for item in items or ())


def _attribute(part: Any, name: str, item: Any) -> Iterator[tuple[str, Any]]:
    """One attribute; of River's pipelines and unions the steps, whose names the user gave."""
    if isinstance(part, compose.Pipeline | compose.TransformerUnion) and name in ("steps", "transformers"):
        yield from ((f".{name}[{step!r}]", inner) for step, inner in item.items())
    else:
        # A `__getstate__` of the user's may have other keys than names of attributes: such a key may be a value.
        own = name in getattr(part, "__dict__", ()) or name in dir(type(part))
        yield f".{name}" if own else "[...]", item


def _kind(part: Any) -> str:
    if isinstance(part, FunctionType) and part.__name__ == "<lambda>":
        return "a lambda"
    if isinstance(part, FunctionType):
        return "a function that no module has by its name"
    if isinstance(part, type):
        return f"{part.__name__}, a class that no module has by its name"
    if isinstance(part, GeneratorType):
        return "a generator"
    return f"a {type(part).__name__}, which pickle cannot save and load again"
