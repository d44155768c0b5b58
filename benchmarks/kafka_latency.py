"""How long a score takes at 50 events a second, and what an idle service costs, beside a bare echo.

The bare echo is kafka-python alone with the same settings: it consumes, decodes, produces and flushes. Ours and the
bare echo run as processes of their own, with one input and with two (events and labels), all on one broker. A round
sends events to one of them after the other; the time is from before the send of an event to after the read of its
score. Run by `benchmarks.kafka`.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic

from tests.serve.configured import configured as service

RATE = 50.0  # events a second
EVENTS = 75  # of one side in one round
GOAL = 1.5  # times the bare echo's median
IDLE_S = 5.0
IDLE_GOALS = {1: 0.03, 2: 0.06}  # of a core, by the number of inputs
SIDES = [(kind, inputs) for inputs in (1, 2) for kind in ("ours", "bare")]


class Measured(NamedTuple):
    """Medians in milliseconds by round, and the share of a core of an idle service."""

    p50: dict[tuple[str, int], list[float]]
    idle: dict[tuple[str, int], float]

    def ratio(self, inputs: int) -> float:
        """The median over the rounds of our median divided by the bare echo's."""
        rounds = zip(self.p50["ours", inputs], self.p50["bare", inputs], strict=True)
        return statistics.median(ours / bare for ours, bare in rounds)


class Side:
    """One service under measurement: its process and its topics."""

    def __init__(self, bootstrap: str, kind: str, inputs: int, folder: Path) -> None:
        self.topics = [f"{kind}{inputs}-{name}" for name in ("scores", "events", "labels")[: inputs + 1]]
        admin = KafkaAdminClient(bootstrap_servers=bootstrap)
        admin.create_topics([NewTopic(name, 1, 1) for name in self.topics])
        admin.wait_for_topics(self.topics)
        admin.close()
        if kind == "ours":  # as users start it
            config = folder / f"{inputs}.toml"
            config.write_text(configured(bootstrap, folder / f"{inputs}.db", *self.topics))
            start = "from streamimb.cli import main; main()"
            command = [sys.executable, "-c", start, "run", "--config", str(config)]
        else:
            command = [sys.executable, "-m", "benchmarks.kafka_latency", bootstrap, *self.topics]
        self.process = subprocess.Popen(command)
        self.scores = KafkaConsumer(
            bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False, metrics_enabled=False
        )
        partition = TopicPartition(self.topics[0], 0)
        self.scores.assign([partition])
        self.scores.seek(partition, 0)
        self.sent = 0

    def round(self, producer: KafkaProducer) -> list[float]:
        """Sends events at the rate, their labels half a second later; milliseconds from event to score."""
        taken: list[float] = []
        at: dict[str, float] = {}
        start = time.perf_counter()
        for i in range(EVENTS):
            self._collect(start + i / RATE, at, taken)
            number, now = self.sent, time.time()
            self.sent += 1
            fields = {"id": f"e{number}", "time": now} | {f"f{j}": (number * j) % 7 / 3 for j in range(30)}
            at[f"e{number}"] = time.perf_counter()
            producer.send(self.topics[1], json.dumps(fields).encode())
            if len(self.topics) > 2 and number >= 25:
                label = {"id": f"e{number - 25}", "time": now, "label": number % 10 == 0}
                producer.send(self.topics[2], json.dumps(label).encode())
        self._collect(time.perf_counter() + 10.0, at, taken)
        assert not at, f"{len(at)} events were not scored in 10 s"
        return taken

    def warm_up(self, producer: KafkaProducer) -> None:
        """Returns when the service answers."""
        at = {"w": time.perf_counter()}
        producer.send(self.topics[1], json.dumps({"id": "w", "time": time.time(), "f0": 1.0}).encode())
        self._collect(time.perf_counter() + 30.0, at, [])
        assert not at, "the service did not start"

    def close(self) -> None:
        self.scores.close()
        self.process.terminate()
        self.process.wait()

    def _collect(self, until: float, at: dict[str, float], taken: list[float]) -> None:
        while (left := until - time.perf_counter()) > 0:
            if not at:
                time.sleep(left if left < 1.0 else 0.0)
                if left >= 1.0:
                    return
                continue
            for batch in self.scores.poll(timeout_ms=max(1, int(left * 1000))).values():
                now = time.perf_counter()
                taken += [(now - at.pop(json.loads(record.value)["id"])) * 1000 for record in batch]


