"""The error for a wrong configuration, with advice: the nearest known name, or all names.

Messages quote only keys and values of the configuration, and no value whose key is the name of a secret.
"""

import difflib
from collections.abc import Callable, Iterable
from typing import Any

SLIP = 0.8  # likeness of two names that differ by one or two letters
_KEYS: dict[str, Callable[[], Iterable[str]]] = {}  # of each table, declared by the module that reads it
_GROUPS: dict[str, str] = {}  # of each table: those of one group describe one thing
_EXAMPLES = {"window_s": "604_800, 7 days", "path": '"a_file"', "factory": '"module:function"'}


class ConfigError(ValueError):
    """The configuration is wrong; the message names the place, the value and what to write instead."""


def declare(table: str, keys: Callable[[], Iterable[str]], group: str = "") -> None:
    """Note which keys a table may have, so that the advice about a key in another table can name this one.

    A key in a table of a group is looked for in the tables of this group first.
    """
    _KEYS[table], _GROUPS[table] = keys, group


def nearest(name: str, known: Iterable[str], cutoff: float = 0.5) -> str | None:
    """Return the known name nearest to a wrong one; None where none is near."""
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=cutoff)
    return found[0] if found else None


def advice(name: str, known: Iterable[str], table: str = "") -> str:
    """Return what to write instead of a wrong name.

    For a key of a table that differs from its keys by more than a slip of the finger, it is the table that has the key,
    or the tables that do, or the nearest key of all tables, of equally near ones that of this table.

    >>> advice("shaer", ["share", "mix"])
    "did you mean 'share'?"
    """
    names = list(known)
    near, place = nearest(name, names), ""
    likeness = 0.0 if near is None else _likeness(name, near)
    others: dict[str, list[str]] = {}
    if table and likeness < SLIP:
        others = {other: list(keys()) for other, keys in _KEYS.items() if other != table.partition(".")[0]}
    if places := _places(table, [other for other, found in others.items() if name in found]):
        *first, last = [f"[{other}]" for other in places]
        here = f"; here there are {', '.join(names)}" if names and not _alike(table, places) else ""
        if first:
            return f"it belongs to {', '.join(first)} or {last}, write it in the one that you mean{here}"
        return f"it belongs to {last}, write it there{here}"
    for other, found in others.items():
        one = nearest(name, found, cutoff=SLIP)
        if one is not None and _likeness(name, one) > likeness:
            near, place, likeness = one, f" of [{other}]", _likeness(name, one)
    return f"did you mean '{near}'{place}?" if near else f"there are {', '.join(names) or 'none'}"


def _places(table: str, found: list[str]) -> list[str]:
    """Those of the tables that belong to the same group as a table; all where none does."""
    return [other for other in found if _alike(table, [other])] or found


def _alike(table: str, others: list[str]) -> bool:
    """Whether all others belong to the group of a table, so that they describe the same thing."""
    group = _GROUPS.get(table.partition(".")[0], "")
    return bool(group) and all(_GROUPS[other] == group for other in others)


def _likeness(wrong: str, right: str) -> float:
    return difflib.SequenceMatcher(None, right, wrong).ratio()


def refuse_unknown(table: Iterable[str], known: tuple[str, ...], what: str, where: str = "") -> None:
    """Refuse a table with a key that is not known."""
    for key in table:
        if key not in known:
            raise ConfigError(f"{f'[{where}] ' if where else ''}'{key}' {what}: {advice(key, known, where)}")


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
