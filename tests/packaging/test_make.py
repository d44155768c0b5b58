"""The commands README names are there, and say what they do."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
TARGETS = ["demo", "test", "test-newest", "check", "bench", "truth", "clean", "help"]


def test_help_lists_every_target_with_a_line() -> None:
    done = subprocess.run(["make", "help"], cwd=CHECKOUT, check=True, capture_output=True, text=True)
    for target in TARGETS:
        assert re.search(rf"make {target} +\w", done.stdout), target


def test_no_target_is_named_that_does_not_exist() -> None:
    makefile = (CHECKOUT / "Makefile").read_text()
    named = set()
    for page in ("README.md", "ARCHITECTURE.md", "CHANGELOG.md"):
        if (CHECKOUT / page).exists():
            named |= set(re.findall(r"`make ([a-z-]+)`", (CHECKOUT / page).read_text()))
    assert not [target for target in named if not re.search(rf"^{target}:", makefile, re.MULTILINE)]


def test_without_a_newer_python_the_newest_is_told_in_one_line() -> None:
    command = [
        "make",
        "--no-print-directory",
        "-o",
        ".venv/core",
        f"BIN={Path(sys.executable).parent}",
        "NEWEST=",
    ]
    done = subprocess.run([*command, "test-newest"], cwd=CHECKOUT, check=True, capture_output=True, text=True)
    assert re.fullmatch(r"newest: pyenv has no CPython newer than 3\.\d+, .*: nothing to do\n", done.stdout)


def test_ci_can_be_run() -> None:
    assert os.access(CHECKOUT / ".ci" / "run", os.X_OK)


def test_the_commands_that_are_made_have_their_programs() -> None:
    for path in re.findall(r"\$\(BIN\)/python (\S+\.py)", (CHECKOUT / "Makefile").read_text()):
        assert (CHECKOUT / path).exists(), path
