"""What becomes of one event's values, one by one: kept, converted, bounded, filled in, or taken as missing.

Knows fields; never where events come from or go to.
"""

from math import isfinite, isnan
from typing import Any

import numpy as np

from streamimb.compose.schema import LARGEST, TYPES, Field, Kind


def kind_of(value: Any) -> Kind:
    """Type of a clean value, in a schema's words."""
    if isinstance(value, bool):
        return "bool"
    return "string" if isinstance(value, str) else "number"


class Cleaning:
    """One event on its way through the guard."""

    __slots__ = ("learnable", "max_text", "reasons", "x")

    def __init__(self, max_text: int) -> None:
        self.x: dict[Any, Any] = {}
        self.learnable = True
        self.reasons: list[str] = []
        self.max_text = max_text

    def take(self, name: Any, field: Field, raw: Any) -> None:
        """A value (None: there is none) of a field the schema knows."""
        if isinstance(raw, np.generic):
            raw = raw.item()
        if raw is None:
            if field.default is not None:
                self.x[name] = field.default
                self._say("imputed", name)
            elif not field.nullable:
                self._distrust("missing", name)
            return
        if isinstance(raw, float) and isnan(raw):
            if not field.nullable:
                self._distrust("nan", name)
            return
        if field.type == "number":
            self._number(name, field, raw)
        elif field.type == "string":
            self._string(name, field, raw)
        else:
            self._bool(name, field, raw)

    def meet(self, name: Any, raw: Any) -> None:
        """A value of a field not met before, during the warm-up."""
        if isinstance(raw, np.generic):
            raw = raw.item()
        if raw is None or (isinstance(raw, float) and isnan(raw)):
            return
        before = len(self.reasons)
        if isinstance(raw, bool):
            self.x[name] = raw
        elif isinstance(raw, int | float):
            self._number(name, NEW["number"], raw)
        elif isinstance(raw, str):
            self._string(name, NEW["string"], raw)
        else:
            self._distrust("type", name)
        # A name nobody configured is not ours to repeat: the code alone, once.
        codes = [reason.partition(":")[0] for reason in self.reasons[before:]]
        self.reasons[before:] = [code for code in codes if code not in self.reasons[:before]]

    def unknown(self) -> None:
        """A field the schema does not know is left out; its name is not ours to repeat."""
        if "unknown_field" not in self.reasons:
            self.reasons.append("unknown_field")

    def _number(self, name: Any, field: Field, raw: Any) -> None:
        if isinstance(raw, bool | str):
            if not field.coerce:
                self._distrust("type", name)
                return
            try:
                raw = float(raw)
            except ValueError:
                self._distrust("type", name)
                return
            self._say("coerced", name)
            if isnan(raw):
                self._distrust("nan", name)
                return
        if not isinstance(raw, int | float):
            self._distrust("type", name)
        elif isinstance(raw, float) and not isfinite(raw):
            self._distrust("inf", name)
        elif not -LARGEST <= raw <= LARGEST:
            self._distrust("too_large", name)
        elif raw < field.low:
            self.x[name] = field.low
            self._distrust("bounded", name)
        elif raw > field.high:
            self.x[name] = field.high
            self._distrust("bounded", name)
        else:
            self.x[name] = raw

    def _string(self, name: Any, field: Field, raw: Any) -> None:
        if isinstance(raw, int | float) and field.coerce:
            try:
                raw = str(raw)
            except ValueError:  # Python writes out no integer of more than 4,300 digits
                self._distrust("too_long", name)
                return
            self._say("coerced", name)
        if not isinstance(raw, str):
            self._distrust("type", name)
        elif len(raw) > self.max_text:
            self._distrust("too_long", name)
        else:
            self.x[name] = raw

    def _bool(self, name: Any, field: Field, raw: Any) -> None:
        if isinstance(raw, int | float) and not isinstance(raw, bool) and field.coerce and raw in (0, 1):
            raw = bool(raw)
            self._say("coerced", name)
        if isinstance(raw, bool):
            self.x[name] = raw
        else:
            self._distrust("type", name)

    def _say(self, code: str, name: Any) -> None:
        self.reasons.append(f"{code}:{name}")

    def _distrust(self, code: str, name: Any) -> None:
        self.learnable = False
        self._say(code, name)


NEW = {kind: Field(kind, nullable=True) for kind in TYPES}  # of a field nobody has said more of
