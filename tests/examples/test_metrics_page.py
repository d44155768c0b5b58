"""What docs/metrics.md prints, and which metrics it names."""

from __future__ import annotations

import doctest
import inspect

from river import base

from streamimb import metrics
from tests.conftest import CHECKOUT

PAGE = CHECKOUT / "docs" / "metrics.md"


def test_its_code_prints_what_is_printed_below_it() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False)
    assert tried > 20
    assert failed == 0


def test_it_names_every_metric() -> None:
    text = PAGE.read_text()
    public = [name for name in metrics.__all__ if inspect.isclass(getattr(metrics, name))]
    named = [name for name in public if issubclass(getattr(metrics, name), base.Base)]
    assert [name for name in named if f"`{name}" not in text] == []
