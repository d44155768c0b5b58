"""River's `BinaryMetric` and `ClassificationMetric`, without what River's package of metrics imports.

`import river.metrics` brings 600 modules, scipy among them, and takes most of a second; the two classes need none of
them. So the package is imported lazily (`importlib.util.LazyLoader`): it is loaded when somebody uses a metric of
River's. The classes are River's own either way: `isinstance` and `+` work between both kinds of metrics.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from importlib.machinery import ModuleSpec
from typing import TYPE_CHECKING, Any

import river

PACKAGE = "river.metrics"


def _found(name: str, *where: Any) -> ModuleSpec:
    spec = importlib.util.spec_from_file_location(name, *where) if where else importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        raise ImportError(f"{name} is missing: install river again")
    return spec


def _interface() -> Any:
    """Return the module `river.metrics.base`."""
    if PACKAGE in sys.modules:
        return importlib.import_module(f"{PACKAGE}.base")
    spec = _found(PACKAGE)
    loader = spec.loader = importlib.util.LazyLoader(spec.loader)  # type: ignore[arg-type]  # `_found` has checked it
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = river.metrics = package
    # Any use of `package` loads it, from here on: its folder is taken from the spec.
    loader.exec_module(package)
    file = _found(f"{PACKAGE}.base", f"{spec.submodule_search_locations[0]}/base.py")  # type: ignore[index]  # a package has it
    module = importlib.util.module_from_spec(file)
    sys.modules[file.name] = module
    file.loader.exec_module(module)  # type: ignore[union-attr]  # `_found` has checked it
    object.__setattr__(package, "base", module)
    return module


if TYPE_CHECKING:
    from river.metrics.base import BinaryMetric, ClassificationMetric
else:
    BinaryMetric, ClassificationMetric = _interface().BinaryMetric, _interface().ClassificationMetric

__all__ = ["BinaryMetric", "ClassificationMetric"]
