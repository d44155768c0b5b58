"""A whole service on Kafka, as a process that a test can kill: `python -m tests.kafka.service ...`.

Reads and writes the topics of a `Place`, keeps state.db in its folder. The records are those of the
service on files, and so is all but sources and sinks.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

from streamimb.connections import Source
from streamimb.engine import Engine
from streamimb.serve import SqliteStore
from streamimb_connectors.kafka import sink, source
from tests.kafka.conftest import Row
from tests.serve.service import drive, killer


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


def serve(place: Place, store: SqliteStore, *how: Any, **more: Any) -> Engine:
    """`drive` with the topics of the place."""
    common = {"bootstrap_servers": place.bootstrap}
    reading = {**common, "closed": True, "max_poll_records": 300, "group_id": place.scores}
    sources: list[Source] = [
        source({**reading, "topic": topic}, name)
        for name, topic in (("events", place.events), ("labels", place.labels))
    ]
    sinks = sink({**common, "topic": place.scores}, "scores"), sink({**common, "topic": place.dead}, "dead")
    return drive(sources, sinks, Path(place.folder), store, *how, **more)


if __name__ == "__main__":
    place = Place(*sys.argv[1:7])
    point, nth, control = sys.argv[7], int(sys.argv[8]), sys.argv[9] == "control"
    with SqliteStore(Path(place.folder) / "state.db") as store:
        serve(place, store, killer(point, nth), control)