def measure(bootstrap: str, rounds: int) -> Measured:
    """All sides in turn, in every round in another order."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, linger_ms=0, metrics_enabled=False)
    measured = Measured({side: [] for side in SIDES}, {})
    with tempfile.TemporaryDirectory() as folder, ExitStack() as started:
        sides = {}
        for name in SIDES:
            sides[name] = side = Side(bootstrap, *name, Path(folder))
            started.callback(side.close)
        for side in sides.values():
            side.warm_up(producer)
        for turn in range(rounds + 1):
            for name in SIDES[turn % 4 :] + SIDES[: turn % 4]:
                taken = sides[name].round(producer)
                if turn:
                    measured.p50[name].append(statistics.median(taken))
        time.sleep(1.0)
        before = {name: cpu_s(side.process.pid) for name, side in sides.items()}
        time.sleep(IDLE_S)
        for name, side in sides.items():
            measured.idle[name] = (cpu_s(side.process.pid) - before[name]) / IDLE_S
    producer.close()
    return measured


def cpu_s(pid: int) -> float:
    """Seconds of CPU that a process used so far, with all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def lines(measured: Measured) -> list[dict[str, Any]]:
    """The lines of `benchmarks.bench`."""
    made: list[dict[str, Any]] = []
    for inputs in (1, 2):
        ratio, idle = measured.ratio(inputs), measured.idle["ours", inputs]
        what = "one input" if inputs == 1 else "events and labels"
        made += [
            {
                "work": f"a score at 50/s, {what}, p50 ms",
                "ours": statistics.median(measured.p50["ours", inputs]),
                "reference": statistics.median(measured.p50["bare", inputs]),
                "ratio": ratio,
                "goal": f"<= {GOAL:g} x",
                "verdict": "ok" if ratio <= GOAL else "MISS",
                "against": "a bare echo; ratio is ours / bare",
            },
            {
                "work": f"idle, {what}, % of a core",
                "ours": 100 * idle,
                "reference": 100 * measured.idle["bare", inputs],
                "ratio": idle / max(measured.idle["bare", inputs], 1e-9),
                "goal": f"<= {100 * IDLE_GOALS[inputs]:g} %",
                "verdict": "ok" if idle <= IDLE_GOALS[inputs] else "MISS",
                "against": "the same echo, idle",
            },
        ]
    return made


def bare(bootstrap: str, scores: str, inputs: list[str]) -> None:
    """The client alone, until it is terminated."""
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False, auto_offset_reset="none",
        isolation_level="read_committed", max_poll_records=500, metrics_enabled=False,
    )  # fmt: skip
    producer = KafkaProducer(
        bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, linger_ms=5, batch_size=1 << 18,
        metrics_enabled=False,
    )  # fmt: skip
    partitions = [TopicPartition(name, 0) for name in inputs]
    consumer.assign(partitions)
    for partition in partitions:
        consumer.seek(partition, 0)
    decode = msgspec.json.Decoder().decode
    while True:
        for partition, batch in consumer.poll(timeout_ms=500).items():
            if partition == partitions[0]:
                ids = [decode(record.value)["id"] for record in batch]
                sent = [producer.send(scores, json.dumps({"id": one}).encode(), one.encode()) for one in ids]
                producer.flush()
                assert all(future.succeeded() for future in sent)


def configured(bootstrap: str, state: Path, scores: str, *inputs: str) -> str:
    """The configuration of our service."""
    kafka = {"type": "kafka", "bootstrap_servers": bootstrap}
    topics = dict(zip(("events", "labels"), inputs, strict=False))
    return service(
        {role: {**kafka, "role": role, "topic": topic} for role, topic in topics.items()},
        {**kafka, "topic": scores},
        state={"path": str(state)},
        log={"level": "error"},
    )


if __name__ == "__main__":
    bare(sys.argv[1], sys.argv[2], sys.argv[3:])
