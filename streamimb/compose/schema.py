"""What each field of an event has to be. Data only: what is done about it is the guard's business."""

import hashlib
import math
from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args

import msgspec
from river import base

LARGEST = 1e15  # a number beyond is not believed, whatever the schema says
Kind = Literal["number", "string", "bool"]
TYPES = get_args(Kind)


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one field has to be.

    Parameters
    ----------
    type
        "number", "string" or "bool".
    nullable
        Whether absent, None and NaN are values of it (a missing one, with an indicator of its own).
    default
        What stands in for an absent or None value; None: nothing does.
    min, max
        Of a number, within ±10^15. A value outside is scored as the bound and not learned.
    coerce
        Whether a number may come as a bool or a string, a string as a number or bool, a bool as 0 or 1.

    Raises
    ------
    ValueError
        Where these contradict one another.
    """

    type: Kind = "number"
    nullable: bool = False
    default: float | str | bool | None = None
    min: float | None = None
    max: float | None = None
    coerce: bool = False

    def __post_init__(self) -> None:
        if self.type not in TYPES:
            raise ValueError(f"type={self.type!r}: expected one of {', '.join(TYPES)}")
        for name, bound in (("min", self.min), ("max", self.max)):
            if bound is not None and (self.type != "number" or not abs(bound) <= LARGEST):
                raise ValueError(
                    f"{name}={bound!r}: expected a number within ±1e15, on a field of type number"
                )
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min={self.min!r}, max={self.max!r}: expected min <= max")
        default = self.default
        if default is None:
            return
        fits = {
            "number": not isinstance(default, bool | str)
            and math.isfinite(default)
            and self.low <= default <= self.high,
            "string": isinstance(default, str),
            "bool": isinstance(default, bool),
        }
        if not fits[self.type]:
            raise ValueError(f"default={default!r}: expected a {self.type} (within min and max)")

    @property
    def low(self) -> float:
        """Least number believed."""
        return -LARGEST if self.min is None else float(self.min)

    @property
    def high(self) -> float:
        """Greatest number believed."""
        return LARGEST if self.max is None else float(self.max)


class Schema(base.Base):
    """What every field of an event has to be, by name.

    Parameters
    ----------
    fields
        `Field` by name; a dict of a field's options will do.

    Examples
    --------
    >>> from streamimb import Field, Schema
    >>> schema = Schema({"amount": Field(min=0.0), "country": {"type": "string", "nullable": True}})
    >>> schema.fields["amount"].low
    0.0
    """

    def __init__(self, fields: Mapping[str, Field | Mapping[str, Any]]) -> None:
        self.fields: dict[str, Field] = {
            name: field if isinstance(field, Field) else msgspec.convert(dict(field), Field)
            for name, field in fields.items()
        }

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"fields": {"amount": Field(min=0.0)}}

    @property
    def digest(self) -> str:
        """SHA-256 of the fields, in hex: equal schemas have equal digests."""
        return hashlib.sha256(msgspec.json.encode(sorted(self.__getstate__()["fields"].items()))).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Schema) and self.fields == other.fields

    def __hash__(self) -> int:
        return hash(self.digest)

    def __getstate__(self) -> dict[str, Any]:
        return {"fields": {name: msgspec.to_builtins(field) for name, field in self.fields.items()}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.fields = {name: msgspec.convert(field, Field) for name, field in state["fields"].items()}
