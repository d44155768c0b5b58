"""The time that orders a record, read without decoding the rest of it; shared by all connectors.

A record without a valid time gets the time of the record before it in its partition, and so keeps its place among its
neighbours.
"""

import math
from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from streamimb.connections import Record
from streamimb.serve.decode import UNITS_PER_SECOND, parse_as_python_writes

_PATIENCE = 100  # records without a time that wait behind a held one

TimeReader = Callable[[bytes], float | None]


class Bounds(Protocol):
    """Which times are valid, in seconds."""

    @property
    def earliest_s(self) -> float:
        """Earlier times are invalid."""

    @property
    def latest_s(self) -> float:
        """Later times are invalid."""

    @property
    def skew_s(self) -> float:
        """A record more than this ahead of the one before is held until the next."""


def time_reader(field: str, unit: str) -> TimeReader:
    """Returns a function from a record's JSON to the seconds of the field, or None where there is no time.

    Cost: one pass of msgspec over the bytes, which creates only this value.

    >>> read = time_reader("at", "ms")
    >>> read(b'{"at": 1500, "amount": 9.5}'), read(b'{"amount": 9.5}'), read(b'{"at": "now"}')
    (1.5, None, None)
    """
    line_type = msgspec.defstruct("Line", [("t", float | None, None)], rename={"t": field}, gc=False)
    decode: Callable[[bytes], Any] = msgspec.json.Decoder(line_type).decode
    units = UNITS_PER_SECOND[unit]

    def read_seconds(line: bytes) -> float | None:
        try:
            t = decode(line).t
        except RecursionError:
            return None
        except msgspec.DecodeError:
            return as_the_decoder_does(line)
        return None if t is None else t / units

    def as_the_decoder_does(line: bytes) -> float | None:
        # The decoder checks the whole record, and counts it.
        try:
            fields = parse_as_python_writes(line)
            t = fields.get(field) if type(fields) is dict else None
            return t / units if type(t) is float or type(t) is int else None
        except (ValueError, RecursionError, OverflowError):
            return None

    return read_seconds


class Order:
    """Gives each record of one partition the time by which the runner merges it with records of other inputs.

    A record without a time between `earliest_s` and `latest_s` takes the time of the record before it. A record more
    than `skew_s` ahead of the record before is held until the next one that has a time. If that one is as far behind
    again, the held time was wrong, and the record takes the time of the one before it; otherwise there was a gap, and
    it keeps its own. Without this, one wrong time would delay all later records until the other inputs have ended.
    With `first_waits` the first record is held too; if its time was wrong, it is ordered before all others.

    Cost: a few comparisons per record.

    Parameters
    ----------
    bounds
        Which times are valid.
    partition
        Of the records.
    first_waits
        Whether the first record is held until the second.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> bounds = SimpleNamespace(earliest_s=0.0, latest_s=1e3, skew_s=10.0)
    >>> order, records = Order(bounds, first_waits=True), []
    >>> for offset, t in enumerate([1.0, 99.0, None, 2.0, 50.0, 51.0]):
    ...     order.add(records, offset, b"", t)
    >>> [record.t for record in records]
    [1.0, 1.0, 1.0, 2.0, 50.0, 51.0]
    """

    def __init__(self, bounds: Bounds, partition: int = 0, *, first_waits: bool) -> None:
        self.partition = partition
        self._earliest, self._latest = bounds.earliest_s, bounds.latest_s
        self._skew = bounds.skew_s
        self._t = 0.0  # orders the record before
        self._own = -math.inf if first_waits else math.inf  # of the last record that has a time
        self._held: list[tuple[int, bytes | None, bytes | None]] = []

    def add(
        self,
        records: list[Record],
        offset: int,
        value: bytes | None,
        seconds: float | None,
        key: bytes | None = None,
    ) -> None:
        """Appends to `records` those whose place is known now; `seconds` is the time that was read."""
        seconds = self.bounded(seconds)
        if self._held:
            if seconds is None and len(self._held) <= _PATIENCE:
                self._held.append((offset, key, value))
                return
            self._release(records, seconds is None or not self.apart(seconds, self._own))
        if seconds is not None:
            if self.apart(self._own, seconds):
                self._own = seconds
                self._held.append((offset, key, value))
                return
            self._own = self._t = seconds
        records.append(Record(self.partition, offset, self._t, key, value))

    @property
    def holds(self) -> bool:
        """Whether a record waits for the next one."""
        return bool(self._held)

    def end(self, records: list[Record]) -> None:
        """Appends the held records, because no record follows."""
        if self._held:
            self._release(records, True)

    def bounded(self, seconds: float | None) -> float | None:
        """The time, or None where it is missing or out of bounds."""
        return None if seconds is None or not self._earliest <= seconds <= self._latest else seconds

    def apart(self, t: float, later: float) -> bool:
        """Whether `later` is more than `skew_s` ahead of t."""
        return later - t > self._skew

    def _release(self, records: list[Record], valid: bool) -> None:
        if valid:
            self._t = self._own
        records.extend(
            Record(self.partition, offset, self._t, key, value) for offset, key, value in self._held
        )
        self._held.clear()
