"""The whole path on a real stream: Kafka in, scores out, labels a week later; and the same from files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from streamimb.calibration import PlattMixture
from streamimb.compose import CalibratedClassifier, SampledClassifier
from streamimb.connections import Saved, Sink, Source
from streamimb.engine import BothReported, Engine
from streamimb.engine.counters import LABEL_ENDS, label_identity
from streamimb.linear_model import LogisticRegression
from streamimb.sampling import ScoreUnderSampler
from streamimb.serve import EventDecoder, FieldMapping, LabelDecoder, NullSink, Runner, SqliteStore
from streamimb_connectors import files
from streamimb_connectors.kafka import sink, source
from tests.kafka.audit import read_topic
from tests.kafka.conftest import create_topic, produce
from tests.kafka.handbook import TTL_S, N, Stream, read_stream
from tests.kafka.kafka_server import KafkaServer


@pytest.fixture(scope="module")
def stream(shared_data: Path) -> Stream:
    return read_stream(shared_data)


def run(sources: list[Source], scores: Sink, path: Path) -> tuple[Engine, Saved]:
    """Everything that the sources have, merged by time, and the state that is left."""
    engine = Engine(
        CalibratedClassifier(
            SampledClassifier(LogisticRegression(), ScoreUnderSampler(), seed=1), PlattMixture()
        ),
        BothReported(TTL_S),
    )
    with SqliteStore(path) as store:
        Runner(
            engine,
            sources,
            {"events": EventDecoder(FieldMapping()), "labels": LabelDecoder(FieldMapping())},
            scores,
            NullSink(),
            store,
            {},
            merge_wait_s=None,
            checkpoint_s=1e9,
        ).run()
        loaded = store.load()
    assert loaded is not None
    return engine, loaded


def test_200_000_payments_end_to_end_and_the_same_from_files(
    broker: KafkaServer, stream: Stream, tmp_path: Path
) -> None:
    topics = {name: create_topic(broker, name) for name in ("events", "labels", "scores")}
    for name, lines in (("events", stream.events), ("labels", stream.labels)):
        rows = [(line.key, line.value, line.t * 1000) for line in lines]
        produce(broker, topics[name], rows, compression_type="lz4")
        (tmp_path / f"{name}.jsonl").write_bytes(b"".join(line.value + b"\n" for line in lines))

    common = {"bootstrap_servers": broker.bootstrap, "closed": True, "max_poll_records": 2_000}
    engine, state = run(
        [source({**common, "topic": topics[name]}, name) for name in ("events", "labels")],
        sink({"bootstrap_servers": broker.bootstrap, "topic": topics["scores"]}, "scores"),
        tmp_path / "kafka.db",
    )

    written = read_topic(broker, topics["scores"])
    assert len(written) == N
    assert {key for key, _ in written} == {line.key for line in stream.events}
    scores = [json.loads(value or b"") for _, value in written]
    assert [score["id"].encode() for score in scores] == [key for key, _ in written]
    assert all(0.0 < score["p"] < 1.0 for score in scores)

    counters = engine.counters
    assert counters["events"] == counters["scored"] == N
    assert counters["labels"] == len(stream.labels)
    assert counters["early_joined"] == stream.early
    assert counters["orphaned"] == stream.orphaned
    assert counters["late_after_ttl"] == stream.late
    assert counters["joined"] == N - stream.early - stream.late
    # disjoint and complete: no other end, and nothing waits
    four = ("joined", "early_joined", "late_after_ttl", "orphaned")
    assert sum(counters[name] for name in four) == counters["labels"]
    assert not any(counters[name] for name in LABEL_ENDS if name not in four)
    assert label_identity(counters) == (len(stream.labels), len(stream.labels))
    assert counters["learned"] == N - stream.late

    _, from_files = run(
        [
            files.source({"path": str(tmp_path / f"{name}.jsonl"), "time": "time"}, name)
            for name in ("events", "labels")
        ],
        files.sink({"path": str(tmp_path / "scores.jsonl")}, "scores"),
        tmp_path / "files.db",
    )
    assert from_files[0] == state[0]  # model, metrics, counters: every bit
    assert from_files[2] == state[2]  # every pending, held and finished row
    assert (tmp_path / "scores.jsonl").read_bytes().splitlines() == [value for _, value in written]
