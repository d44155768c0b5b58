"""A whole service on files, as a process that a test can kill: `python -m tests.serve.service folder ...`.

Reads events.jsonl and labels.jsonl of its folder, writes scores.jsonl and dead.jsonl, keeps state.db.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from streamimb.compose import CalibratedClassifier, SampledClassifier
from streamimb.connections import Record, Sink, Source
from streamimb.engine import BothReported, Engine
from streamimb.linear_model import LogisticRegression
from streamimb.serve import Decoder, EventDecoder, FieldMapping, LabelDecoder, Runner, SqliteStore
from streamimb_connectors.files import sink, source
from tests.serve.crash import Crash, CrashingDecoder, CrashingEngine, CrashingSink, CrashingStore, no_crash

N = 5_000
CHECKPOINT = 1_000  # records, of which half are labels
T0 = 1_600_000_000.0


def write_inputs(folder: Path, seed: int = 7) -> None:
    """5,000 events and their labels 10 minutes later; some records are no good."""
    random = Random(seed)
    events, labels = [], []
    for i in range(N):
        amount = random.expovariate(0.02)
        event = {
            "id": f"e{i}",
            "time": T0 + i,
            "amount": amount,
            "hour": i // 3600 % 24,
            "shop": f"s{i % 50}",
        }
        if i % 500 == 13:
            events.append('{"id": "torn')
        events.append(json.dumps(event))
        fraud = random.random() < (0.2 if amount > 150 else 0.01)
        if i % 100 != 5:  # some labels never come
            labels.append(
                json.dumps({"id": f"e{i}", "time": T0 + i + 600 + random.random(), "label": int(fraud)})
            )
        if i % 700 == 3:
            labels.append(json.dumps({"id": f"e{i}", "time": T0 + i + 601, "label": "maybe"}))
    (folder / "events.jsonl").write_text("\n".join(events) + "\n")
    (folder / "labels.jsonl").write_text("\n".join(labels) + "\n")


class PositionsFirst:
    """The negative control: a source whose positions are safe before its records are handled."""

    def __init__(self, source: Source, folder: Path) -> None:
        self.source = source
        self.name = source.name
        self.path = folder / f"{source.name}.position"

    def open(self, positions: Mapping[int, int], identity: bytes = b"") -> Mapping[int, int]:
        return self.source.open({0: int(self.path.read_text())} if self.path.exists() else {})

    def poll(self, timeout_s: float) -> Sequence[Record]:
        records = self.source.poll(timeout_s)
        if records:
            self.path.write_text(str(records[-1].offset + 1))
        return records

    def identity(self, positions: Mapping[int, int]) -> bytes:
        return self.source.identity(positions)

    def committed_outside(self) -> Mapping[int, int]:
        return self.source.committed_outside()

    def waiting(self) -> Sequence[int]:
        return self.source.waiting()

    def behind(self) -> Sequence[int]:
        return self.source.behind()

    def hold(self, partitions: Collection[int]) -> None:
        self.source.hold(partitions)

    def fileno(self) -> int | None:
        return self.source.fileno()

    def commit(self, positions: Mapping[int, int]) -> None:
        self.source.commit(positions)

    def close(self) -> None:
        self.source.close()


def drive(
    sources: list[Source],
    sinks: tuple[Sink, Sink],
    folder: Path,
    store: SqliteStore,
    crash: Crash = no_crash,
    positions_first: bool = False,
    tick: Callable[[Runner], None] = lambda runner: None,
) -> Engine:
    """Runs to the end of the sources, whatever they are, from wherever the store is."""
    loaded = store.load()
    model = CalibratedClassifier(SampledClassifier(LogisticRegression(hash_bits=12), seed=3))
    engine = Engine(model, BothReported())
    if loaded:
        engine.restore(loaded[0], loaded[2])
    if positions_first:
        sources = [PositionsFirst(one, folder) for one in sources]
    decoders: dict[str, Decoder] = {
        "events": EventDecoder(FieldMapping()),
        "labels": LabelDecoder(FieldMapping()),
    }
    scores, dead_letters = sinks
    runner = Runner(
        CrashingEngine(engine, crash),
        sources,
        {name: CrashingDecoder(decoder, crash) for name, decoder in decoders.items()},
        CrashingSink(scores, crash),
        dead_letters,
        CrashingStore(store, crash),
        loaded[1] if loaded else {},
        identities=loaded.identities if loaded else {},
        checkpoint_s=1e9,
        checkpoint_events=CHECKPOINT,
        merge_wait_s=None,
        batch_n=130,
        tick=lambda: tick(runner),
    )
    signal.signal(signal.SIGTERM, lambda *_: runner.stop())
    runner.run()
    return engine


def serve(folder: Path, store: SqliteStore, *how: Any, **more: Any) -> Engine:
    """`drive` with the files of the folder."""
    sources: list[Source] = [
        source({"path": str(folder / f"{name}.jsonl"), "batch": 300}, name) for name in ("events", "labels")
    ]
    scores, dead = (sink({"path": str(folder / f"{name}.jsonl")}, name) for name in ("scores", "dead"))
    return drive(sources, (scores, dead), folder, store, *how, **more)


def killer(point: str, nth: int) -> Crash:
    """Kills this process, with no time for anything, when the point is passed for the nth time."""
    passed = 0

    def crash(name: str) -> None:
        nonlocal passed
        passed += name == point
        if name == point and passed == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    return crash


def slow(runner: Runner) -> None:
    """Tells that it is at work, and takes its time."""
    print(runner.status.records, flush=True)
    time.sleep(0.05)


if __name__ == "__main__":
    folder, point, nth, control = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4] == "control"
    with SqliteStore(folder / "state.db") as store:
        if point == "none":
            serve(folder, store, tick=slow)
        else:
            serve(folder, store, killer(point, nth), control)
