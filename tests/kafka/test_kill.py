"""kill -9 at every named point of a service on Kafka; what is left, and what the next start makes of it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from kafka import KafkaConsumer, TopicPartition

from streamimb.connections import Saved
from streamimb.serve import SqliteStore
from tests.conftest import CHECKOUT
from tests.kafka.audit import read_topic
from tests.kafka.conftest import create_topic, produce
from tests.kafka.kafka_server import KafkaServer
from tests.kafka.service import Place, rows_of, serve
from tests.serve.service import CHECKPOINT, N, write_inputs

# the point, and how many times it is passed before the process dies there: in mid-interval where it can be
POINTS = [
    ("decode", 5_321),
    ("score", 2_777),
    ("send", 3_141),
    ("flush", 37),
    ("commit_inside", 8),
    ("commit_after", 4),
]


class Done(NamedTuple):
    """What a service left behind."""

    state: Saved
    scores: list[tuple[bytes | None, bytes | None]]
    dead: list[tuple[bytes | None, bytes | None]]


def left(broker: KafkaServer, place: Place) -> Done:
    with SqliteStore(Path(place.folder) / "state.db") as store:
        state = store.load()
    assert state is not None
    return Done(state, read_topic(broker, place.scores), read_topic(broker, place.dead))


@pytest.fixture(scope="module")
def inputs(broker: KafkaServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The topics that every service of this module reads, by name."""
    folder = tmp_path_factory.mktemp("inputs")
    write_inputs(folder)
    topics = {}
    for name in ("events", "labels"):
        topics[name] = create_topic(broker, name)
        produce(broker, topics[name], rows_of(folder / f"{name}.jsonl"), compression_type="lz4")
    return topics


@pytest.fixture(scope="module")
def make_place(broker: KafkaServer, inputs: dict[str, str]) -> Callable[[Path], Place]:
    """A folder and two topics to write to, of one's own."""
    return lambda folder: Place(
        str(folder),
        broker.bootstrap,
        inputs["events"],
        inputs["labels"],
        create_topic(broker, "scores"),
        create_topic(broker, "dead"),
    )


@pytest.fixture(scope="module")
def uninterrupted(
    broker: KafkaServer, make_place: Callable[[Path], Place], tmp_path_factory: pytest.TempPathFactory
) -> Done:
    place = make_place(tmp_path_factory.mktemp("uninterrupted"))
    with SqliteStore(Path(place.folder) / "state.db") as store:
        engine = serve(place, store)
    assert engine.counters["joined"] == N - N // 100
    return left(broker, place)


def die(place: Place, point: str, nth: int, how: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.kafka.service", *place, point, str(nth), how],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


def audit(scores: list[tuple[bytes | None, bytes | None]]) -> tuple[int, int]:
    """(events never scored, scores said twice)."""
    keys = [key for key, _ in scores]
    return N - len(set(keys)), len(keys) - len(set(keys))


def test_the_uninterrupted_run_scores_every_event_once(uninterrupted: Done) -> None:
    assert audit(uninterrupted.scores) == (0, 0)
    assert all(key is not None and value is not None for key, value in uninterrupted.scores)
    assert all(json.loads(value or b"")["id"].encode() == key for key, value in uninterrupted.scores)
    assert len(uninterrupted.dead) == 18


@pytest.mark.parametrize(("point", "nth"), POINTS, ids=[point for point, _ in POINTS])
def test_fault_62_killed_at(
    point: str,
    nth: int,
    broker: KafkaServer,
    make_place: Callable[[Path], Place],
    tmp_path: Path,
    uninterrupted: Done,
) -> None:
    place = make_place(tmp_path)
    die(place, point, nth, "service")
    before = left(broker, place)
    with SqliteStore(tmp_path / "state.db") as store:
        serve(place, store)
    after = left(broker, place)

    assert after.state == uninterrupted.state  # model, positions and every pending row, to the last bit
    missing, repeated = audit(after.scores)
    assert missing == 0
    assert set(after.scores) == set(uninterrupted.scores)  # said again means said the same again
    assert set(after.dead) == set(uninterrupted.dead)
    # said twice are only those after the last commit before the death
    assert repeated <= CHECKPOINT
    behind = before.state[1]["events"][0]
    assert behind > 100
    committed = {b"e%d" % i for i in range(behind - behind // 500 - 1)}
    said = Counter(key for key, _ in after.scores)
    assert not {key for key, times in said.items() if times > 1 and key in committed}
    if point in ("flush", "commit_inside"):
        assert repeated > 0  # the audit can see a repetition


def test_fault_62_positions_first_would_lose_records(
    broker: KafkaServer, make_place: Callable[[Path], Place], tmp_path: Path, uninterrupted: Done
) -> None:
    # The negative control: the same death, the same audit, and a service that is wrong.
    place = make_place(tmp_path)
    die(place, "score", 2_777, "control")
    with SqliteStore(tmp_path / "state.db") as store:
        serve(place, store, positions_first=True)
    done = left(broker, place)
    missing, _ = audit(done.scores)
    assert missing > 0
    assert done.state[0] != uninterrupted.state[0]


def test_the_group_has_what_the_store_has(
    broker: KafkaServer, make_place: Callable[[Path], Place], tmp_path: Path
) -> None:
    place = make_place(tmp_path)
    with SqliteStore(tmp_path / "state.db") as store:
        serve(place, store)
        loaded = store.load()
    assert loaded is not None
    reader = KafkaConsumer(bootstrap_servers=broker.bootstrap, group_id=place.scores, metrics_enabled=False)
    for name, topic in (("events", place.events), ("labels", place.labels)):
        assert reader.committed(TopicPartition(topic, 0)) == loaded[1][name][0]
    reader.close()
