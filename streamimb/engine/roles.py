"""Columns with a role: values of an event that metrics and decision rules read, and that are no features.

They are kept beside the features of an event until its label comes.
"""

import inspect
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from river import base

from streamimb._kernels.answer import label_of
from streamimb.compose import GuardedClassifier
from streamimb.parameters import finite
from streamimb.protocols import Features

PROPENSITY = "propensity"
ROLES = ("cost", "group", "time", PROPENSITY)
LARGEST = 1e15
LONGEST = 200  # characters of a group
FIX = "declare it, [schema.{name}] role = 'cost', 'group' or 'time' (roles of the engine), or name one that there is"


class Split(NamedTuple):
    """An event without its columns with a role, these, and the reasons for those that cannot be used."""

    x: Features
    beside: Features | None
    reasons: tuple[str, ...]


class Roles:
    """Takes the columns with a role out of an event, and checks their values.

    A cost is a number in [0, 1e15]; a group is a string of up to 200 characters, a 64-bit integer or a bool; a time is
    not read from the event: it is the time at which the engine dates it. A value that is missing or of another kind is
    left out, and its reason is `unusable:<name>`: the event is scored and learned as any other. A propensity is the
    probability in (0, 1] that the event gets a label, see `Propensity`; one that is missing has no reason, because the
    label may bring it.

    Cost: one copy of the event.

    Parameters
    ----------
    of
        The role of each column, by name.
    model
        The model, which sees the other fields alone.

    Raises
    ------
    ValueError
        A role is unknown; a column is a feature of the schema too, or a part of the model reads it.

    Examples
    --------
    >>> from streamimb import linear_model
    >>> roles = Roles({"amount": "cost"}, GuardedClassifier(linear_model.LogisticRegression()))
    >>> roles.split({"speed": 1.0, "amount": 9.5}, 0.0)
    Split(x={'speed': 1.0}, beside={'amount': 9.5}, reasons=())
    >>> roles.split({"speed": 1.0, "amount": "much"}, 0.0).reasons
    ('unusable:amount',)
    """

    __slots__ = ("_readers", "of")

    def __init__(self, of: Mapping[str, str], model: GuardedClassifier) -> None:
        self.of = dict(of)
        for name, role in self.of.items():
            if type(name) is not str or role not in ROLES:
                raise ValueError(f"roles: {name!r} has the role {role!r}: expected one of {', '.join(ROLES)}")
            if model.schema is not None and name in model.schema.fields:
                raise ValueError(f"roles: {name!r} is a feature of the schema too: leave one of them out")
        for part in parts_in(model):
            for name in getattr(part, "fields_read", None) or ():
                if name in self.of:
                    raise ValueError(
                        f"roles: {type(part).__name__} reads {name!r}, which has a role, and the model sees features "
                        "alone: leave the role out"
                    )
        self._readers = {name: READERS[role] for name, role in self.of.items() if role != "time"}

    def split(self, x: Any, t: float) -> Split:
        """Return the features of an event that the engine dates t, and the columns with a role.

        It raises what the hash or the comparison of a foreign name that is no string raises.
        """
        if not issubclass(type(x), dict):  # what it says of itself may be anything
            return Split(x, None, ())
        readers = self._readers
        features: dict[Any, Any] = {}
        found: dict[str, Any] = {}
        for name, value in list(dict.items(x)):  # a copy, because methods of foreign names may change x
            if type(name) is not str and issubclass(type(name), str):
                name = str.__str__(name)  # the text, whose methods are those of str
            if type(name) is str and name in readers:
                found[name] = value
            else:
                features[name] = value
        beside: dict[str, Any] = {}
        reasons: list[str] = []
        for name, role in self.of.items():
            value = t if role == "time" else readers[name](found.get(name))
            if value is None and not (role == PROPENSITY and name not in found):
                reasons.append(f"unusable:{name}")
            elif value is not None:
                beside[name] = value
        return Split(features, beside or None, tuple(reasons))


def _cost(value: Any) -> float | None:
    return float(value) if finite(value) and 0.0 <= value <= LARGEST else None


def _group(value: Any) -> str | int | None:
    if type(value) not in (str, int, bool):
        return None
    try:
        group: str | int = label_of(value)
    except ValueError:  # a lone surrogate, which no row can hold
        return None
    fits = len(group) <= LONGEST if isinstance(group, str) else -(2**63) <= group < 2**63
    return group if fits else None


def propensity_from(value: Any) -> float | None:
    """Return a propensity as a float, None where it is not in (0, 1]."""
    return float(value) if finite(value) and 0.0 < value <= 1.0 else None


READERS = {"cost": _cost, "group": _group, PROPENSITY: propensity_from}


def parts_in(value: Any) -> Iterator[Any]:
    """Yield the parts of a model that are objects of River or ours: itself, and its parameters at every level.

    Cost: O(parameters).
    """
    if isinstance(value, base.Base):
        yield value
        names = inspect.signature(type(value).__init__).parameters
        value = [getattr(value, name, None) for name in names]
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, tuple | list):
        for each in value:
            yield from parts_in(each)


def roles_of(
    roles: Mapping[str, str] | None,
    model: GuardedClassifier,
    metrics: Mapping[str, Any],
    rule: Any,
) -> Roles | None:
    """Return the roles, None where there are none; refuse metrics and a rule that read fields which nothing provides.

    Cost: O(parts).
    """
    of = {} if roles is None else roles
    for name, metric in metrics.items():
        check_fields(f"metrics: {name!r}", getattr(metric, "fields_read", ()), of, model)
    check_fields("decision: the rule", getattr(rule, "fields_read", ()), of, model)
    known = None if model.schema is None else model.schema.fields
    for part in parts_in(model):
        for name in getattr(part, "fields_read", None) or ():
            if known is not None and name not in known and name not in of:
                raise ValueError(
                    f"model: {type(part).__name__} reads {name!r}, which the schema does not have: declare it, "
                    f"[schema.{name}], or name one that there is"
                )
    return Roles(of, model) if of else None


def watched_of(model: GuardedClassifier, roles: Roles | None) -> Collection[Any] | None:
    """Return the fields that detectors may see: of a configured schema, and columns with a role; None: all.

    Cost: O(fields).
    """
    if model.schema is None:
        return None
    return model.schema.fields if roles is None else {**model.schema.fields, **roles.of}


def check_fields(about: str, names: Any, roles: Mapping[str, str], model: GuardedClassifier) -> None:
    """Refuse a part that reads a field which is neither a feature of a configured schema nor a column with a role.

    Cost: O(names).

    Raises
    ------
    ValueError
        It names the part, the field and the fix.
    """
    schema = model.schema
    for name in names or ():
        if schema is not None and name not in schema.fields and name not in roles:
            raise ValueError(
                f"{about} reads {name!r}, which the schema does not have: {FIX.format(name=name)}"
            )
