"""The time that orders a record, read without decoding the rest of it.

A record without a believable time takes the one of the record before it, so that it keeps its place
among its neighbours. Knows one field; the meaning of the others is the decoder's.
"""

import math
from collections.abc import Callable
from typing import Any

import msgspec

from streamimb.protocols import Record
from streamimb.serve.decode import UNITS_PER_SECOND, parse_as_python_writes
from streamimb_connectors.files.options import SourceOptions

_PATIENCE = 100  # records without a time that are kept behind one that is doubted


def time_reader(field: str, unit: str) -> Callable[[bytes], float | None]:
    """A function that gives the seconds of a line, or None where it has no readable time.

    Cost: one pass of msgspec over the line that builds nothing but the one value.

    >>> time_reader("at", "ms")(b'{"at": 1500, "amount": 9.5}')
    1.5
    """
    line_type = msgspec.defstruct("Line", [("t", float)], rename={"t": field}, gc=False)
    decode: Callable[[bytes], Any] = msgspec.json.Decoder(line_type).decode
    units = UNITS_PER_SECOND[unit]

    def read_seconds(line: bytes) -> float | None:
        try:
            seconds: float = decode(line).t / units
        except RecursionError:
            return None
        except msgspec.DecodeError:
            return as_the_decoder_does(line)
        return seconds

    def as_the_decoder_does(line: bytes) -> float | None:
        # Whether the line is any good is for the decoder to say, and to count.
        try:
            fields = parse_as_python_writes(line)
            t = fields.get(field) if type(fields) is dict else None
            return t / units if type(t) is float or type(t) is int else None
        except (ValueError, RecursionError, OverflowError):
            return None

    return read_seconds


class Order:
    """Gives each record of a partition the time by which it is merged with those of other inputs.

    Its own, where that is believed. A time that is none, or outside `earliest_s` and `latest_s`, is not: the
    record goes with the one before it. One more than `skew_s` ahead of the record before waits for the next
    one that has a time: where that is as far behind again, it was wrong; where not, there was a gap. Else
    one wrong time would keep all that is behind it until the other inputs have ended. The first one waits
    too, where `first_waits`; if it was wrong it comes before all others.

    Cost: a few comparisons a record.

    >>> order, records = Order(SourceOptions("-", skew_s=10.0), first_waits=True), []
    >>> for offset, t in enumerate([1.0, 99.0, None, 2.0, 50.0, 51.0]):
    ...     order.add(records, offset, b"", t)
    >>> [record.t for record in records]
    [1.0, 1.0, 1.0, 2.0, 50.0, 51.0]
    """

    def __init__(self, options: SourceOptions, *, first_waits: bool) -> None:
        self._earliest, self._latest = options.earliest_s, options.latest_s
        self._skew = options.skew_s
        self._t = 0.0  # that orders the record before
        self._own = -math.inf if first_waits else math.inf  # that the last record with a time has
        self._doubted: list[tuple[int, bytes]] = []

    def add(self, records: list[Record], offset: int, value: bytes, seconds: float | None) -> None:
        """Appends to `records` those that have their place now; `seconds` is the time that was read."""
        seconds = self.bounded(seconds)
        if self._doubted:
            if seconds is None and len(self._doubted) <= _PATIENCE:
                self._doubted.append((offset, value))
                return
            self._settle(records, seconds is None or not self.apart(seconds, self._own))
        if seconds is not None:
            if self.apart(self._own, seconds):
                self._own = seconds
                self._doubted.append((offset, value))
                return
            self._own = self._t = seconds
        records.append(Record(0, offset, self._t, None, value))

    def end(self, records: list[Record]) -> None:
        """Appends what was still doubted: nothing is behind it."""
        if self._doubted:
            self._settle(records, True)

    def bounded(self, seconds: float | None) -> float | None:
        """The time, or None where it is no time."""
        return None if seconds is None or not self._earliest <= seconds <= self._latest else seconds

    def apart(self, t: float, later: float) -> bool:
        """Whether `later` is so far ahead of t that it is doubted."""
        return later - t > self._skew

    def _settle(self, records: list[Record], believed: bool) -> None:
        if believed:
            self._t = self._own
        records.extend(Record(0, offset, self._t, None, value) for offset, value in self._doubted)
        self._doubted.clear()
