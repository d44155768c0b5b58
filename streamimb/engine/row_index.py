"""The index of the engine's rows: by id, in the order in which they end, and those that changed.

Each kind of row has a limit; above it the oldest row is given up.
"""

from collections import deque
from collections.abc import Mapping
from heapq import heapify, heappop, heappush, heapreplace

from streamimb.engine.rows import (
    EARLY,
    JOINED,
    KEYS,
    NO_LABEL,
    Finished,
    Held,
    Pending,
    Row,
    check_classes,
    decode_row,
    encode_row,
)

SLACK = 64  # dead entries that an order may hold before it is rebuilt


class RowIndex:
    """Rows by id; an id has one row at a time.

    An order (a heap by due time and sequence number, two queues) may hold entries whose row was deleted. They are
    skipped, and removed when they are more than half; the order of the other rows does not change.

    Cost: O(log pending) per pending event, O(1) for the rest; about 300 bytes a row beside the features.
    """

    __slots__ = (
        "_changed",
        "_dead_held",
        "_dead_pending",
        "finished",
        "held",
        "next_due",
        "pending",
        "rows",
        "seq",
    )

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.pending: list[tuple[float, int, Pending]] = []
        self.held: deque[Held] = deque()
        self.finished: deque[Finished] = deque()
        self._dead_pending = self._dead_held = 0
        self.seq = 0
        self.next_due = float("inf")  # no row ends before it
        self._changed: dict[str, str] | None = None  # id: the key prefix its row has in the store

    @property
    def pending_n(self) -> int:
        """Events that wait."""
        return len(self.pending) - self._dead_pending

    @property
    def held_n(self) -> int:
        """Labels that wait for an event never seen."""
        return len(self.held) - self._dead_held

    def waiting_n(self) -> int:
        """Label records joined to events that have not ended; iterates over all rows."""
        return sum(type(row) is Pending and row.origin in (JOINED, EARLY) for row in self.rows.values())

    def note(self, id: str) -> None:
        """Notes that the row of `id` is about to change."""
        changed = self._changed
        if changed is not None and id not in changed:
            row = self.rows.get(id)
            changed[id] = "" if row is None else KEYS[type(row)]

    def add_pending(self, row: Pending) -> None:
        """Adds a pending event whose id has no row."""
        if self._changed is not None:
            self._changed.setdefault(row.id, "")
        self.rows[row.id] = row
        heappush(self.pending, (row.due, row.seq, row))
        if row.due < self.next_due:
            self.next_due = row.due

    def add_held(self, row: Held) -> None:
        """Adds a label without its event."""
        self.note(row.id)
        self.rows[row.id] = row
        self.held.append(row)
        if row.due < self.next_due:
            self.next_due = row.due

    def add_finished(self, row: Finished) -> None:
        """Adds the row of an ended event, in place of its pending row where it had one."""
        self.note(row.id)
        before = self.rows.get(row.id)
        self.rows[row.id] = row
        self.finished.append(row)
        if row.due < self.next_due:
            self.next_due = row.due
        if type(before) is Pending:
            self._left_pending()

    def add_new_end(self, row: Finished) -> None:
        """`add_finished` for an id that has no row."""
        if self._changed is not None:
            self._changed.setdefault(row.id, "")
        self.rows[row.id] = row
        self.finished.append(row)
        if row.due < self.next_due:
            self.next_due = row.due

    def drop(self, row: Row) -> None:
        """Deletes a row."""
        self.note(row.id)
        del self.rows[row.id]
        if type(row) is Pending:
            self._left_pending()
        elif type(row) is Held:
            self._dead_held += 1
            if self._dead_held > SLACK and 2 * self._dead_held > len(self.held):
                rows = self.rows
                self.held = deque(one for one in self.held if rows.get(one.id) is one)
                self._dead_held = 0

    def _left_pending(self) -> None:
        self._dead_pending += 1
        if self._dead_pending > SLACK and 2 * self._dead_pending > len(self.pending):
            rows = self.rows
            self.pending = [entry for entry in self.pending if rows.get(entry[2].id) is entry[2]]
            heapify(self.pending)
            self._dead_pending = 0

    def first_pending(self) -> Pending | None:
        """The live pending event that is due first, ties by arrival."""
        heap, rows = self.pending, self.rows
        while heap:
            row = heap[0][2]
            if rows.get(row.id) is row:
                return row
            heappop(heap)
            self._dead_pending -= 1
        return None

    def replace_first_pending(self, row: Pending) -> None:
        """Move the pending event that was due first to the place of its new due time."""
        heapreplace(self.pending, (row.due, row.seq, row))

    def first_held(self) -> Held | None:
        """The live held label that came first."""
        held, rows = self.held, self.rows
        while held:
            row = held[0]
            if rows.get(row.id) is row:
                return row
            held.popleft()
            self._dead_held -= 1
        return None

    def drop_first_finished(self) -> None:
        """Deletes the row of the event that ended first."""
        row = self.finished.popleft()
        self.note(row.id)
        del self.rows[row.id]

    def find_next_due(self, row: Pending | None, held: Held | None) -> None:
        """Set when the next row ends, given the first pending event and the first held label."""
        due = float("inf") if row is None else row.due
        if held is not None and held.due < due:
            due = held.due
        if self.finished and self.finished[0].due < due:
            due = self.finished[0].due
        self.next_due = due

    def take_changes(self) -> tuple[dict[str, bytes | None], list[Pending]]:
        """Return the rows that changed since the last call, by key, None for a deleted one; the first call returns all.

        Also returns the pending rows that cannot be encoded, because the caller changed their features meanwhile:
        their changes stay noted. No change is noted before the first call, so an engine without a store does not grow.
        """
        rows = self.rows
        changed = dict.fromkeys(rows, "") if self._changed is None else self._changed
        taken: dict[str, bytes | None] = {}
        left: dict[str, str] = {}
        failed: list[Pending] = []
        for id, stored in changed.items():
            row = rows.get(id)
            key = "" if row is None else KEYS[type(row)]
            if row is not None:
                try:
                    taken[key + id] = encode_row(row)
                except Exception:
                    if type(row) is not Pending:  # others hold no features
                        raise
                    left[id] = stored
                    failed.append(row)
                    continue
            if stored and stored != key:
                taken[stored + id] = None
        self._changed = left
        return taken, failed

    @classmethod
    def of_rows(cls, stored: Mapping[str, bytes], seq: int, classes: tuple[str, ...] = ()) -> "RowIndex":
        """Return an index with the rows of a store, of which `seq` came last; it notes changes from then on.

        `classes` are the names of the classes, () where they are True and False.

        Cost: O(rows log rows).

        Raises
        ------
        ValueError
            A row does not decode or contradicts itself, its key or another one.
        """
        made = cls()
        for key, data in stored.items():
            row = decode_row(data)
            if key != KEYS[type(row)] + row.id:
                raise ValueError("a row is not the one of its key")
            if (
                row.id in made.rows or row.due != row.due
            ):  # infinite: it does not end, or no time is known yet
                raise ValueError("an id has two rows, or its row no time at which it ends")
            if type(row) is Pending and (row.y is None) is not (row.origin == NO_LABEL):
                raise ValueError("a pending row has no label, or it is not known how that came")
            check_classes(row, classes)
            made.rows[row.id] = row
        seqs = {row.seq for row in made.rows.values()}
        if len(seqs) < len(made.rows) or (seqs and max(seqs) > seq):
            raise ValueError("the sequence numbers of rows do not differ, or exceed the last one given")
        made.seq = seq
        made._changed = {}
        made.order()
        return made

    def order(self) -> None:
        """Put all rows into their orders anew."""
        rows = sorted(self.rows.values(), key=_seq)
        self.pending = [(row.due, row.seq, row) for row in rows if type(row) is Pending]
        heapify(self.pending)
        self.held = deque(row for row in rows if type(row) is Held)
        self.finished = deque(row for row in rows if type(row) is Finished)
        self._dead_pending = self._dead_held = 0
        self.find_next_due(self.first_pending(), self.first_held())


def _seq(row: Row) -> int:
    return row.seq
