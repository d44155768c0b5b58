"""The catalogue of parts: the name of each in a snapshot, the version of its state, and its options in TOML.

All of it is derived from each room's `__all__` and from the constructors, so that a new part needs no entry here. Parts
of other packages are registered by a call or by an entry point.
"""

import inspect
import re
from types import ModuleType
from typing import Any, NamedTuple

from river import base

from streamimb import (
    calibration,
    compose,
    correction,
    decision,
    drift,
    ensemble,
    linear_model,
    losses,
    metrics,
    sampling,
    stats,
    synthesis,
    tree,
)

GROUP = "streamimb.parts"  # of entry points: "sampling.MySampler" = "my_package:MySampler"


class Room(NamedTuple):
    """A package of parts, the TOML table that chooses one of them, and what a changed option means for a saved one."""

    module: ModuleType
    table: str = ""
    restarts: bool = False  # a changed option resets the saved part; the rest of the model keeps its state
    method: str = ""  # of the parts that the table chooses from; "": it chooses from all parts of the room
    protocol: str = ""  # by which an option names its parts, where parts of other rooms take them

    @property
    def name(self) -> str:
        """The part before the dot in the names of its parts."""
        return self.module.__name__.rpartition(".")[2]


ROOMS = {
    room.name: room
    for room in (
        Room(calibration, "calibrator", restarts=True, protocol="Calibrator"),
        Room(compose),
        Room(correction, "correction", method="correct_one"),  # the room has anchors too
        Room(decision, "decision", restarts=True, method="threshold_one"),  # the room has sets of classes too
        Room(drift, "drift", restarts=True),
        Room(ensemble, "learner"),
        Room(linear_model, "learner"),
        Room(losses, protocol="Loss"),
        Room(metrics, "metric", protocol="Metric"),
        Room(sampling, "sampler", protocol="Sampler"),
        Room(stats),
        Room(synthesis, "synthesizer"),
        Room(tree, "learner"),
    )
}

# The table of each parameter of the wrappers, which are built from several tables; of any other it is [model].
PLACES = {
    "classifier": "learner",
    "sampler": "sampler",
    "synthesizer": "synthesizer",
    "correction": "correction",
    "anchor": "correction",
    "calibrator": "calibrator",
    "schema": "schema",
    "warm_up": "guard",
    "max_features": "guard",
    "max_text": "guard",
}


class NotRegistered(LookupError):
    """A class or a name that the catalogue does not have."""


class Option(NamedTuple):
    """A constructor parameter, which is an option in TOML."""

    name: str
    annotation: str
    default: Any
    required: bool
    left_out: str = ""  # what applies where it is left out and its default is None

    def __str__(self) -> str:
        if self.required:
            return f"{self.name} (required)"
        if self.default is None:
            return f"{self.name} (left out: {self.left_out})" if self.left_out else self.name
        return f"{self.name} = {_toml(self.default)}"


class Entry(NamedTuple):
    """The catalogue's entry of one part."""

    name: str  # room.Class
    cls: Any  # the class

    @property
    def room(self) -> str:
        """The room it belongs to."""
        return self.name.partition(".")[0]

    @property
    def table(self) -> str:
        """The TOML table whose `type` chooses the part; "" where there is none."""
        room = ROOMS.get(self.room)
        if room is None or (room.method and not callable(getattr(self.cls, room.method, None))):
            return ""
        return room.table

    @property
    def kind(self) -> str:
        """Its name without the room."""
        return self.name.partition(".")[2]

    @property
    def options(self) -> tuple[Option, ...]:
        """The parameters of its constructor that can be given by name; none where it has no signature."""
        try:
            parameters = list(inspect.signature(self.cls.__init__).parameters.values())[1:]
        except ValueError:  # a class written in C
            return ()
        text = _docstring(self.cls)
        return tuple(_option(each, text) for each in parameters if each.kind in _BY_KEYWORD)

    def annotation(self, name: str) -> str:
        """The annotation of an option; "" where there is none."""
        return next((option.annotation for option in self.options if option.name == name), "")

    @property
    def summary(self) -> str:
        """The first sentence of its docstring; "" where it has none of its own."""
        text = " ".join(_docstring(self.cls).partition("\n\n")[0].split())
        return re.split(r"(?<=\.)\s", text, maxsplit=1)[0]

    @property
    def state_version(self) -> int:
        """The version of the state that the part writes: its `_state_version`, or 1."""
        return state_version(self.cls)


_BY_KEYWORD = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
_BY_NAME: dict[str, type] = {}
_BY_CLASS: dict[type, str] = {}
_BROKEN: dict[str, str] = {}
_loaded = False  # whether the entry points were loaded


