"""`run` on topics that were filled before it started: records are merged by the times they name, not as they come."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT
from tests.kafka.audit import read_topic
from tests.kafka.conftest import produce
from tests.kafka.kafka_server import KafkaServer
from tests.serve.backlog import WINDOW_S, backlog, encoded, ratio

N = 6_000
CONFIG = """
[labels]
regime = "positives"
window_s = {window_s}
{sources}
[sink.scores]
type = "kafka"
bootstrap_servers = "{bootstrap}"
topic = "{scores}"
[sink.dead_letters]
type = "none"
[state]
path = "state.db"
"""
SOURCE = """
[source.{role}]
type = "kafka"
role = "{role}"
bootstrap_servers = "{bootstrap}"
topic = "{topic}"
"""


@pytest.mark.parametrize("roles", [("events", "labels"), ("labels", "events")], ids="{0[0]}-first".format)
def test_no_label_of_a_backlog_is_orphaned(
    broker: KafkaServer, topic: Callable[..., str], tmp_path: Path, roles: tuple[str, str]
) -> None:
    made = backlog(N)
    values = {"events": encoded(made.events), "labels": encoded(made.labels)}
    topics = {role: topic(role, partitions=2) for role in roles}
    scores = topic("scores")
    for role in roles:  # record times are those of the filling, and say nothing
        for partition in (0, 1):
            now_ms = int(time.time() * 1000)
            rows = [(None, value, now_ms) for value in values[role][partition::2]]
            produce(broker, topics[role], rows, partition)
    sources = "".join(
        SOURCE.format(role=role, bootstrap=broker.bootstrap, topic=topics[role]) for role in roles
    )
    (tmp_path / "c.toml").write_text(
        CONFIG.format(window_s=WINDOW_S, sources=sources, bootstrap=broker.bootstrap, scores=scores)
    )
    command = "import sys; sys.path.insert(0, sys.argv.pop()); from streamimb.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", command, "run", "--config", "c.toml", "--json", str(CHECKOUT)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
    ) as process:
        try:
            until = time.monotonic() + 60
            while len(read := read_topic(broker, scores)) < N and time.monotonic() < until:
                time.sleep(0.5)
            time.sleep(1.0)  # for the labels behind the last event
        finally:
            process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    counters = json.loads(out)["counters"]
    assert (counters["events"], counters["labels"]) == (N, len(made.labels))
    assert counters["orphaned"] <= 0.01 * len(made.labels)
    assert 0.8 < ratio((value or b"" for _, value in read), made.truth, N // 3) < 1.25
