"""Every kernel is compiled, from the source beside it, and has a twin test."""

from __future__ import annotations

import os
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

import streamimb
from tests.twins.interpreted import FOLDER, NAMES, compiled, interpreted

HERE = Path(__file__).parent


def test_ci_runs_compiled() -> None:
    if os.environ.get("STREAMIMB_NATIVE") == "require":
        assert streamimb.__native__


@pytest.mark.parametrize("name", NAMES)
def test_extension_is_newer_than_its_source(name: str) -> None:
    sources = [path for path in FOLDER.glob(f"{name}.p*") if path.suffix in {".py", ".pxd"}]
    for extension in (FOLDER / f"{name}{suffix}" for suffix in EXTENSION_SUFFIXES):
        if extension.exists():
            for source in sources:
                assert extension.stat().st_mtime >= source.stat().st_mtime, "stale: run `make kernels`"


@pytest.mark.parametrize("name", NAMES)
def test_twins_are_two(name: str) -> None:
    assert str(interpreted(name).__file__).endswith(f"{name}.py")
    assert (str(compiled(name).__file__).endswith(".py")) is not streamimb.__native__


@pytest.mark.parametrize("name", NAMES)
def test_every_kernel_has_twin_tests(name: str) -> None:
    assert (HERE / f"test_{name}.py").exists()
