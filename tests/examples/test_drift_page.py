"""What docs/drift.md says is so: its code, and that it names every detector."""

from __future__ import annotations

import doctest
import re

from streamimb import drift
from tests.conftest import CHECKOUT

PAGE = CHECKOUT / "docs" / "drift.md"


def test_its_code_prints_what_is_printed_below_it() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False)
    assert tried > 10
    assert failed == 0


def test_it_names_every_detector_and_every_alarm_of_fields_and_classes() -> None:
    text = PAGE.read_text()
    assert set(drift.__all__) <= set(re.findall(r"\b[A-Z]\w+", text))
    for kind in (drift.ClassConditionalDrift, drift.FeatureDrift):
        assert all(f"`{name}`" in text for name in kind.look_at)
