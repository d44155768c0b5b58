"""Cleans the values of one event: each is kept, converted, bounded, filled in, or taken as missing.

`Cleaning` follows a configured schema; `kind_of` gives the kind of a value where none is configured. Must not know
where events come from or go to.
"""

from math import isfinite, isnan
from typing import Any

import numpy as np

from streamimb._kernels.gate import BOOL, NUMBER, STRING
from streamimb.compose.schema import LARGEST, Field

OTHER, MISSING = 3, 4  # beside the kinds of `gate`: what no learner takes; None and NaN


def kind_of(raw: Any, max_text: int) -> tuple[int, Any]:
    """Kind of a value, and the value as Python's own; of one that no learner takes, OTHER and the reason's code.

    >>> kind_of(2.5, 100), kind_of(True, 100), kind_of("NO", 100), kind_of(float("inf"), 100)
    ((0, 2.5), (2, True), (1, 'NO'), (3, 'inf'))
    """
    if isinstance(raw, np.generic):
        raw = raw.item()
    if isinstance(raw, bool):
        return BOOL, raw
    if isinstance(raw, int | float):
        if -LARGEST <= raw <= LARGEST:
            return NUMBER, raw
        if isinstance(raw, float) and isnan(raw):
            return MISSING, None
        return OTHER, "inf" if isinstance(raw, float) and not isfinite(raw) else "too_large"
    if isinstance(raw, str):
        return (STRING, raw) if len(raw) <= max_text else (OTHER, "too_long")
    return (MISSING, None) if raw is None else (OTHER, "type")


class Cleaning:
    """One event, cleaned by the rules of a configured schema."""

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

    def unknown(self) -> None:
        """Leaves out a field that the schema does not have; no reason repeats its name, which may be anything."""
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
