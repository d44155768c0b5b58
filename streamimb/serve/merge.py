"""Merges all partitions into one order: by record time, ties by (input, partition, offset).

A lane is the queue of one partition of one source. `Polling` adds records, and sets which lanes may still get more.
"""

import heapq
import math
from collections import deque
from collections.abc import Callable, Sequence

from streamimb.protocols import Record


class Lane:
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

    def place(self) -> tuple[float, int, int, "Lane"]:
        """The place of its first record in the merged order; no two lanes have the same source and partition."""
        t = self.records[0].t
        # nan has no order: such a record comes first, whenever it is read
        return (t if t == t else -math.inf, self.source, self.partition, self)


class Merge:
    """Merges lanes by the times of their first records.

    Where `wait_s` is None the order depends on the input alone: no record is handed on while a lane that may get
    more records is empty. Otherwise the others wait only for an empty lane that is behind its end, and only for
    `wait_s`: then the lane is `silent`, and its late records are handed on as they come, and counted in `late`.
    Where no lane is behind, no record waits.

    Cost: one heap operation per record, O(log lanes).

    Parameters
    ----------
    wait_s
        Longest time for which others wait for an empty lane that is behind, in seconds; 0: they do not. None: they
        wait for any empty lane without limit.
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
        self._lanes: dict[tuple[int, int], Lane] = {}
        self._heap: list[tuple[float, int, int, Lane]] = []  # one place per lane with records
        self._empty: set[Lane] = set()  # open and without records
        self._held: dict[int, int] = {}
        self._top_t = -math.inf

    def extend(self, source: int, records: Sequence[Record]) -> None:
        """Adds the records that a source brought."""
        self._held[source] = self._held.get(source, 0) + len(records)
        lane = None
        for record in records:
            if lane is None or lane.partition != record.partition:
                lane = self._lane(source, record.partition)
            lane.records.append(record)
            if len(lane.records) == 1:
                self._empty.discard(lane)
                heapq.heappush(self._heap, lane.place())

    def set_open(self, source: int, partitions: Sequence[int], behind: Sequence[int] = ()) -> None:
        """Sets which partitions of a source may still bring records, and which have some now."""
        for partition in partitions:
            self._lane(source, partition)
        still, have = set(partitions), set(behind)
        for lane in self._lanes.values():
            if lane.source == source:
                lane.open = lane.partition in still
                was_behind, lane.behind = lane.behind, lane.partition in have
                if not lane.open:
                    self._empty.discard(lane)
                elif not lane.records and (lane not in self._empty or not was_behind):
                    self._rest(lane)

    def take(self, limit: int) -> list[tuple[int, Record]]:
        """The next (source, record) of the order, at most `limit`; empty where there are none yet."""
        taken: list[tuple[int, Record]] = []
        heap = self._heap
        blocked = self._blocked()
        while heap and not blocked and len(taken) < limit:
            lane = heap[0][3]
            # the second smallest of a heap is one of the two below its top
            next_t = (
                math.inf if len(heap) == 1 else heap[1][0] if len(heap) == 2 else min(heap[1], heap[2])[0]
            )
            self._run(lane, next_t, limit, taken)
            if lane.records:
                heapq.heapreplace(heap, lane.place())
            else:
                heapq.heappop(heap)
                if lane.open:
                    self._rest(lane)
                    blocked = self._blocked()
        return taken

    def held(self, source: int) -> int:
        """Number of records of a source that were brought and not handed on."""
        return self._held.get(source, 0)

    def full(self, source: int, limit: int) -> tuple[list[int], bool]:
        """Partitions of a source that hold their share of `limit` records or more; whether these are all open ones."""
        lanes = [lane for lane in self._lanes.values() if lane.source == source and lane.open]
        share = max(1, limit // max(1, len(lanes)))
        full = [lane.partition for lane in lanes if len(lane.records) >= share]
        return full, len(full) == len(lanes)

    def silent(self) -> list[int]:
        """Sources with a lane that is behind and got no record for `wait_s`."""
        if not self.wait_s:
            return []
        now = self.clock()
        return sorted({lane.source for lane in self._empty if lane.behind and not self._holds(lane, now)})

    @property
    def buffered(self) -> int:
        """Number of records brought and not handed on."""
        return sum(self._held.values())

    @property
    def ended(self) -> bool:
        """Whether no record is held and no lane may get more."""
        return not self._heap and not self._empty

    @property
    def at_ends(self) -> bool:
        """Whether no record is held and no lane has more now."""
        return not self._heap and not any(lane.behind for lane in self._empty)

    def _lane(self, source: int, partition: int) -> Lane:
        lane = self._lanes.get((source, partition))
        if lane is None:
            lane = self._lanes[source, partition] = Lane(source, partition, self.clock())
            self._empty.add(lane)
        return lane

    def _rest(self, lane: Lane) -> None:
        lane.since = self.clock()
        self._empty.add(lane)

    def _holds(self, lane: Lane, now: float) -> bool:
        return self.wait_s is None or (lane.behind and now - lane.since < self.wait_s)

    def _blocked(self) -> bool:
        if not self._empty or self.wait_s == 0:
            return False
        now = self.clock()
        return any(self._holds(lane, now) for lane in self._empty)

    def _run(self, lane: Lane, next_t: float, limit: int, taken: list[tuple[int, Record]]) -> None:
        """Takes the first record of a lane, and those after it that come before all other lanes."""
        source, records, before = lane.source, lane.records, len(taken)
        while True:
            record = records.popleft()
            taken.append((source, record))
            t = record.t
            if t >= lane.top_t:
                lane.top_t = t
                if t >= self._top_t:
                    self._top_t = t
                else:  # a record out of order in its own lane is not late
                    self.late += 1
            if not records or len(taken) == limit or not records[0].t < next_t:
                break
        self._held[source] -= len(taken) - before
