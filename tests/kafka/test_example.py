"""The fraud consumer of examples/ as it is to be typed, on a real broker; and a SIGTERM to the running service."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.examples.commands import EXAMPLES, blocks, promised, shell
from tests.kafka.audit import read_topic
from tests.kafka.kafka_server import KafkaServer, free_ports


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the examples in it, the metrics on a port of their own."""
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    config = tmp_path / "examples" / "fraud_kafka.toml"
    config.write_text(
        re.sub(r"^port = \d+", f"port = {free_ports(1)[0]}", config.read_text(), flags=re.MULTILINE)
    )
    return tmp_path


def handled(address: str) -> int:
    with urllib.request.urlopen(address + "/metrics", timeout=5) as answer:
        found = re.search(r"^streamimb_records\w* (\S+)$", answer.read().decode(), re.MULTILINE)
    return int(float(found[1])) if found else 0


def test_the_fraud_consumer_as_typed_and_fault_71_sigterm(broker: KafkaServer, folder: Path) -> None:
    (typed,) = (block for block in blocks(EXAMPLES / "README.md", "sh") if "kafka_produce.py" in block)
    lines = typed.splitlines()
    assert lines[0] == "export KAFKA=localhost:9092"
    printed = {line.split()[1]: shell(line, folder, KAFKA=broker.bootstrap) for line in lines[1:]}
    assert printed["examples/kafka_produce.py"] == promised("kafka_produce.py")
    assert printed["examples/kafka_alerts.py"] == promised("kafka_alerts.py")
    assert len(read_topic(broker, "scores")) == 5_000

    environment = {**os.environ, "KAFKA": broker.bootstrap}
    streamimb = [str(Path(sys.executable).parent / "streamimb")]
    port = re.search(r"^port = (\d+)", (folder / "examples/fraud_kafka.toml").read_text(), re.MULTILINE)
    assert port is not None
    with subprocess.Popen(
        [*streamimb, "run", "--config", "examples/fraud_kafka.toml"],
        cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    ) as service:  # fmt: skip
        until = time.monotonic() + 60
        while time.monotonic() < until and service.poll() is None:
            try:
                if handled(f"http://127.0.0.1:{port[1]}") == 10_000:
                    break
            except OSError:
                pass
            time.sleep(0.2)
        service.send_signal(signal.SIGTERM)
        _, said = service.communicate(timeout=30)
    assert service.returncode == 0, said
    written = read_topic(broker, "scores")
    assert len(written) == 10_000  # of the replay, and of the run: nothing twice within one
    assert {key for key, _ in written[5_000:]} == {key for key, _ in written[:5_000]}
