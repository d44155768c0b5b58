"""The laws of a `Source`: the same records in the same order from any position, and none of a held partition.

A law takes a function that makes a source, not yet opened, of one closed content of ten or more records that does not
change meanwhile: `for law in checks.SOURCE_LAWS: law(lambda: MySource("test.jsonl"))`.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from streamimb.checks.parts import LawBroken, require
from streamimb.connections import Record

MakeSource = Callable[[], Any]
SourceLaw = Callable[[MakeSource], None]
POLL_S = 0.05
MOST_POLLS = 1_000  # in a row without records, from a source that is still waiting


def _rest(source: Any) -> list[Record]:
    """Poll an open source to its end."""
    records: list[Record] = []
    empty = 0
    while source.waiting():
        brought = source.poll(POLL_S)
        records += brought
        empty = 0 if brought else empty + 1
        if empty > MOST_POLLS:
            raise LawBroken("it waits for ever for more of a closed content")
    return records


def _read(make: MakeSource, positions: Mapping[int, int], identity: bytes = b"") -> list[Record]:
    source = make()
    source.open(positions, identity)
    try:
        return _rest(source)
    finally:
        source.close()


def _by_partition(records: list[Record]) -> dict[int, list[Record]]:
    parts: dict[int, list[Record]] = defaultdict(list)
    for record in records:
        parts[record.partition].append(record)
    return dict(parts)


def records_are_sound(make: MakeSource) -> None:
    """Ten or more records of numbered partitions and offsets, finite times, bytes or None; and a name."""
    name = make().name
    require(isinstance(name, str) and bool(name), f"name={name!r}: expected the name of the source")
    records = _read(make, {})
    require(len(records) >= 10, f"{len(records)} records: the laws need a content of 10 or more")
    for record in records:
        require(isinstance(record, Record), f"a {type(record).__name__}: expected a protocols.Record")
        require(record.partition >= 0 and record.offset >= 0, "a partition or an offset below 0")
        require(math.isfinite(record.t), "a record time that is not finite")
        require(
            all(part is None or isinstance(part, bytes) for part in (record.key, record.value)), "no bytes"
        )


def a_partition_is_in_order(make: MakeSource) -> None:
    """Offsets increase within each partition, and a second reading is the first."""
    parts = _by_partition(_read(make, {}))
    for records in parts.values():
        offsets = [record.offset for record in records]
        require(all(a < b for a, b in itertools.pairwise(offsets)), "offsets do not increase")
    require(_by_partition(_read(make, {})) == parts, "read again, it brings other records")


def a_position_brings_the_rest(make: MakeSource) -> None:
    """Opened at the position after any record, with the identity of then, it brings the following records."""
    parts = _by_partition(_read(make, {}))
    for share in (0.0, 0.3, 0.7, 1.0):
        cut = {k: max(0, int(share * len(records)) - 1) for k, records in parts.items()}
        positions = {k: records[cut[k]].offset + 1 for k, records in parts.items()}
        source = make()
        source.open({})
        identity = source.identity(positions)
        source.close()
        require(isinstance(identity, bytes), "identity is no bytes")
        for known in (b"", identity):
            source = make()
            elsewhere = source.open(positions, known)
            rest = _by_partition(_rest(source))
            source.close()
            require(
                not elsewhere, "of a content that did not change it starts elsewhere than at its positions"
            )
            wanted = {k: records[cut[k] + 1 :] for k, records in parts.items() if records[cut[k] + 1 :]}
            require(rest == wanted, "after a restart it brings other records than an uninterrupted read")


def identity_is_of_the_content(make: MakeSource) -> None:
    """Two sources of one content, and two calls of one source, return the same identity."""
    records = _read(make, {})
    positions = {k: part[-1].offset + 1 for k, part in _by_partition(records).items()}
    said = []
    for _ in range(2):
        source = make()
        source.open({})
        said += [source.identity(positions), source.identity(positions)]
        source.close()
    require(len(set(said)) == 1, "one content has two identities: it would be read anew at every restart")


def a_held_partition_brings_nothing(make: MakeSource) -> None:
    """While all partitions are held nothing comes; afterwards nothing is missing, and nothing comes twice."""
    wanted = _by_partition(_read(make, {}))
    source = make()
    source.open({})
    records = list(source.poll(POLL_S))
    held = set(wanted)
    source.hold(held)
    for _ in range(3):
        require(not source.poll(POLL_S), "it brings records of a partition that is held")
    for partition in sorted(wanted):
        held.discard(partition)
        source.hold(held)
        brought = source.poll(POLL_S)
        require(
            not {record.partition for record in brought} & held,
            "it brings records of a partition that is held",
        )
        records += brought
    records += _rest(source)
    source.close()
    require(
        _by_partition(records) == wanted,
        "holding a partition lost records, doubled them or changed their order",
    )


def waiting_ends(make: MakeSource) -> None:
    """`waiting` has a partition until its last record came, and includes `behind`; at the end it is empty."""
    source = make()
    source.open({})
    waited = set()
    while waiting := set(source.waiting()):
        waited = waiting
        require(set(source.behind()) <= waiting, "behind names a partition that waiting does not")
        for record in source.poll(POLL_S):
            require(record.partition in waited, "a record of a partition that was not waited for")
    require(not source.poll(0.0), "after the end it brings more records")
    require(not set(source.behind()), "after the end a partition is behind")
    source.close()


def commit_changes_no_reading(make: MakeSource) -> None:
    """Committing positions to the outside changes neither this read nor the next."""
    wanted = _by_partition(_read(make, {}))
    source = make()
    source.open({})
    records = list(source.poll(POLL_S))
    source.commit({k: part[-1].offset + 1 for k, part in _by_partition(records).items()})
    outside = source.committed_outside()
    require(
        all(isinstance(n, int) for pair in outside.items() for n in pair), "committed_outside: no positions"
    )
    records += _rest(source)
    source.close()
    require(_by_partition(records) == wanted, "commit changed what is read")
    require(_by_partition(_read(make, {})) == wanted, "commit changed what the next source reads")


def closing_may_be_repeated(make: MakeSource) -> None:
    """Both for a source that was opened, and for one that was not."""
    for opened in (False, True):
        source = make()
        if opened:
            source.open({})
            number = source.fileno()
            require(number is None or (isinstance(number, int) and number >= 0), f"fileno is {number!r}")
        source.close()
        source.close()


SOURCE_LAWS: tuple[SourceLaw, ...] = (
    records_are_sound,
    a_partition_is_in_order,
    a_position_brings_the_rest,
    identity_is_of_the_content,
    a_held_partition_brings_nothing,
    waiting_ends,
    commit_changes_no_reading,
    closing_may_be_repeated,
)
