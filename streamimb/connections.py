"""The protocols of connections: what a source, sink, state store or exporter must do."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

import msgspec


class Record(msgspec.Struct, frozen=True, gc=False):
    """One message as a source hands it over; `t` is the record time in seconds."""

    partition: int
    offset: int
    t: float
    key: bytes | None
    value: bytes | None


class Source(Protocol):
    """Records of one input, in order within each partition; the runner merges partitions by time."""

    name: str

    def open(self, positions: Mapping[int, int], identity: bytes = b"") -> Mapping[int, int]:
        """Starts each partition at its given offset; a partition without one starts as configured.
        Returns the partitions that start elsewhere than at the given offset, or than at their beginning
        where none was given; the runner saves these before it reads, so that a restart starts there too.
        The argument `identity` is what the method returned for these positions, b"" where nothing was saved. Where the
        source now reads another file or topic, it starts at the beginning or raises `ValueError`."""

    def identity(self, positions: Mapping[int, int]) -> bytes:
        """Returns what these positions refer to: a fingerprint of a file, the id of a topic. The state store saves it
        with them. b"" where the source does not know it; the store then keeps the identity saved before."""

    def committed_outside(self) -> Mapping[int, int]:
        """Returns the positions that `commit` of any process wrote to the outside system; {} where it stores none.
        Raises `Unavailable` while the system cannot be reached."""

    def poll(self, timeout_s: float) -> Sequence[Record]:
        """Returns the available records, or none after timeout_s. Raises `Unavailable` while the outside system cannot
        be reached."""

    def waiting(self) -> Sequence[int]:
        """Returns the partitions that may still deliver records: not one that was closed and read to its end."""

    def behind(self) -> Sequence[int]:
        """Returns the partitions of `waiting` that, by the last poll, have records which poll has not returned yet.
        `run` lets the other partitions wait for these. Records that cannot be read yet do not count."""

    def hold(self, partitions: Collection[int]) -> None:
        """Makes poll return nothing of these partitions until the next call: the runner has enough of them."""

    def fileno(self) -> int | None:
        """Returns a descriptor that is readable while poll may return records, and that a poll resets; or None, where
        the runner polls every `poll_s`."""

    def commit(self, positions: Mapping[int, int]) -> None:
        """Writes the committed positions to the outside system, for tools that show the lag; no state depends on it."""

    def close(self) -> None: ...


class Sink(Protocol):
    """A destination of one kind of output."""

    def send(self, key: bytes, value: bytes) -> None: ...

    def flush(self) -> None:
        """Returns when everything sent is stored safely; raises `Unavailable` where it is not."""

    def close(self) -> None: ...


class Unavailable(Exception):
    """An outside system cannot be reached now; the runner shows it in its status, waits, and tries again."""


class Saved(NamedTuple):
    """What a state store holds after a commit."""

    snapshot: bytes
    positions: dict[str, dict[int, int]]  # by source name and partition
    rows: dict[str, bytes]  # by key
    identities: dict[str, bytes]  # what the positions belong to, by source name (`Source.identity`)


class StateStore(Protocol):
    """A durable store in which changes, positions and the snapshot are committed together."""

    def load(self) -> Saved | None:
        """Returns the content of the last commit; None before the first."""

    def commit(
        self,
        snapshot: bytes,
        positions: Mapping[str, Mapping[int, int]],
        changes: Mapping[str, bytes | None],
        identities: Mapping[str, bytes] = {},
    ) -> None:
        """Writes all in one transaction; deletes rows of None, and keeps positions and identities not named."""

    def close(self) -> None: ...


class Exporter(Protocol):
    """Exports the readings of an engine and its runner; an entry point creates it.

    The entry point, in the group `streamimb.exporters`, is a function with five arguments: the options of the table
    `[exporter.<name>]`; the engine, the runner's status and the degraded reasons, which all have `readings()`; and a
    function that returns the figures of `--json`. It raises ValueError for wrong options.
    """

    @property
    def address(self) -> str:
        """The address at which the exporter listens, or to which it sends."""

    def start(self) -> None:
        """Starts to answer requests, or to send."""

    def tick(self) -> None:
        """Does what is due and returns at once; the runner calls it after each pass of its loop."""

    def close(self) -> None:
        """Stops the exporter; a second call does nothing."""
