"""ARCHITECTURE.md names files that exist, and every kernel."""

from __future__ import annotations

import re
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PAGE = (CHECKOUT / "ARCHITECTURE.md").read_text()
NAMED = set(re.findall(r"`([\w/*-]+\.py)`", PAGE))
FILES = {
    path.relative_to(CHECKOUT).as_posix()
    for folder in ("streamimb", "connectors", "tests", "benchmarks", "examples")
    for path in (CHECKOUT / folder).rglob("*.py")
}


def pattern_of(name: str) -> str:
    """A pattern of the paths that a name in the page stands for; * stands for any part of a file's name."""
    return "(^|/)" + re.escape(name).replace(r"\*", r"\w*") + "$"


def test_every_file_that_is_named_exists() -> None:
    missing = [name for name in sorted(NAMED) if not any(re.search(pattern_of(name), path) for path in FILES)]
    assert not missing


def test_every_kernel_is_named() -> None:
    kernels = {path.name for path in (CHECKOUT / "streamimb" / "_kernels").glob("*.py")} - {"__init__.py"}
    unnamed = kernels - {name.rpartition("/")[2] for name in NAMED}
    assert not unnamed