def register(cls: type, name: str) -> None:
    """Make a class of another package a part: a snapshot may hold it, and TOML may choose it.

    `name` is `room.Class`, such as "sampling.MySampler"; the room decides which TOML table offers it. A part whose room
    is not one of streamimb's can be saved, but TOML does not offer it. The state of an object is what `__getstate__`
    returns: numbers, strings, bytes, tuples, lists, dicts, and objects of registered classes. Loading rebuilds it by
    `__new__` and `__setstate__` (or its `__dict__`), and never calls the class. `_state_version` of the class is saved
    with it; where a saved state is older, the class's `migrate(state, version)` returns the present one.

    An installed package can declare the same in the entry point group `streamimb.parts`.

    Cost: O(1).

    Raises
    ------
    ValueError
        Where it is no class, another class has the name, or the class has another name.

    Examples
    --------
    >>> from streamimb import sampling
    >>> register(sampling.UnderSampler, "sampling.Mine")
    Traceback (most recent call last):
    ValueError: name='sampling.Mine': UnderSampler is registered as 'sampling.UnderSampler'; a class has one name
    """
    if not inspect.isclass(cls):
        message = f"name={name!r}: {_shown(cls)} is not a class: give module:Class"
        raise ValueError(message)
    if _BY_NAME.get(name, cls) is not cls:
        message = (
            f"name={name!r}: already registered for another class; choose another name for {cls.__qualname__}"
        )
        raise ValueError(message)
    if _BY_CLASS.get(cls, name) != name:
        message = (
            f"name={name!r}: {cls.__qualname__} is registered as {_BY_CLASS[cls]!r}; a class has one name"
        )
        raise ValueError(message)
    _BY_NAME[name] = cls
    _BY_CLASS[cls] = name


def class_of(name: str) -> type:
    """Return the class registered under `name`; raise `NotRegistered` where there is none."""
    if name not in _BY_NAME:
        _load()
    found = _BY_NAME.get(name)
    if found is None:
        why = f" ({_BROKEN[name]})" if name in _BROKEN else ""
        message = (
            f"{name!r} is not a registered part{why}: install or import the package that has it, or use the version "
            "of streamimb that has it"
        )
        raise NotRegistered(message)
    return found


def name_of(cls: type) -> str | None:
    """Return the name of a registered class, None of any other."""
    if cls not in _BY_CLASS:
        _load()
    return _BY_CLASS.get(cls)


def state_version(cls: type) -> int:
    """Return the version of the state that objects of a class write."""
    return int(getattr(cls, "_state_version", 1))


def entries(table: str | None = None) -> list[Entry]:
    """Return all parts in the order of their names, or those that one TOML table chooses from.

    Examples
    --------
    >>> [entry.kind for entry in entries("calibrator")]
    ['Beta', 'Calibeating', 'Hedged', 'Histogram', 'Intercept', 'Isotonic', 'OnlinePlatt', 'Platt', 'PlattMixture', \
'Segmented', 'Temperature', 'VectorScaling', 'VennAbers']
    """
    _load()
    found = (Entry(name, cls) for name, cls in sorted(_BY_NAME.items()))
    return [entry for entry in found if entry.room in ROOMS and (table is None or entry.table == table)]


def broken() -> dict[str, str]:
    """Return the entry points that cannot be loaded, each with the reason."""
    _load()
    return dict(_BROKEN)


def room_of(cls: type) -> Room | None:
    """Return the room of a registered class, None of any other."""
    name = name_of(cls)
    return None if name is None else ROOMS.get(name.partition(".")[0])


def _load() -> None:
    """Register once the parts that installed packages declare, and note those that cannot be loaded."""
    global _loaded
    if _loaded:
        return
    _loaded = True  # set first, because a module loaded below may call the catalogue
    from importlib.metadata import entry_points  # here: it takes a tenth of the time of importing streamimb

    for point in entry_points(group=GROUP):
        room, _, kind = point.name.partition(".")
        if room not in ROOMS or not kind:
            _BROKEN[point.name] = f"expected room.Class, with one of the rooms {', '.join(ROOMS)}"
            continue
        try:
            register(point.load(), point.name)
        except Exception as error:  # noqa: BLE001  a foreign package may raise anything on import
            _BROKEN[point.name] = f"{point.value}: {type(error).__name__}: {error}"


def _shown(thing: Any) -> str:
    """What an object is that is no class."""
    name = getattr(thing, "__name__", "")
    return f"the {type(thing).__name__} {name}" if name else f"a {type(thing).__name__}"


def _docstring(cls: Any) -> str:
    """The docstring of a class itself: an inherited one describes the parent."""
    return inspect.cleandoc(vars(cls).get("__doc__") or "")


def _left_out(name: str, docstring: str) -> str:
    """What a docstring in numpydoc form says behind "None: " about a parameter; "" where it says nothing."""
    _, _, parameters = docstring.partition("\nParameters\n---")
    found = re.search(rf"^{re.escape(name)}\b.*\n((?:(?: .*)?\n)+)", f"{parameters}\n", re.MULTILINE)
    text = " ".join(found[1].split()) if found else ""
    said = re.search(r"\bNone: (.+?)(?:[.;](?:\s|$)|$)", text)
    return said[1].replace("`", "") if said else ""


def _option(parameter: inspect.Parameter, docstring: str) -> Option:
    given = parameter.annotation
    annotation = "" if given is inspect.Parameter.empty else inspect.formatannotation(given).strip("'")
    required = parameter.default is inspect.Parameter.empty
    default = None if required else parameter.default
    left_out = "" if required or default is not None else _left_out(parameter.name, docstring)
    return Option(parameter.name, annotation, default, required, left_out)


def _toml(value: Any) -> str:
    """A default as it would be written in TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_toml, value))}]"
    return f'"{value}"' if isinstance(value, str) else repr(value)


for _room in ROOMS.values():
    for _kind in _room.module.__all__:
        _thing = getattr(_room.module, _kind)
        # Parts with a state are subclasses of River's `Base`; the other names are data types and protocols.
        if inspect.isclass(_thing) and issubclass(_thing, base.Base):
            register(_thing, f"{_room.name}.{_kind}")
