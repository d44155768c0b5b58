"""What docs/calibration.md prints, and which calibrators its table names."""

from __future__ import annotations

import doctest

from streamimb import calibration
from tests.conftest import CHECKOUT

PAGE = CHECKOUT / "docs" / "calibration.md"


def test_its_code_prints_what_is_printed_below_it() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False)
    assert tried > 10
    assert failed == 0


def test_its_table_names_every_calibrator() -> None:
    text = PAGE.read_text()
    assert [name for name in calibration.__all__ if f"| `{name}" not in text] == []
