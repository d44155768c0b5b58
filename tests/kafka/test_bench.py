"""A benchmark that is stopped leaves no broker behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


def below(pid: int) -> list[int]:
    """The processes that this one started, and those that they started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):  # it ended
            continue
        if parent == pid:
            child = int(stat.parent.name)
            found += [child, *below(child)]
    return found


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


@pytest.mark.usefixtures("broker")  # so that the test is skipped where there is no Java
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM], ids=lambda stop: stop.name)
def test_a_stopped_benchmark_ends_its_broker(stop: signal.Signals) -> None:
    bench = [sys.executable, "-m", "benchmarks.bench", "--newest", "", "--only", "Kafka"]
    with subprocess.Popen(bench, cwd=CHECKOUT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        end = time.monotonic() + 60.0
        brokers: list[int] = []
        while not brokers:
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.1)
            brokers = [pid for pid in below(process.pid) if "kafka.Kafka " in command(pid)]
        started = below(process.pid)
        process.send_signal(stop)
        assert process.wait(60.0) == 128 + stop
    assert not [command(pid) for pid in started if command(pid)]
