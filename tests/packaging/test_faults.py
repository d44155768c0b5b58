"""Each fault to survive has a test that carries its number, in its name or in the id of a case."""

from __future__ import annotations

import re

import pytest

from tests.conftest import CHECKOUT

PROMISED = [
    *range(1, 6), *range(9, 14), *range(15, 21), *range(22, 27), *range(30, 38), *range(39, 47), 49, 50, 51, 52, 53,
    57, 61, 71, 78, 80,
]  # fmt: skip
CARRIES = re.compile(r"(?:def test_|^ +\")faults?_(\d+(?:_(?:and_)?\d+)*)(?=_[a-z])", re.MULTILINE)


def carried() -> dict[int, list[str]]:
    """Where each number is."""
    places: dict[int, list[str]] = {}
    for path in sorted((CHECKOUT / "tests").rglob("test_*.py")):
        for numbers in CARRIES.findall(path.read_text()):
            for number in re.findall(r"\d+", numbers):
                places.setdefault(int(number), []).append(str(path.relative_to(CHECKOUT)))
    return places


@pytest.mark.parametrize("number", PROMISED)
def test_a_fault_has_its_test(number: int) -> None:
    assert carried().get(number), f"no test carries fault {number}"
