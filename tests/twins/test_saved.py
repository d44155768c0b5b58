from __future__ import annotations

from typing import Any

import pytest

from tests._kernels import test_saved as cases
from tests.twins.interpreted import compiled, interpreted

VALUES = [
    value for _, passes, wrong in cases.CHECKS.values() for value in (*(given for given, _ in passes), *wrong)
]
CHECKS = ("number", "whole", "switch", "text", "numbers", "wholes", "flags", "listed", "row", "distinct")


def outcome(module: str, twin: Any, check: str, value: Any) -> str:
    try:
        return repr(getattr(twin(module), check)({"entry": value}, "entry"))
    except ValueError as error:
        return str(error)


@pytest.mark.parametrize("check", CHECKS)
def test_both_accept_and_refuse_the_same_in_the_same_words(check: str) -> None:
    for value in VALUES:
        assert outcome("saved", compiled, check, value) == outcome("saved", interpreted, check, value)
