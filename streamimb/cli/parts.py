"""`parts`: every part of the catalogue, one per line, with its options as in TOML."""

import sys
from typing import Any

import msgspec

from streamimb import catalogue
from streamimb.compose.sampled import ANCHORS, CORRECTIONS


def show(*, as_json: bool) -> int:
    """Prints the parts; returns the exit code."""
    listed = [_described(entry) for entry in catalogue.entries()]
    if as_json:
        told = {
            "parts": listed,
            "correction": {"type": CORRECTIONS, "anchor": ANCHORS},
            "broken": catalogue.broken(),
        }
        sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
        return 0
    for room in catalogue.ROOMS.values():
        title = f"{room.name}, chosen by type in [{room.table}]" if room.table else room.name
        sys.stdout.write(f"{title}\n")
        for entry in catalogue.entries():
            if entry.room == room.name:
                options = "; ".join(map(str, entry.options)) or "no options"
                place = "" if entry.table == room.table else f" (not a type of [{room.table}])"
                sys.stdout.write(f"  {entry.kind}{place}: {options}. {entry.summary}".rstrip() + "\n")
    sys.stdout.write(
        f"[correction]\n  type: {' | '.join(CORRECTIONS)}, or a part; anchor: {' | '.join(ANCHORS)}, or a table\n"
    )
    for name, why in catalogue.broken().items():
        sys.stdout.write(f"cannot be loaded: {name}: {why}\n")
    return 0


def _described(entry: catalogue.Entry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "table": entry.table,
        "summary": entry.summary,
        "state_version": entry.state_version,
        "options": [
            {
                "name": option.name,
                "annotation": option.annotation,
                "default": _plain(option.default),
                "required": option.required,
                "left_out": option.left_out,
            }
            for option in entry.options
        ],
    }


def _plain(default: Any) -> Any:
    """A default as a JSON value; for an object its repr."""
    if default is None or isinstance(default, bool | int | float | str):
        return default
    return [_plain(item) for item in default] if isinstance(default, tuple | list) else repr(default)
