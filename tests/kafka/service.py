"""A whole service on Kafka, as a process that a test can kill: `python -m tests.kafka.service ...`.

Reads and writes the topics of a `Place`, keeps state.db in its folder. The records are those of the
service on files.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from streamimb.engine import BothReported, Engine
from streamimb.linear_model import LogisticRegression
from streamimb.protocols import Record, Source
from streamimb.serve import EventDecoder, FieldMapping, LabelDecoder, Runner, SqliteStore
from streamimb_connectors.kafka import sink, source
from tests.kafka.conftest import Row
from tests.serve.service import CHECKPOINT, killer


class Place(NamedTuple):
    """Where a service reads, writes and keeps its state."""

    folder: str
    bootstrap: str
    events: str
    labels: str
    scores: str
    dead: str


def rows_of(path: Path) -> list[Row]:
    """The lines of a file as records, keyed by id; a line without a time takes the one before."""
    rows: list[Row] = []
    t = 0
    for line in path.read_text().splitlines():
        try:
            fields = json.loads(line)
        except ValueError:
            rows.append((None, line.encode(), t))
        else:
            t = int(fields["time"] * 1000)
            rows.append((fields["id"].encode(), line.encode(), t))
    return rows


class PositionsFirst:
    """The negative control: a source whose positions are safe before its records are handled."""

    def __init__(self, source: Source, folder: Path) -> None:
        self.source = source
        self.name = source.name
        self.path = folder / f"{source.name}.position"

    def open(self, positions: Mapping[int, int]) -> Mapping[int, int]:
        return self.source.open({0: int(self.path.read_text())} if self.path.exists() else {})

    def poll(self, timeout_s: float) -> Sequence[Record]:
        records = self.source.poll(timeout_s)
        if records:
            self.path.write_text(str(records[-1].offset + 1))
        return records

    def waiting(self) -> Sequence[int]:
        return self.source.waiting()

    def commit(self, positions: Mapping[int, int]) -> None:
        self.source.commit(positions)

    def close(self) -> None:
        self.source.close()


def serve(
    place: Place,
    store: SqliteStore,
    crash: Callable[[str], None] | None = None,
    positions_first: bool = False,
) -> Engine:
    """Runs to the end of the topics, from wherever the store is."""
    loaded = store.load()
    engine = Engine(LogisticRegression(), BothReported())
    if loaded:
        engine.restore(loaded[0], loaded[2])
    common = {"bootstrap_servers": place.bootstrap}
    sources: list[Source] = [
        source(
            {**common, "topic": topic, "closed": True, "max_poll_records": 300, "group_id": place.scores},
            name,
        )
        for name, topic in (("events", place.events), ("labels", place.labels))
    ]
    if positions_first:
        sources = [PositionsFirst(one, Path(place.folder)) for one in sources]
    Runner(
        engine,
        sources,
        {"events": EventDecoder(FieldMapping()), "labels": LabelDecoder(FieldMapping())},
        sink({**common, "topic": place.scores}, "scores"),
        sink({**common, "topic": place.dead}, "dead letters"),
        store,
        loaded[1] if loaded else {},
        checkpoint_s=1e9,
        checkpoint_events=CHECKPOINT,
        merge_wait_s=None,
        batch_n=130,
        crash=crash,
    ).run()
    return engine


if __name__ == "__main__":
    place = Place(*sys.argv[1:7])
    point, nth, control = sys.argv[7], int(sys.argv[8]), sys.argv[9] == "control"
    with SqliteStore(Path(place.folder) / "state.db") as store:
        serve(place, store, killer(point, nth), control)
