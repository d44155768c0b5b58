"""What docs/learners.md says is so: its code, and that it names every learner."""

from __future__ import annotations

import doctest
import re

from streamimb import ensemble, linear_model, losses, tree
from tests.conftest import CHECKOUT

PAGE = CHECKOUT / "docs" / "learners.md"


def test_its_code_prints_what_is_printed_below_it() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False)
    assert tried > 5
    assert failed == 0


def test_it_names_every_learner_ensemble_and_loss() -> None:
    assert {*linear_model.__all__, *tree.__all__, *ensemble.__all__, *losses.__all__} <= set(
        re.findall(r"\b[A-Z]\w+", PAGE.read_text())
    )
