"""The options of a files source or sink.

Frozen, strict structs: an unknown or mistyped option fails with its name and the nearest right one.
"""

import difflib
import math
from collections.abc import Mapping
from typing import Any, Literal, TypeVar

import msgspec

SKIP_S = 0.2  # longest time of one poll that skips to its position, so that a stop signal need not wait for all of it


class SourceOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Options of `source`; `path` is a file, or `-` for stdin."""

    path: str
    format: Literal["jsonl", "parquet"] | None = None  # by the suffix where not given
    time: str = "time"  # the field whose value orders the records
    time_unit: Literal["s", "ms", "us"] = "s"
    batch: int = 500  # records handed over per poll
    max_line_bytes: int = 16 * 1024 * 1024
    earliest_s: float = -math.inf  # times outside, in seconds, are not used for the order
    latest_s: float = math.inf
    skew_s: float = math.inf  # a record further ahead of the one before is held until the next


class SinkOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Options of `sink`; `path` is a file that is appended to, or `-` for stdout."""

    path: str


_Options = TypeVar("_Options", SourceOptions, SinkOptions)


def read_options(kind: type[_Options], options: Mapping[str, Any], where: str) -> _Options:
    """The options as a struct.

    Raises
    ------
    ValueError
        For an unknown option (naming the nearest right one), a missing one, a wrong type or a value out
        of range.

    """
    known = kind.__struct_fields__
    for key in options:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"options are {', '.join(known)}"
            raise ValueError(f"{where}: unknown option '{key}': {hint}")
    try:
        read = msgspec.convert(dict(options), kind)
    except msgspec.ValidationError as error:
        raise ValueError(f"{where}: {error}") from error
    for key in ("batch", "max_line_bytes"):
        value = options.get(key, 1)
        if value < 1:
            raise ValueError(f"{where}: {key} is {value}: give a whole number of at least 1")
    return read
