"""The example on Kafka, on a real broker: its commands as they are printed, and then `run`, stopped."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.examples.commands import EXAMPLES, blocks, promised, shell
from tests.kafka.audit import read_topic
from tests.kafka.kafka_server import KafkaServer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The examples, with a port of their own for metrics."""
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    path = tmp_path / "examples" / "fraud_kafka.toml"
    text = path.read_text()
    assert "port = 9464" in text
    path.write_text(text.replace("port = 9464", "port = 0"))
    return tmp_path


def test_payments_in_alerts_out(broker: KafkaServer, folder: Path) -> None:
    (block,) = blocks(EXAMPLES / "README.md", "sh")
    export, *commands = block.splitlines()
    assert export == "export KAFKA=localhost:9092"
    printed = [shell(command, folder, KAFKA=broker.bootstrap) for command in commands]
    assert printed[0] == promised("kafka_produce.py")
    assert "wrong" not in printed[1]
    assert printed[3] == promised("kafka_alerts.py")
    assert read_topic(broker, "dead_letters") == []

    written = len(read_topic(broker, "scores"))
    program = [
        str(Path(sys.executable).with_name("streamimb")),
        "run",
        "--config",
        "examples/fraud_kafka.toml",
    ]
    service = subprocess.Popen(
        program, cwd=folder, env={**os.environ, "KAFKA": broker.bootstrap}, stderr=subprocess.PIPE
    )
    until = time.monotonic() + 30
    while len(read_topic(broker, "scores")) < 2 * written:
        assert service.poll() is None, service.communicate()
        assert time.monotonic() < until
        time.sleep(0.2)
    service.send_signal(signal.SIGTERM)
    _, told = service.communicate(timeout=30)
    assert service.returncode == 0, told
    assert b"stopped at model version" in told
