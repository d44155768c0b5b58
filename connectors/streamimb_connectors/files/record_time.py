"""The time of one line, read without decoding the rest of it.

A line whose time cannot be read takes the time of the line before it, so that it keeps its place among
its neighbours. Knows one field; the meaning of the others is the decoder's.
"""

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}


def time_reader(field: str, unit: str) -> Callable[[bytes], float | None]:
    """A function that gives the seconds of a line, or None where it has no readable time.

    Cost: one pass of msgspec over the line that builds nothing but the one value.
    """
    kind = str if unit == "iso" else float
    line_type = msgspec.defstruct("Line", [("t", kind)], rename={"t": field}, gc=False)
    decode = msgspec.json.Decoder(line_type).decode

    def read_seconds(line: bytes) -> float | None:
        try:
            value = decode(line).t  # type: ignore[attr-defined]
            return iso_seconds(value) if unit == "iso" else value * _SECONDS[unit]
        except (msgspec.DecodeError, RecursionError, ValueError, OverflowError):
            # Whether the line is any good is for the decoder to say, and to count.
            return None

    return read_seconds


def iso_seconds(text: str) -> float:
    """Seconds since 1970 of an ISO 8601 time; without a zone it is UTC.

    >>> iso_seconds("1970-01-02T00:00:00Z")
    86400.0
    """
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
