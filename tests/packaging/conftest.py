"""A temporary package of a third party."""

import importlib
import itertools
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

NUMBERS = itertools.count()


@pytest.fixture
def third_party(
    own_parts: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], ModuleType]:
    """A function that imports a source text as a package with a name of its own."""

    def imported(source: str) -> ModuleType:
        name = f"third_party_{next(NUMBERS)}"
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(source)
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.setattr(sys, "path", [*sys.path])
        return importlib.import_module(name)

    return imported
