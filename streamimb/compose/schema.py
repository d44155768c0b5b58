"""The schema of events: type and bounds of each field. Data only; the guard applies it."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args

import msgspec
import numpy as np
from msgspec.structs import force_setattr

from streamimb._kernels.limits import LARGEST_VALUE
from streamimb._kernels.saved import entries, refused
from streamimb.parameters import Part, number, refuse, switch

Kind = Literal["number", "string", "bool"]
TYPES = get_args(Kind)


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Type and bounds of one field.

    Parameters
    ----------
    type
        "number", "string" or "bool".
    nullable
        Whether absent, None and NaN are accepted; the value is then missing, and has an indicator of its own.
    default
        The replacement for an absent or None value; None: no replacement.
    min, max
        Bounds of a number, within ±10^15. A value outside is scored as the bound and not learned.
    coerce
        Whether a number may come as a bool or a string, a string as a number or bool, a bool as 0 or 1.

    Raises
    ------
    ValueError
        Where an option is wrong, or two contradict each other.
    """

    type: Kind = "number"
    nullable: bool = False
    default: float | str | bool | None = None
    min: float | None = None
    max: float | None = None
    coerce: bool = False

    def __post_init__(self) -> None:
        if self.type not in TYPES:
            refuse("type", self.type, f"one of {', '.join(TYPES)}")
        # As a built-in string; the same for the values below
        force_setattr(self, "type", TYPES[TYPES.index(self.type)])
        switch("nullable", self.nullable)
        switch("coerce", self.coerce)
        for name, bound in (("min", self.min), ("max", self.max)):
            if bound is not None:
                expected = "a number within ±1e15, on a field of type number"
                # A float, as in a schema that was saved and restored, so that both have the same digest.
                force_setattr(self, name, float(number(name, bound, self._bounds, expected)))
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min={self.min!r}, max={self.max!r}: expected min <= max")
        default = self.default
        if default is None:
            return
        expected = f"a {self.type} (within min and max)"
        if self.type == "number":
            stand_in = number("default", default, lambda d: self.low <= d <= self.high, expected)
            force_setattr(self, "default", float(stand_in))
        elif not isinstance(default, str if self.type == "string" else bool):
            refuse("default", default, expected)
        elif isinstance(default, str):
            force_setattr(self, "default", str.__str__(default))

    def _bounds(self, number: float) -> bool:
        return self.type == "number" and -LARGEST_VALUE <= number <= LARGEST_VALUE

    @property
    def low(self) -> float:
        """Least accepted number."""
        return -LARGEST_VALUE if self.min is None else float(self.min)

    @property
    def high(self) -> float:
        """Greatest accepted number."""
        return LARGEST_VALUE if self.max is None else float(self.max)


class Schema(Part):
    """Type and bounds of every field of an event, by name.

    Parameters
    ----------
    fields
        `Field` by name, or a dict of the options of a field.

    Raises
    ------
    ValueError
        Where a field is neither, or an option is wrong; the message names the field.

    Examples
    --------
    >>> from streamimb import Field, Schema
    >>> schema = Schema({"amount": Field(min=0.0), "country": {"type": "string", "nullable": True}})
    >>> schema.fields["amount"].low
    0.0
    """

    def __init__(self, fields: Mapping[str, Field | Mapping[str, Any]]) -> None:
        if not isinstance(fields, Mapping):
            refuse("fields", fields, "{name: Field(...), ...}")
        self.fields: dict[str, Field] = {
            _plain(name): field_of(name, field) for name, field in fields.items()
        }

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"fields": {"amount": Field(min=0.0)}}

    @property
    def digest(self) -> str:
        """SHA-256 of the fields, in hex: equal schemas have equal digests."""
        by_name = sorted(
            self.__getstate__()["fields"].items(), key=lambda field: (type(field[0]).__name__, repr(field[0]))
        )
        # Not as JSON, which turns all names into strings.
        return hashlib.sha256(repr(by_name).encode("utf-8", "backslashreplace")).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Schema) and self.fields == other.fields

    def __hash__(self) -> int:
        return hash(self.digest)

    def __getstate__(self) -> dict[str, Any]:
        return {"fields": {name: msgspec.to_builtins(field) for name, field in self.fields.items()}}

    def __setstate__(self, state: Any) -> None:
        fields = entries(state, "fields")["fields"]
        if type(fields) is not dict or not all(type(field) is dict for field in fields.values()):
            raise refused("fields", "a dict of the options of each field")
        vars(self).update(fields=Schema(fields).fields)


def _plain(name: Any) -> Any:
    """A name of a numpy type as the equal built-in value."""
    return name.item() if isinstance(name, np.generic) else name


def field_of(name: Any, given: Any) -> Field:
    """The field itself, or one made from its options."""
    if isinstance(given, Field):
        return given
    if not isinstance(given, Mapping):
        refuse("fields", {name: given}, "a Field(...), or a dict of its options, by the name of the field")
    for option in given:
        if option not in OPTIONS:
            refuse(f"fields: {name!r}: {option}", given[option], f"one of {', '.join(OPTIONS)} as an option")
    try:
        return Field(**given)
    except ValueError as error:
        raise ValueError(f"fields: {name!r}: {error}") from error


OPTIONS = Field.__struct_fields__
