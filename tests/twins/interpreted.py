"""Loads the interpreted twins of the compiled kernels beside them, under the same names, for comparing."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import streamimb._kernels as kernels

FOLDER = Path(str(kernels.__file__)).parent
NAMES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")


class _Sources:
    """A finder that knows the kernels' sources only."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None):
        room, _, stem = name.rpartition(".")
        if room != kernels.__name__ or stem not in NAMES:
            return None
        return importlib.util.spec_from_file_location(name, FOLDER / f"{stem}.py")


@functools.cache
def _twins() -> dict[str, ModuleType]:
    # All at once: a kernel that imports another gets that one's twin, not the compiled module.
    full = [f"{kernels.__name__}.{name}" for name in NAMES]
    compiled = {name: importlib.import_module(name) for name in full}
    for name in full:
        del sys.modules[name]
    sys.meta_path.insert(0, _Sources)
    try:
        return {name: importlib.import_module(f"{kernels.__name__}.{name}") for name in NAMES}
    finally:
        sys.meta_path.remove(_Sources)
        sys.modules.update(compiled)
        for name in NAMES:
            setattr(kernels, name, compiled[f"{kernels.__name__}.{name}"])


def compiled(name: str) -> ModuleType:
    """The kernel as the library has it: compiled, where this environment has compiled kernels."""
    return importlib.import_module(f"{kernels.__name__}.{name}")


def interpreted(name: str) -> ModuleType:
    """The same kernel, from its source."""
    return _twins()[name]
