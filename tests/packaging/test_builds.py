"""What a user installs: both packages, typed, compiled where that was asked for, and nothing else."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

import hatch_build

CHECKOUT = Path(__file__).resolve().parents[2]
KERNELS = sorted(p.stem for p in (CHECKOUT / "streamimb" / "_kernels").glob("*.py") if p.stem != "__init__")


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Path]:
    """Builds one target with one STREAMIMB_NATIVE and gives the file that came out."""

    def run(target: str, native: str) -> Path:
        folder = tmp_path_factory.mktemp(f"{target}-{native}")
        subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)],
            cwd=CHECKOUT,
            env={**os.environ, "STREAMIMB_NATIVE": native},
            check=True,
            capture_output=True,
            text=True,
        )
        (built,) = folder.iterdir()
        return built

    return run


def test_a_pure_wheel_has_both_packages_and_no_binary(build: Callable[[str, str], Path]) -> None:
    wheel = build("wheel", "off")
    assert wheel.name.endswith("-py3-none-any.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in ("streamimb/__init__.py", "streamimb/py.typed", "streamimb/_kernels/logistic.py"):
        assert wanted in names
    for wanted in ("streamimb_connectors/__init__.py", "streamimb_connectors/py.typed"):
        assert wanted in names
    assert not [name for name in names if name.endswith((".so", ".pyd", ".c", ".new"))]
    assert {name.split("/")[0].split("-")[0] for name in names} == {"streamimb", "streamimb_connectors"}
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_a_native_wheel_has_every_kernel_compiled_beside_its_source(
    build: Callable[[str, str], Path],
) -> None:
    wheel = build("wheel", "require")
    assert not wheel.name.endswith("-any.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for kernel in KERNELS:
        assert f"streamimb/_kernels/{kernel}.py" in names
        assert [
            n for n in names if n.startswith(f"streamimb/_kernels/{kernel}.") and n.endswith((".so", ".pyd"))
        ]
    assert not [name for name in names if name.endswith(".c")]


def test_the_sdist_is_source_only_and_whole(build: Callable[[str, str], Path]) -> None:
    with tarfile.open(build("sdist", "off")) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    for wanted in ("pyproject.toml", "hatch_build.py", "Makefile", "README.md", "LICENSE", ".ci/run"):
        assert wanted in names
    for wanted in ("streamimb/protocols.py", "connectors/streamimb_connectors/py.typed", "tests/conftest.py"):
        assert wanted in names
    unwanted = (".so", ".pyd", ".c", ".pyc", ".new", ".parquet")
    assert not [name for name in names if name.endswith(unwanted) or "_cache" in name or ".venv" in name]


def test_a_wrong_mode_is_refused_by_name() -> None:
    done = subprocess.run(
        [sys.executable, "hatch_build.py"],
        cwd=CHECKOUT,
        env={**os.environ, "STREAMIMB_NATIVE": "yes"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "STREAMIMB_NATIVE='yes': expected auto, require or off" in done.stderr


def test_a_build_that_was_killed_leaves_nothing_for_the_next_one(tmp_path: Path) -> None:
    """A truncated extension is newer than its source, so only the mark of the unfinished build tells."""
    with hatch_build.restartable(tmp_path):
        pass
    whole = tmp_path / "whole.so"
    whole.write_bytes(b"linked")
    with hatch_build.restartable(tmp_path):
        assert whole.exists()
    with pytest.raises(KeyboardInterrupt), hatch_build.restartable(tmp_path):
        (tmp_path / "truncated.so").write_bytes(b"lin")
        raise KeyboardInterrupt
    with hatch_build.restartable(tmp_path):
        assert [path.name for path in tmp_path.iterdir()] == ["unfinished"]


def test_a_build_in_place_replaces_the_extensions_of_its_own_python_only(tmp_path: Path) -> None:
    kernels = tmp_path / "streamimb" / "_kernels"
    kernels.mkdir(parents=True)
    own, other = EXTENSION_SUFFIXES[0], ".cpython-999-elsewhere.so"
    for name in (f"gone{own}", "gone.so", f"kept{own}", f"gone{other}"):
        (kernels / name).write_bytes(b"old")
    fresh = tmp_path / "fresh"
    fresh.write_bytes(b"new")
    hatch_build.install_in_place(tmp_path, {f"streamimb/_kernels/kept{own}": fresh})
    assert {path.name: path.read_bytes() for path in kernels.iterdir()} == {
        f"kept{own}": b"new",
        f"gone{other}": b"old",
    }


def test_entry_points_can_be_loaded() -> None:
    wanted = {
        ("streamimb.sources", "kafka"),
        ("streamimb.sources", "files"),
        ("streamimb.sinks", "kafka"),
        ("streamimb.sinks", "files"),
        ("streamimb.diagnoses", "kafka"),
        ("streamimb.exporters", "prometheus"),
        ("console_scripts", "streamimb"),
    }
    points = {
        (point.group, point.name): point
        for point in importlib.metadata.distribution("streamimb").entry_points
    }
    assert wanted == set(points)
    for point in points.values():
        assert callable(point.load())


def test_extras_are_named_as_promised() -> None:
    extras = set(importlib.metadata.distribution("streamimb").metadata.get_all("Provides-Extra") or [])
    assert extras == {"kafka", "prometheus", "cli", "parquet", "plot", "all", "test", "dev"}
