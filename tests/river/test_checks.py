"""River's own contract, whole: every estimator × every check, no skip and no exclusion.

Several checks draw from the global `random`, and their data sets are one-shot iterators: each
is built anew and seeded for each of its repeats.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from river import base, checks

from tests.river.table import ESTIMATORS

REPEATS = 3


def names(model: base.Classifier) -> list[str]:
    return list(dict.fromkeys(check.__name__ for check in checks.yield_checks(model)))


def cases() -> Iterator[Any]:
    for name, make in ESTIMATORS.items():
        for check in names(make()):
            yield pytest.param(make, check, id=f"{name}-{check}")


@pytest.mark.parametrize(("make", "name"), list(cases()))
def test_check(make: Callable[[], base.Classifier], name: str) -> None:
    model = make()
    for seed in range(REPEATS):
        for number, check in enumerate(checks.yield_checks(model)):
            if check.__name__ == name:
                random.seed(seed)
                try:
                    check(model.clone())
                except Exception as error:
                    error.add_note(f"check {number} ({name}), random.seed({seed})")
                    raise


@pytest.mark.parametrize("make", list(ESTIMATORS.values()), ids=list(ESTIMATORS))
def test_nothing_is_asked_to_be_skipped(make: Callable[[], base.Classifier]) -> None:
    assert not make()._unit_test_skips()
