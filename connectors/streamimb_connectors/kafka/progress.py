"""How far one partition was read, and the times that order its records.

A record may be handed over later than it is read: one with an unlikely time is held until the next one.
"""

import math
import time
from collections.abc import Iterable
from typing import Any

from streamimb.connections import Record
from streamimb.serve.record_time import Bounds, Order, TimeReader

BACK = 128  # records read again before a position, so that the order is the same as without a restart
_QUIET_S = 1.0  # a partition without a new record for so long releases its held records


class Progress:
    """One partition: how far it was handed over and read, and where it ends.

    Cost: one pass of msgspec over each record for its time, where a field is named.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from streamimb_connectors.kafka.options import Times
    >>> progress = Progress(0, position=5, bounds=Times())
    >>> progress.start(at=5, until=9)
    >>> fetched = SimpleNamespace(offset=6, timestamp=1500, key=None, value=b"{}")
    >>> progress.take([fetched], None), progress.next, progress.behind
    ([Record(partition=0, offset=6, t=1.5, key=None, value=b'{}')], 7, True)
    """

    def __init__(self, number: int, position: int, bounds: Bounds) -> None:
        self.number = number
        self.next = position  # the first offset that was not handed over
        self.at = position  # the offset that the client reads next
        self.until = 0  # the end as far as known
        self.closes_at = math.inf  # nothing from this offset on is read
        self._bounds = bounds
        self._order = Order(bounds, number, first_waits=True)
        self._has_field = False
        self._came = 0.0

    def start(self, at: int, until: int) -> None:
        """Begins to read at `at`, which may be before the next record to be handed over."""
        self.at, self.until = at, until
        # At the end no record follows the first one.
        self._order = Order(self._bounds, self.number, first_waits=at < until)

    def take(self, batch: Iterable[Any], read: TimeReader | None) -> list[Record]:
        """Returns the records whose place in the order is known now.

        `read` returns the time of the configured field. A record without it has its own time, as long as no record of
        the partition had the field; from then on it gets the time of the record before, as in a file, because its own
        time is by another clock, which may be weeks ahead in a topic that was filled later.
        """
        records: list[Record] = []
        order, closes_at = self._order, self.closes_at
        for record in batch:
            if record.offset < closes_at:
                value = record.value
                seconds = read(value) if read is not None and value else None
                if seconds is not None:
                    self._has_field = True
                elif not self._has_field:
                    seconds = record.timestamp / 1000
                order.add(records, record.offset, value, seconds, record.key)
        self._came = time.monotonic()
        return self._handed(records)

    def settle(self) -> list[Record]:
        """Returns the held records where no record follows, or none came for a second."""
        records: list[Record] = []
        if self.ended:
            self._order.end(records)
            self.next = max(self.next, self.at)
        elif self._order.holds and not self.behind and time.monotonic() - self._came >= _QUIET_S:
            self._order.end(records)
        return self._handed(records)

    @property
    def behind(self) -> bool:
        """Whether there are records that the client has not read."""
        return self.at < min(self.until, self.closes_at)

    @property
    def ended(self) -> bool:
        """Whether all records up to the closed end were read."""
        return self.at >= self.closes_at

    def _handed(self, records: list[Record]) -> list[Record]:
        if records and records[0].offset < self.next:
            records = [record for record in records if record.offset >= self.next]
        if records:
            self.next = records[-1].offset + 1
        return records
