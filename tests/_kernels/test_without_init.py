"""A kernel that `__new__` alone made does not crash: it works as a new one, or raises."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

import streamimb
from streamimb import _kernels

CHILDREN = 12  # each takes every twelfth class
SCRIPT = """
import sys
from tests._kernels.test_without_init import kinds

P = {False: 0.5, True: 0.5}
X = {"a": 1.0}
ARGUMENTS = [
    (), (True,), (0.5,), (1e300,), (0.5, True), (0.5, True, 2.0), (True, 0.5, 2.0), (0.5, 0.5, 0.5, True),
    ({}, P), ({}, True, P, P), ({}, False, P, P, 2.0), ({}, {"a": 0.5, "b": 0.5}), (P, True, 1.0), (None,), (X,),
    (X, True), (X, True, 0.5), ((),), ((1, 2, 3),), ({},),
]
for kind in list(kinds())[int(sys.argv[1]) :: int(sys.argv[2])]:
    for name in dir(kind):
        if name in ("__class__", "__init_subclass__", "__subclasshook__", "__del__", "__init__"):
            continue
        print(kind.__module__, kind.__name__, name, flush=True)
        for more in [*ARGUMENTS, "itself"]:
            made = kind.__new__(kind)
            for _ in range(3):
                try:
                    found = getattr(made, name)
                    if callable(found):
                        found(*((kind.__new__(kind),) if more == "itself" else more))
                except Exception as error:
                    pass
print("alive")
"""


def kinds() -> Iterator[Any]:
    """Every class that a compiled module defines, and every class of the library that extends one."""
    kernels = []
    for module in pkgutil.iter_modules(_kernels.__path__, f"{_kernels.__name__}."):
        found = importlib.import_module(module.name)
        kernels += [
            kind for _, kind in inspect.getmembers(found, inspect.isclass) if kind.__module__ == module.name
        ]
    yield from kernels
    for package in pkgutil.walk_packages(streamimb.__path__, "streamimb."):
        if ".cli" in package.name or package.name.startswith(f"{_kernels.__name__}."):
            continue
        for _, kind in inspect.getmembers(importlib.import_module(package.name), inspect.isclass):
            ours = kind.__module__ == package.name and issubclass(kind, tuple(kernels))
            if ours and not inspect.isabstract(kind):
                yield kind


@pytest.mark.parametrize("child", range(CHILDREN))
def test_no_method_crashes(child: int) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(child), str(CHILDREN)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ran.returncode, ran.stdout.splitlines()[-1:]) == (0, ["alive"]), ran.stderr[-2_000:]


def test_every_kernel_is_called() -> None:
    names = {kind.__name__ for kind in kinds()}
    assert {
        "Row",
        "AdaGrad",
        "ClassOffsetRoute",
        "SampledClassifier",
        "UnderSampler",
        "ServedMetrics",
    } <= names
    assert len(names) > 90


def test_a_kernel_has_no_pickling_beside_its_own() -> None:
    """What Cython adds takes any state, unchecked."""
    assert [kind for kind in kinds() if "__setstate_cython__" in dir(kind)] == []
    assert [kind for kind in kinds() if "__reduce_cython__" in dir(kind)] == []
