"""A folder with a small stream and a configuration over it, and logs put back as they were."""

import logging
from pathlib import Path
from typing import Any

import msgspec
import pytest

from streamimb.cli.app import called
from streamimb.cli.demo_stream import DemoStream

CONFIG = """
[model]
seed = 1
[schema.amount]
min = 0
[schema.log_over_usual]
[schema.merchant]
type = "string"
[schema.hour]
type = "string"
[schema.abroad]
type = "bool"
[schema.soon]
type = "bool"
[source.payments]
type = "files"
role = "both"
path = "in.jsonl"
[source.payments.fields]
drop = ["card"]
categorical = ["hour"]
[sink.scores]
type = "files"
path = "scores.jsonl"
[sink.dead_letters]
type = "files"
path = "dead.jsonl"
[state]
path = "state.db"
"""


@pytest.fixture(autouse=True)
def _logs():
    root, kafka = logging.getLogger(), logging.getLogger("kafka")
    handlers, level, kafka_level = root.handlers[:], root.level, kafka.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    kafka.setLevel(kafka_level)


class Folder:
    """Where the commands run."""

    def __init__(self, path: Path, capfd) -> None:
        self.path = path
        self.capfd = capfd
        self.configure()

    def configure(self, old: str = "", new: str = "", more: str = "") -> None:
        assert old in CONFIG
        (self.path / "c.toml").write_text(CONFIG.replace(old, new) + more if old else CONFIG + more)

    def stream(self, n: int, name: str = "in.jsonl", only: bytes = b"") -> None:
        lines = [record.value or b"" for record in DemoStream(3, n, 0, 0).records()]
        chosen = [line.replace(only, b"") for line in lines if only in line]
        (self.path / name).write_bytes(b"".join(line + b"\n" for line in chosen))

    def command(self, name: str, *more: str, config: str = "c.toml") -> tuple[int, str, str]:
        """(exit code, stdout, stderr)"""
        self.capfd.readouterr()
        code = called([name, "--config", config, *more])
        told = self.capfd.readouterr()
        return code, told.out, told.err

    def lines(self, name: str) -> list[dict[str, Any]]:
        return [msgspec.json.decode(line) for line in (self.path / name).read_bytes().splitlines()]


@pytest.fixture
def folder(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    made = Folder(tmp_path, capfd)
    made.stream(600)
    return made
