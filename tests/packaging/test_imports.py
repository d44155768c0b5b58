"""What `import streamimb` costs, counted in modules: time on a busy machine says nothing."""

from __future__ import annotations

import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import grimp

CHECKOUT = Path(__file__).resolve().parents[2]
HEAVY = {
    "pandas", "sklearn", "polars", "pyarrow", "matplotlib",
    "rich", "cyclopts", "kafka", "prometheus_client", "sqlite3", "hypothesis", "pytest",
}  # fmt: skip


def loaded_by(statement: str) -> set[str]:
    """Names of the modules that are there after the statement, in a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{statement}\nprint(*sys.modules)"],
        cwd=CHECKOUT,
        check=True,
        capture_output=True,
        text=True,
    )
    return set(done.stdout.split())


def test_the_library_brings_nothing_heavy() -> None:
    before = loaded_by("import numpy, msgspec, river.compose")
    added = loaded_by("import numpy, msgspec, river.compose, streamimb") - before
    assert not {name.partition(".")[0] for name in added} & HEAVY
    assert "streamimb.serve" not in added
    # 150 ms are worth some hundred modules; most of what is added is River's own.
    assert len(added) < 400


def test_the_command_line_starts_without_the_library() -> None:
    added = loaded_by("import streamimb.cli")
    assert not {name.partition(".")[0] for name in added} & {
        "kafka",
        "prometheus_client",
        "pandas",
        "sklearn",
    }


def test_sampling_and_calibration_need_no_frame_library() -> None:
    added = loaded_by("import streamimb.sampling, streamimb.calibration, streamimb.stats")
    assert not {name.partition(".")[0] for name in added} & {"pandas", "polars", "sklearn", "rich", "kafka"}


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports inside functions count: such a circle only hides."""
    graph = grimp.build_graph("streamimb", "streamimb_connectors", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    TopologicalSorter(imports).prepare()


def test_laws_need_no_test_runner() -> None:
    added = loaded_by("import streamimb.checks")
    assert not {name.partition(".")[0] for name in added} & {
        "pytest",
        "_pytest",
        "hypothesis",
        "pandas",
        "sklearn",
    }
