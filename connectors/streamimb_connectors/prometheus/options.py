"""The options of the exporter. An unknown option fails, and the message names the nearest right one."""

import difflib
from collections.abc import Mapping
from typing import Any

import msgspec


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[exporter.<name>]` with `type = "prometheus"`."""

    host: str = "127.0.0.1"
    port: int = 9464
    idle_s: float = 300.0
    checkpoint_late_s: float = 120.0
    stuck_s: float = 120.0


def read_options(options: Mapping[str, Any]) -> Options:
    """The options as a struct.

    Raises
    ------
    ValueError
        For an unknown option, a wrong type, or a value out of range.

    """
    known = Options.__struct_fields__
    for key in options:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"options are {', '.join(known)}"
            raise ValueError(f"unknown option '{key}': {hint}")
    try:
        read = msgspec.convert(dict(options), Options)
    except msgspec.ValidationError as error:
        raise ValueError(f"{error}") from error
    if not 0 <= read.port <= 65_535:
        raise ValueError(f"port is {read.port}: give 0 to 65535")
    for key in ("idle_s", "checkpoint_late_s", "stuck_s"):
        if not getattr(read, key) > 0:
            raise ValueError(f"{key} is {getattr(read, key)}: give seconds above 0")
    return read
