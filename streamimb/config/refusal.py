"""The error for a wrong configuration, with advice: the nearest known name, or all names.

Messages quote only keys and values of the configuration, and no value whose key is the name of a secret.
"""

import difflib
from collections.abc import Iterable
from typing import Any

_EXAMPLES = {"window_s": "604_800, 7 days", "path": '"a_file"', "factory": '"module:function"'}


class ConfigError(ValueError):
    """The configuration is wrong; the message names the place, the value and what to write instead."""


def nearest(name: str, known: Iterable[str], cutoff: float = 0.5) -> str | None:
    """Return the known name nearest to a wrong one; None where none is near."""
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=cutoff)
    return found[0] if found else None


def advice(name: str, known: Iterable[str], cutoff: float = 0.5) -> str:
    """Return what to write instead of a wrong name.

    >>> advice("shaer", ["share", "mix"])
    "did you mean 'share'?"
    """
    names = list(known)
    near = nearest(name, names, cutoff)
    return f"did you mean '{near}'?" if near else f"there are {', '.join(names) or 'none'}"


def refuse_unknown(table: Iterable[str], known: tuple[str, ...], what: str, where: str = "") -> None:
    """Refuse a table with a key that is not known."""
    for key in table:
        if key not in known:
            raise ConfigError(f"{f'[{where}] ' if where else ''}'{key}' {what}: {advice(key, known)}")


def refuse_other(value: str, choices: tuple[str, ...], where: str) -> None:
    """Refuse a value that is not one of the choices."""
    if value not in choices:
        near = nearest(value, choices)
        meant = f"did you mean '{near}'? " if near else ""
        raise ConfigError(f"{where} is '{value}': {meant}there are {', '.join(choices)}")


def refuse_value(table: Any, where: str) -> dict[str, Any]:
    """Return the table; raise ConfigError where it is a value instead."""
    if not isinstance(table, dict):
        raise ConfigError(f"{where}: is a value, but [{where}] is a table")
    return table


def missing(key: str, where: str) -> ConfigError:
    """Return the error for a required key that is missing."""
    example = f", such as {key} = {_EXAMPLES[key]}" if key in _EXAMPLES else ""
    return ConfigError(f"[{where}] {key} is missing: give it{example}")
