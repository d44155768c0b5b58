"""Source, sink and state store in memory: for demonstrations, tests and embedding.

Their content is lost when the process ends.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice

from streamimb.connections import Record, Saved


class MemorySource:
    """A source that reads the records of each partition from an iterable.

    Cost: as the iterables.

    Parameters
    ----------
    name
        Its name in positions.
    partitions
        The records of each partition, with increasing offsets.
    poll_n
        Most records per partition and poll.

    Examples
    --------
    >>> source = MemorySource("events", {0: [Record(0, 0, 1.0, None, b"a"), Record(0, 1, 2.0, None, b"b")]})
    >>> source.open({0: 1})
    {}
    >>> [record.value for record in source.poll(0.0)], source.waiting()
    ([b'b'], [])
    """

    def __init__(self, name: str, partitions: Mapping[int, Iterable[Record]], poll_n: int = 500) -> None:
        if poll_n < 1:
            raise ValueError(f"poll_n={poll_n!r}: give at least 1")
        self.name = name
        self.partitions = partitions
        self.poll_n = poll_n
        self.committed: dict[int, int] = {}
        self.closed = False
        self._rest = {partition: iter(records) for partition, records in partitions.items()}
        self._start: dict[int, int] = {}
        self._held: frozenset[int] = frozenset()

    def open(self, positions: Mapping[int, int], identity: bytes = b"") -> Mapping[int, int]:
        """Starts each partition at its next offset, or at its beginning."""
        self._start = dict(positions)
        return {}

    def identity(self, positions: Mapping[int, int]) -> bytes:
        """Returns b"", because records in memory are not replaced."""
        return b""

    def committed_outside(self) -> Mapping[int, int]:
        """Returns the positions of the last `commit`."""
        return self.committed

    def poll(self, timeout_s: float) -> Sequence[Record]:
        """The next records of each partition; never waits."""
        brought: list[Record] = []
        for partition, rest in list(self._rest.items()):
            if partition in self._held:
                continue
            start = self._start.get(partition, 0)
            records = list(islice((record for record in rest if record.offset >= start), self.poll_n))
            brought += records
            if len(records) < self.poll_n:
                del self._rest[partition]
        return brought

    def waiting(self) -> Sequence[int]:
        """Partitions not read to their end."""
        return list(self._rest)

    def behind(self) -> Sequence[int]:
        """As `waiting`: all records are there."""
        return list(self._rest)

    def hold(self, partitions: Collection[int]) -> None:
        """Brings nothing of these partitions until the next call."""
        self._held = frozenset(partitions)

    def fileno(self) -> int | None:
        """None: there is nothing to wait for."""
        return None

    def commit(self, positions: Mapping[int, int]) -> None:
        """Remembers the positions in `committed`."""
        self.committed = dict(positions)

    def close(self) -> None:
        """Only notes it in `closed`."""
        self.closed = True


class MemorySink:
    """Outputs in a list: `written` has what was flushed.

    Cost: one list entry per output.

    Examples
    --------
    >>> sink = MemorySink()
    >>> sink.send(b"k", b"v")
    >>> len(sink.written)
    0
    >>> sink.flush()
    >>> len(sink.written)
    1
    """

    def __init__(self) -> None:
        self.written: list[tuple[bytes, bytes]] = []
        self.closed = False
        self._sent: list[tuple[bytes, bytes]] = []

    def send(self, key: bytes, value: bytes) -> None:
        """Takes one output."""
        self._sent.append((key, value))

    def flush(self) -> None:
        """Moves what was sent to `written`."""
        self.written += self._sent
        self._sent.clear()

    def close(self) -> None:
        """Only notes it in `closed`."""
        self.closed = True


class NullSink:
    """A sink that drops its outputs and counts them in `sent`.

    Cost: one addition per output.

    Examples
    --------
    >>> sink = NullSink()
    >>> sink.send(b"k", b"v")
    >>> sink.sent
    1
    """

    def __init__(self) -> None:
        self.sent = 0

    def send(self, key: bytes, value: bytes) -> None:
        """Counts it."""
        self.sent += 1

    def flush(self) -> None:
        """Nothing is kept."""

    def close(self) -> None:
        """Nothing to close."""


class MemoryStore:
    """A state store that lives as long as the process.

    Cost: the rows in a dict.

    Examples
    --------
    >>> store = MemoryStore()
    >>> store.commit(b"model", {"events": {0: 3}}, {"pa": b"x", "pb": None})
    >>> store.load()
    Saved(snapshot=b'model', positions={'events': {0: 3}}, rows={'pa': b'x'}, identities={})
    """

    def __init__(self) -> None:
        self.commits = 0
        self._snapshot: bytes | None = None
        self._positions: dict[str, dict[int, int]] = {}
        self._rows: dict[str, bytes] = {}
        self._identities: dict[str, bytes] = {}

    def load(self) -> Saved | None:
        """What the last commit left, or None."""
        if self._snapshot is None:
            return None
        positions = {source: dict(places) for source, places in self._positions.items()}
        return Saved(self._snapshot, positions, dict(self._rows), dict(self._identities))

    def commit(
        self,
        snapshot: bytes,
        positions: Mapping[str, Mapping[int, int]],
        changes: Mapping[str, bytes | None],
        identities: Mapping[str, bytes] = {},
    ) -> None:
        """Puts everything in place, or raises before it changes anything."""
        changes = dict(changes)
        self._snapshot = snapshot
        for source, places in positions.items():
            self._positions.setdefault(source, {}).update(places)
        for key, row in changes.items():
            if row is None:
                self._rows.pop(key, None)
            else:
                self._rows[key] = row
        self._identities.update(identities)
        self.commits += 1

    def close(self) -> None:
        """Nothing to close."""
