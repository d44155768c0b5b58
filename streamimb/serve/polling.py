"""The inputs of a runner: opens them, polls them in turn, and waits for all of them together.

It adds records to the merge and sets for which partitions the others wait. Clock and sleep are those of the `Retry`
argument; only the wait for descriptors uses the system's clock.
"""

import math
import select
from collections.abc import Callable, Sequence
from functools import partial

from streamimb.connections import Source, Unavailable
from streamimb.serve.backoff import Backoff
from streamimb.serve.merge import Merge
from streamimb.serve.retry import PIECE_S, Retry

SILENT = "silent_input"


class Polling:
    """Polls the sources that may have records, and waits where none has.

    A source with a descriptor is polled when the descriptor is readable, when its last poll brought records, and
    otherwise every `poll_s`. So waiting for one input delays no other, and an idle input costs nothing. A source
    without a descriptor is polled every round; where the last round brought nothing, it may wait in its poll.

    A partition is held while it has its share of `buffer_n` records that were read and not handled; its source
    continues with its other partitions.

    Cost: one `select` per round, some microseconds.

    Parameters
    ----------
    sources
        In the order of the merge.
    merge
        Gets the records.
    retry
        Notes what is unavailable, and pauses.
    buffer_n
        Records of a source that may wait in the merge, divided among its partitions; ≥ 1.
    poll_s
        Longest wait of a round without records, in seconds; > 0.
    backoff
        Creates the back-off between attempts, one for each source.

    Raises
    ------
    ValueError
        buffer_n or poll_s out of range.

    Examples
    --------
    >>> from streamimb.connections import Record
    >>> from streamimb.serve import Backoff, MemorySource, Status
    >>> clock, sleep = lambda: 0.0, lambda s: None
    >>> source, merge = MemorySource("events", {0: [Record(0, 0, 1.0, None, b"a")]}), Merge(None, clock)
    >>> retry = Retry(Status(), grace_s=1.0, tick=lambda: None, clock=clock, sleep=sleep)
    >>> polling = Polling([source], merge, retry, 5_000, 0.1, Backoff)
    >>> polling.open(lambda source: None)
    >>> polling.poll(), len(merge.take(9))
    (1, 1)
    """

    def __init__(
        self,
        sources: Sequence[Source],
        merge: Merge,
        retry: Retry,
        buffer_n: int,
        poll_s: float,
        backoff: Callable[[], Backoff],
    ) -> None:
        if buffer_n < 1:
            raise ValueError(f"buffer_n={buffer_n!r}: give at least 1")
        if not poll_s > 0:
            raise ValueError(f"poll_s={poll_s!r}: give seconds above 0")
        self.buffer_n = buffer_n
        self.poll_s = poll_s
        self._sources = list(sources)
        self._names = [source.name for source in sources]
        self._tables = [
            f"source.{name}" for name in self._names
        ]  # as in the configuration; sinks have other names
        self._merge = merge
        self._retry = retry
        self._backoffs = [backoff() for _ in sources]
        self._poll_at = [-math.inf] * len(self._sources)  # no poll before this time, after one that failed
        self._due_at = [-math.inf] * len(self._sources)  # a poll by then, whatever the descriptor
        self._held: list[list[int]] = [[] for _ in sources]
        self._idle = False  # the last round brought no record

    def open(self, start: Callable[[Source], None]) -> None:
        """Opens every source by `start`, and waits for those that are unavailable."""
        retry = self._retry
        for i, source in enumerate(self._sources):
            while not retry.reached(self._tables[i], partial(start, source)):
                if retry.stopping:
                    return
                retry.pause(self._backoffs[i].next_s())
                retry.tick()
            self._backoffs[i].reset()
        for i, source in enumerate(self._sources):
            self._merge.set_open(i, source.waiting(), source.behind())
        retry.status.open = True

    def poll(self) -> int:
        """Polls the sources that may have records; returns how many came."""
        asked = self._asked()
        readable = set(self._readable(asked, 0.0))
        now = self._retry.clock()
        without = [i for i in asked if self._sources[i].fileno() is None]
        timeout_s = self.poll_s / len(without) if self._idle and without else 0.0
        brought = 0
        for i in asked:
            if i in without or i in readable or self._due_at[i] <= now:
                brought += self._poll_one(i, timeout_s if i in without and not brought else 0.0)
        self._retry.status.buffered = self._merge.buffered
        self._note_silent()
        return brought

    def wait(self, wait_s: float) -> None:
        """Returns when a source may have records, at the latest after `wait_s`, or soon after a stop."""
        self._idle = True
        asked = self._asked()
        if any(self._sources[i].fileno() is not None for i in asked):
            self._readable(asked, max(0.0, min(wait_s, PIECE_S)))
        else:
            self._retry.pause(wait_s)

    def busy(self) -> None:
        """Notes that this round handled or brought records: the next poll does not wait."""
        self._idle = False

    @property
    def all_at_ends(self) -> bool:
        """Whether every source can be reached, was read to its end, and has nothing in the merge."""
        away = self._retry.status.away
        return self._merge.at_ends and not any(table in away for table in self._tables)

    def _asked(self) -> list[int]:
        """Returns the sources to poll now, and holds the partitions with too many records."""
        now = self._retry.clock()
        asked = []
        for i, source in enumerate(self._sources):
            full, all_full = self._merge.full(i, self.buffer_n)
            if full != self._held[i]:
                source.hold(full)
                self._held[i] = full
                self._due_at[i] = -math.inf  # records of released partitions may be there already
            if not all_full and self._poll_at[i] <= now:
                asked.append(i)
        return asked

    def _readable(self, asked: Sequence[int], wait_s: float) -> list[int]:
        by_descriptor = {
            descriptor: i for i in asked if (descriptor := self._sources[i].fileno()) is not None
        }
        if not by_descriptor:
            return []
        return [by_descriptor[found] for found in select.select(list(by_descriptor), [], [], wait_s)[0]]

    def _poll_one(self, i: int, timeout_s: float) -> int:
        source, retry = self._sources[i], self._retry
        try:
            records = source.poll(timeout_s)
        except Unavailable as away:
            retry.away(self._tables[i], away)
            self._poll_at[i] = retry.clock() + self._backoffs[i].next_s()
            return 0
        retry.back(self._tables[i])
        self._backoffs[i].reset()
        self._merge.extend(i, records)
        self._merge.set_open(i, source.waiting(), source.behind())
        # A poll that brought records may have left some, for which the descriptor does not become readable again.
        self._due_at[i] = -math.inf if records else retry.clock() + self.poll_s
        return len(records)

    def _note_silent(self) -> None:
        status = self._retry.status
        silent = ", ".join(f"'{self._names[i]}'" for i in self._merge.silent())
        others = {code: why for code, why in status.degraded.items() if code != SILENT}
        if silent:
            others[SILENT] = (
                f"source {silent} is behind its end but brought no record for merge_wait_s = {self._merge.wait_s} s, "
                "so the other inputs go on without it and labels may miss their events: find out why it cannot be "
                "read, or raise merge_wait_s under [run]"
            )
        if others != status.degraded:
            status.degraded = others
