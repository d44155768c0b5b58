"""Converts a TOML table to a frozen struct, or raises an error that names the key and the expected value."""

import re
from collections.abc import Mapping
from typing import Any, TypeVar, cast

import msgspec

from streamimb.config.redaction import is_secret
from streamimb.config.refusal import ConfigError, missing, refuse_other, refuse_unknown, refuse_value

_EXPECTED = re.compile(r"Expected `(\w+)(?: \| null)?`( [<>]=? \S+?)?(?:, got .*)?")
_MISSING = re.compile(r"Object missing required field `(\w+)`")
_WORDS = {"int": "a whole number", "float": "a number", "str": "text in quotes", "bool": "true or false"}

_T = TypeVar("_T")


def converted(table: Any, kind: type[_T], where: str) -> _T:
    """Return the table as a struct of this kind.

    Raises
    ------
    ConfigError
        Where it is no table, a key is unknown or missing, or a value does not fit.

    """
    table = refuse_value(table, where)
    fields = msgspec.structs.fields(cast(type[msgspec.Struct], kind))
    refuse_unknown(table, tuple(field.encode_name for field in fields), "is not a key", where)
    for field in fields:
        if field.required and field.encode_name not in table:
            raise missing(field.encode_name, where)
        choices = getattr(field.type, "__args__", ())
        value = table.get(field.encode_name)
        if isinstance(value, str) and choices and all(isinstance(choice, str) for choice in choices):
            refuse_other(value, choices, f"[{where}] {field.encode_name}")
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        raise fault(where, error, table) from error


def fault(where: str, error: msgspec.ValidationError, table: Mapping[str, Any]) -> ConfigError:
    """Return the error for a wrong table: it names the key, its value unless that may be secret, and the fix."""
    message, _, place = str(error).partition(" - at ")
    key = place.strip("`").removeprefix("$").removeprefix(".")
    if (absent := _MISSING.fullmatch(message)) and not key:
        return missing(absent[1], where)
    if (expected := _EXPECTED.fullmatch(message)) and expected[1] in _WORDS:
        message = f"give {_WORDS[expected[1]]}{expected[2] or ''}"
    value = table.get(key)
    shown = f" is {value!r}" if isinstance(value, int | float | str) and not is_secret(key) else ""
    return ConfigError(f"[{where}] {f'{key}{shown}: ' if key else ''}{message}")
