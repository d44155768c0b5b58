"""Kafka -> score -> Kafka, at least once, in batches of 500, against the bare client on the same topics.

    python -m benchmarks.kafka [--rounds 11] [--json]

Then how long a score takes at 50 events a second, and what an idle service costs: `benchmarks.kafka_latency`.

The bare client consumes, decodes, produces and flushes with the same settings, and checks every future:
what it leaves is the price of guard, score, memory of the event and its commit. Wall time of interleaved
rounds on a broker of its own; the gate is the median ratio. Needs Java.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic

from benchmarks import kafka_latency
from benchmarks.termination import end_in_order
from streamimb.calibration import PlattMixture
from streamimb.compose import CalibratedClassifier, GuardedClassifier, SampledClassifier
from streamimb.engine import BothReported, Engine
from streamimb.events import Event, Label
from streamimb.linear_model import LogisticRegression
from streamimb.sampling import ScoreUnderSampler
from streamimb.serve import EventDecoder, FieldMapping, NullSink, Runner, SqliteStore
from streamimb_connectors.kafka import sink, source
from tests.kafka.kafka_server import KafkaServer

N = 20_000
BATCH = 500
CHECKPOINT = N // 2  # the second is the last thing in the span: every event is committed within it
GOAL = 0.8
LATENCY_ROUNDS = 5
T0 = 1_600_000_000


def event(i: int, rng: random.Random) -> dict[str, object]:
    return {"id": f"e{i}", "time": T0 + i} | {f"f{j}": round(rng.gauss(0, 1), 4) for j in range(30)}


def prepare(server: KafkaServer, rng: random.Random) -> tuple[str, str]:
    """The events in one topic, and an empty one for the scores."""
    admin = KafkaAdminClient(bootstrap_servers=server.bootstrap)
    admin.create_topics(
        [NewTopic(name, 1, 1, topic_configs={"retention.ms": "-1"}) for name in ("events", "scores")]
    )
    admin.wait_for_topics(["events", "scores"])
    admin.close()
    producer = KafkaProducer(bootstrap_servers=server.bootstrap, linger_ms=20, batch_size=1 << 16)
    sent = [
        producer.send("events", json.dumps(event(i, rng)).encode(), b"e%d" % i, timestamp_ms=(T0 + i) * 1000)
        for i in range(N)
    ]
    producer.flush()
    assert all(future.succeeded() for future in sent)
    producer.close()
    return "events", "scores"


def trained(rng: random.Random) -> bytes:
    """The state of an engine that has seen 3,000 labelled events."""
    engine = fresh()
    for i in range(3_000):
        x = {f"f{j}": rng.gauss(0, 1) for j in range(30)}
        engine.on_event(Event(f"w{i}", T0 - 10_000 + i, x))
        engine.on_label(Label(f"w{i}", T0 - 10_000 + i, rng.random() < 0.02))
    return engine.snapshot()


def fresh() -> Engine:
    model = CalibratedClassifier(
        SampledClassifier(LogisticRegression(), ScoreUnderSampler(), seed=1), PlattMixture()
    )
    return Engine(GuardedClassifier(model), BothReported())


def ours(server: KafkaServer, events: str, scores: str, state: bytes) -> float:
    """Seconds an event, from the end of the first batch to the end of the last."""
    engine = fresh()
    engine.restore(state, {})
    common = {"bootstrap_servers": server.bootstrap}
    turns: list[tuple[float, int]] = []
    with tempfile.TemporaryDirectory() as folder, SqliteStore(Path(folder) / "state.db") as store:
        runner = Runner(
            engine,
            [source({**common, "topic": events, "closed": True, "max_poll_records": BATCH}, "events")],
            {"events": EventDecoder(FieldMapping())},
            sink({**common, "topic": scores}, "scores"),
            NullSink(),
            store,
            {},
            batch_n=BATCH,
            checkpoint_events=CHECKPOINT,
            tick=lambda: turns.append((time.perf_counter(), runner.status.scores)),
        )
        runner.run()
    assert runner.status.scores == N
    assert runner.status.checkpoints >= 2
    return per_event(turns)


def bare(server: KafkaServer, events: str, scores: str, value: bytes) -> float:
    """The same by the client alone; what it writes is as long as a score, and says nothing."""
    consumer = KafkaConsumer(
        bootstrap_servers=server.bootstrap, group_id=None, enable_auto_commit=False, auto_offset_reset="none",
        isolation_level="read_committed", max_poll_records=BATCH, metrics_enabled=False,
    )  # fmt: skip
    producer = KafkaProducer(
        bootstrap_servers=server.bootstrap, acks="all", enable_idempotence=True, linger_ms=5, batch_size=1 << 18,
        metrics_enabled=False,
    )  # fmt: skip
    partition = TopicPartition(events, 0)
    consumer.assign([partition])
    consumer.seek(partition, 0)
    decode = msgspec.json.Decoder().decode
    turns: list[tuple[float, int]] = []
    done = 0
    while done < N:
        for batch in consumer.poll(timeout_ms=50).values():
            futures = [
                producer.send(
                    scores, key=decode(record.value)["id"].encode(), value=value, headers=[("v", b"1")]
                )
                for record in batch
            ]
            producer.flush()
            assert all(future.succeeded() for future in futures)
            done += len(batch)
        turns.append((time.perf_counter(), done))
    consumer.close()
    producer.close()
    return per_event(turns)


def per_event(turns: list[tuple[float, int]]) -> float:
    (start, first), (end, last) = next(turn for turn in turns if turn[1]), next(t for t in turns if t[1] == N)
    return (end - start) / (last - first)


def measure(rounds: int) -> tuple[list[float], list[float], kafka_latency.Measured]:
    """Microseconds an event of ours and of the bare client, by round, after one that is not counted; latencies."""
    rng = random.Random(0)
    with KafkaServer() as server:
        events, scores = prepare(server, rng)
        state = trained(rng)
        value = b'{"p":%s}' % (b"0" * 190)
        sides: list[Callable[[], float]] = [
            lambda: ours(server, events, scores, state),
            lambda: bare(server, events, scores, value),
        ]
        times: tuple[list[float], list[float]] = ([], [])
        for turn in range(rounds + 1):
            order = (0, 1) if turn % 2 else (1, 0)
            for side in order:
                taken = sides[side]() * 1e6
                if turn:
                    times[side].append(taken)
        latencies = kafka_latency.measure(server.bootstrap, min(rounds, LATENCY_ROUNDS))
    return *times, latencies


def main() -> int:
    parser = argparse.ArgumentParser(description="Kafka to Kafka at least once, ours and the bare client's.")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--json", action="store_true", help="lines for benchmarks.bench")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds: expected 1 or more")
    end_in_order()
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    mine, theirs, latencies = measure(options.rounds)
    ratio = statistics.median(b / a for a, b in zip(mine, theirs, strict=True))
    line = {
        "work": "Kafka -> score -> Kafka, wall µs an event",
        "ours": statistics.median(mine),
        "reference": statistics.median(theirs),
        "ratio": ratio,
        "goal": f">= {GOAL:g} x",
        "verdict": "ok" if ratio >= GOAL else "MISS",
        "against": "the bare client: consume, decode, produce, flush",
    }
    lines = [line, *kafka_latency.lines(latencies)]
    if options.json:
        print(json.dumps(lines))
    else:
        print(
            f"ours {line['ours']:.1f} µs, bare {line['reference']:.1f} µs an event: ratio {ratio:.2f}, goal {GOAL}"
        )
        print("ratios by round:", " ".join(f"{b / a:.2f}" for a, b in zip(mine, theirs, strict=True)))
        for one in lines[1:]:
            print(
                f"{one['work']}: ours {one['ours']:.2f}, bare {one['reference']:.2f}, ratio {one['ratio']:.2f}, "
                f"goal {one['goal']}"
            )
    return 1 if any(one["verdict"] == "MISS" for one in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
