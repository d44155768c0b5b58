"""River's own contract, whole: every estimator × every check, no skip and no exclusion.

Four checks draw from the global `random`, up to 200 times per data set: one seed each. Their data sets are one-shot
iterators, so each check is built anew.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from river import base, checks

from tests.river.table import ESTIMATORS

SEED = 0


def names(model: base.Classifier) -> list[str]:
    return list(dict.fromkeys(check.__name__ for check in checks.yield_checks(model)))


def cases() -> Iterator[Any]:
    for name, make in ESTIMATORS.items():
        for check in names(make()):
            yield pytest.param(make, check, id=f"{name}-{check}")


@pytest.mark.parametrize(("make", "name"), list(cases()))
def test_check(make: Callable[[], base.Classifier], name: str) -> None:
    model = make()
    for number, check in enumerate(checks.yield_checks(model)):
        if check.__name__ == name:
            random.seed(SEED)
            try:
                check(model.clone())
            except Exception as error:
                error.add_note(f"check {number} ({name}), random.seed({SEED})")
                raise


@pytest.mark.parametrize("make", list(ESTIMATORS.values()), ids=list(ESTIMATORS))
def test_nothing_is_asked_to_be_skipped(make: Callable[[], base.Classifier]) -> None:
    assert not make()._unit_test_skips()
