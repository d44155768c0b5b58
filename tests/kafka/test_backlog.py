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

from streamimb.serve import StoreError, read_state
from tests.conftest import CHECKOUT
from tests.kafka.audit import read_topic
from tests.kafka.conftest import produce
from tests.kafka.kafka_server import KafkaServer
from tests.serve.backlog import WINDOW_S, backlog, encoded, ratio
from tests.serve.configured import configured

N = 6_000


def committed(state: Path) -> int:
    """How many records of its topics a running service has committed."""
    try:
        saved = read_state(state)
    except StoreError:
        return 0  # it is not there yet
    return 0 if saved is None else sum(sum(offsets.values()) for offsets in saved.positions.values())


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
    kafka = {"type": "kafka", "bootstrap_servers": broker.bootstrap}
    config = configured(
        {role: {**kafka, "role": role, "topic": topics[role]} for role in roles},
        {**kafka, "topic": scores},
        labels={"regime": "positives", "window_s": WINDOW_S},
        state={"checkpoint_s": 0.2},
    )
    (tmp_path / "c.toml").write_text(config)
    command = "import sys; sys.path.insert(0, sys.argv.pop()); from streamimb.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", command, "run", "--config", "c.toml", "--json", str(CHECKOUT)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
    ) as process:
        try:
            until = time.monotonic() + 60
            while committed(tmp_path / "state.db") < N + len(made.labels) and time.monotonic() < until:
                time.sleep(0.1)
        finally:
            process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    read = read_topic(broker, scores)
    counters = json.loads(out)["counters"]
    assert (counters["events"], counters["labels"]) == (N, len(made.labels))
    assert counters["orphaned"] <= 0.01 * len(made.labels)
    assert 0.8 < ratio((value or b"" for _, value in read), made.truth, N // 3) < 1.25
