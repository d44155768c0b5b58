"""Merges all partitions into one order: by record time, ties by (input, partition, offset).

Each partition of each source has a queue. `Polling` adds records, and sets which queues may still get more.
"""

import heapq
import math
from collections import deque
from collections.abc import Callable, Sequence

from streamimb.connections import Record


class PartitionQueue:
    """The records of one partition that were read and not yet handed on."""

    __slots__ = ("behind", "open", "partition", "records", "since", "source", "top_t")

    def __init__(self, source: int, partition: int, now: float) -> None:
        self.source = source
        self.partition = partition
        self.records: deque[Record] = deque()
        self.open = True  # more records may come
        self.behind = False  # there are more records that were not read
        self.since = now  # when it became empty, or behind, whichever was later
        self.top_t = -math.inf

    def place(self) -> tuple[float, int, int, "PartitionQueue"]:
        """The place of its first record in the merged order; no two queues have the same source and partition."""
        t = self.records[0].t
        # nan has no order: such a record comes first, whenever it is read
        return (t if t == t else -math.inf, self.source, self.partition, self)


class Merge:
    """Merges queues by the times of their first records.

    Where `wait_s` is None the order depends on the input alone: no record is handed on while a queue that may get
    more records is empty. Otherwise the others wait only for an empty queue that is behind its end, and only for
    `wait_s`: then the queue is `silent`, and its late records are handed on as they come, and counted in `late`.
    Where no queue is behind, no record waits.

    Cost: one heap operation per record, O(log queues).

    Parameters
    ----------
    wait_s
        Longest time for which others wait for an empty queue that is behind, in seconds; 0: they do not. None: they
        wait for any empty queue without limit.
    clock
        Monotonic seconds.

    Raises
    ------
    ValueError
        wait_s below 0 or nan.

    Examples
    --------
    >>> merge = Merge(wait_s=None, clock=lambda: 0.0)
    >>> merge.set_open(0, [0])
    >>> merge.set_open(1, [0])
    >>> merge.extend(0, [Record(0, 0, 1.0, None, b"a"), Record(0, 1, 3.0, None, b"c")])
    >>> merge.take(10)
    []
    >>> merge.extend(1, [Record(0, 0, 2.0, None, b"b")])
    >>> merge.set_open(1, [])
    >>> [record.value for _, record in merge.take(10)]
    [b'a', b'b', b'c']
    """

    def __init__(self, wait_s: float | None, clock: Callable[[], float]) -> None:
        if wait_s is not None and not wait_s >= 0:
            raise ValueError(f"wait_s={wait_s!r}: give seconds from 0, or None to wait for ever")
        self.wait_s = wait_s
        self.clock = clock
        self.late = 0
        self._queues: dict[tuple[int, int], PartitionQueue] = {}
        self._heap: list[tuple[float, int, int, PartitionQueue]] = []  # one place per queue with records
        self._empty: set[PartitionQueue] = set()  # open and without records
        self._held: dict[int, int] = {}
        self._top_t = -math.inf

    def extend(self, source: int, records: Sequence[Record]) -> None:
        """Adds the records that a source brought."""
        self._held[source] = self._held.get(source, 0) + len(records)
        queue = None
        for record in records:
            if queue is None or queue.partition != record.partition:
                queue = self._queue(source, record.partition)
            queue.records.append(record)
            if len(queue.records) == 1:
                self._empty.discard(queue)
                heapq.heappush(self._heap, queue.place())

    def set_open(self, source: int, partitions: Sequence[int], behind: Sequence[int] = ()) -> None:
        """Sets which partitions of a source may still bring records, and which have some now."""
        for partition in partitions:
            self._queue(source, partition)
        still, have = set(partitions), set(behind)
        for queue in self._queues.values():
            if queue.source == source:
                queue.open = queue.partition in still
                was_behind, queue.behind = queue.behind, queue.partition in have
                if not queue.open:
                    self._empty.discard(queue)
                elif not queue.records and (queue not in self._empty or not was_behind):
                    self._rest(queue)

    def take(self, limit: int) -> list[tuple[int, Record]]:
        """The next (source, record) of the order, at most `limit`; empty where there are none yet."""
        taken: list[tuple[int, Record]] = []
        heap = self._heap
        blocked = self._blocked()
        while heap and not blocked and len(taken) < limit:
            queue = heap[0][3]
            # the second smallest of a heap is one of the two below its top
            next_t = (
                math.inf if len(heap) == 1 else heap[1][0] if len(heap) == 2 else min(heap[1], heap[2])[0]
            )
            self._run(queue, next_t, limit, taken)
            if queue.records:
                heapq.heapreplace(heap, queue.place())
            else:
                heapq.heappop(heap)
                if queue.open:
                    self._rest(queue)
                    blocked = self._blocked()
        return taken

    def held(self, source: int) -> int:
        """Number of records of a source that were brought and not handed on."""
        return self._held.get(source, 0)

    def full(self, source: int, limit: int) -> tuple[list[int], bool]:
        """Partitions of a source that hold their share of `limit` records or more; whether these are all open ones."""
        queues = [queue for queue in self._queues.values() if queue.source == source and queue.open]
        share = max(1, limit // max(1, len(queues)))
        full = [queue.partition for queue in queues if len(queue.records) >= share]
        return full, len(full) == len(queues)

    def silent(self) -> list[int]:
        """Sources with a queue that is behind and got no record for `wait_s`."""
        if not self.wait_s:
            return []
        now = self.clock()
        return sorted({queue.source for queue in self._empty if queue.behind and not self._holds(queue, now)})

    @property
    def buffered(self) -> int:
        """Number of records brought and not handed on."""
        return sum(self._held.values())

    @property
    def ended(self) -> bool:
        """Whether no record is held and no queue may get more."""
        return not self._heap and not self._empty

    @property
    def at_ends(self) -> bool:
        """Whether no record is held and no queue has more now."""
        return not self._heap and not any(queue.behind for queue in self._empty)

    def _queue(self, source: int, partition: int) -> PartitionQueue:
        queue = self._queues.get((source, partition))
        if queue is None:
            queue = self._queues[source, partition] = PartitionQueue(source, partition, self.clock())
            self._empty.add(queue)
        return queue

    def _rest(self, queue: PartitionQueue) -> None:
        queue.since = self.clock()
        self._empty.add(queue)

    def _holds(self, queue: PartitionQueue, now: float) -> bool:
        return self.wait_s is None or (queue.behind and now - queue.since < self.wait_s)

    def _blocked(self) -> bool:
        if not self._empty or self.wait_s == 0:
            return False
        now = self.clock()
        return any(self._holds(queue, now) for queue in self._empty)

    def _run(self, queue: PartitionQueue, next_t: float, limit: int, taken: list[tuple[int, Record]]) -> None:
        """Takes the first record of a queue, and those after it that come before all other queues."""
        source, records, before = queue.source, queue.records, len(taken)
        while True:
            record = records.popleft()
            taken.append((source, record))
            t = record.t
            if t >= queue.top_t:
                queue.top_t = t
                if t >= self._top_t:
                    self._top_t = t
                else:  # a record out of order in its own queue is not late
                    self.late += 1
            if not records or len(taken) == limit or not records[0].t < next_t:
                break
        self._held[source] -= len(taken) - before
