"""What every test may use: the shared data beside the checkout; and the time each folder took."""

from __future__ import annotations

import importlib
import os
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import settings

from streamimb import catalogue

CHECKOUT = Path(__file__).resolve().parent.parent
SHARED = CHECKOUT.parent / "shared"

settings.register_profile("ci", max_examples=30)  # 100 by default: .ci/run has 20 minutes
if os.environ.get("CI") == "true":
    settings.load_profile("ci")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real streams beside the checkout; CI has to have it, elsewhere its tests are left out."""
    data = SHARED / "data"
    if not data.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI needs the real streams: {data} is not there", pytrace=False)
        pytest.skip(f"no real streams at {data}")
    return data


@pytest.fixture
def own_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts that the test registers are gone after it."""
    importlib.import_module("streamimb.engine.registry")  # its parts stay
    for table in ("_BY_NAME", "_BY_CLASS"):
        monkeypatch.setattr(catalogue, table, dict(getattr(catalogue, table)))


def _folder(nodeid: str) -> str:
    parts = nodeid.partition("::")[0].split("/")
    return "/".join(parts[:2]) if parts[0] == "tests" else f"{parts[0]} (doctests)"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Set-up and tear-down count; they are kept under the empty outcome."""
    spent: dict[str, float] = defaultdict(float)
    tests: dict[str, int] = defaultdict(int)
    for outcome in ("", "passed", "failed", "error", "skipped", "xfailed", "xpassed"):
        for report in terminalreporter.stats.get(outcome, []):
            if not isinstance(report, pytest.TestReport):
                continue
            spent[_folder(report.nodeid)] += report.duration
            tests[_folder(report.nodeid)] += report.when == "call"
    terminalreporter.section("time per folder")
    for folder, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        terminalreporter.write_line(f"{seconds:8.1f} s {tests[folder]:6} tests  {folder}")
