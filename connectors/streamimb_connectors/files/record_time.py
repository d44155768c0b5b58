"""The time of one line, read without decoding the rest of it.

A line whose time cannot be read takes the time of the line before it, so that it keeps its place among
its neighbours. Knows one field; the meaning of the others is the decoder's.
"""

from collections.abc import Callable

import msgspec

UNITS_PER_SECOND = {"s": 1.0, "ms": 1e3, "us": 1e6}


def time_reader(field: str, unit: str) -> Callable[[bytes], float | None]:
    """A function that gives the seconds of a line, or None where it has no readable time.

    Cost: one pass of msgspec over the line that builds nothing but the one value.

    >>> time_reader("at", "ms")(b'{"at": 1500, "amount": 9.5}')
    1.5
    """
    line_type = msgspec.defstruct("Line", [("t", float)], rename={"t": field}, gc=False)
    decode = msgspec.json.Decoder(line_type).decode
    units = UNITS_PER_SECOND[unit]

    def read_seconds(line: bytes) -> float | None:
        try:
            return decode(line).t / units  # type: ignore[attr-defined, no-any-return]
        except (msgspec.DecodeError, RecursionError):
            # Whether the line is any good is for the decoder to say, and to count.
            return None

    return read_seconds
