"""Every example runs as its text says, and prints what its text says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.examples.commands import EXAMPLES, promised, shell


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in which the examples are where their commands expect them."""
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    return tmp_path


SCRIPTS = [
    "balanced_classes.py",
    "class_weights.py",
    "curves.py",
    "filtered_upstream.py",
    "many_classes.py",
    "over_sampling.py",
    "river_pipeline.py",
    "smote.py",
    "under_sampling.py",
]


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_prints_what_its_docstring_shows(script: str, folder: Path) -> None:
    shown = promised(script)
    assert shown
    assert shell(f"python examples/{script}", folder) == shown


@pytest.mark.parametrize(
    ("configuration", "audit"), [("own_model.toml", "audit.py"), ("classes.toml", "class_audit.py")]
)
def test_a_configuration_over_a_file(folder: Path, configuration: str, audit: str) -> None:
    commands = re.findall(r"^#   (.+)$", (EXAMPLES / configuration).read_text(), re.MULTILINE)
    assert len(commands) == 3
    for command in commands:
        printed = shell(command, folder)
    assert printed == promised(audit)
    assert (folder / "examples/dead_letters.jsonl").read_bytes() == b""


def test_every_script_is_run() -> None:
    told = {path.name for path in EXAMPLES.glob("*.py")}
    assert told == {
        *SCRIPTS, "attacks.py", "audit.py", "class_audit.py", "invoices.py", "kafka_alerts.py", "kafka_produce.py",
        "own_model.py", "payments.py",
    }  # fmt: skip
