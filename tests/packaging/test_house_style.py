"""The house style, checked over every file of the tree."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from pathlib import Path
from typing import Any

import pytest
from river import base

import streamimb

CHECKOUT = Path(__file__).resolve().parents[2]
LIBRARY = sorted(
    path
    for folder in ("streamimb", "connectors")
    for path in (CHECKOUT / folder).rglob("*.py")
    if "__pycache__" not in path.parts
)
TREE = sorted(
    path
    for folder in ("streamimb", "connectors", "tests", "benchmarks", "examples")
    for path in (CHECKOUT / folder).rglob("*.py")
    if "__pycache__" not in path.parts
)
FORBIDDEN = {"utils", "helpers", "common", "manager", "base"}


def place(path: Path) -> str:
    return str(path.relative_to(CHECKOUT))


@pytest.mark.parametrize("path", LIBRARY, ids=place)
def test_a_file_is_one_idea(path: Path) -> None:
    text = path.read_text()
    doc = ast.get_docstring(ast.parse(text))
    assert doc, "every module has a docstring"
    assert text.count("\n") <= 400
    assert path.stem not in FORBIDDEN
    assert not FORBIDDEN & set(path.relative_to(CHECKOUT).parts)


def test_tests_are_short_files_too() -> None:
    long = [place(path) for path in TREE if path.read_text().count("\n") > 400]
    assert not long


def test_nothing_is_left_for_later() -> None:
    marks = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")
    assert not [place(path) for path in TREE if marks.search(path.read_text())]


def test_no_hasattr_and_nothing_swallowed() -> None:
    found = []
    for path in LIBRARY:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "hasattr":
                found.append(f"{place(path)}:{node.lineno} hasattr")
            if isinstance(node, ast.ExceptHandler) and (
                node.type is None or all(isinstance(line, ast.Pass) for line in node.body)
            ):
                found.append(f"{place(path)}:{node.lineno} swallowed")
    assert not found


def test_tests_skip_nothing() -> None:
    asks = ("mark.skip", "mark.xfail", "pytest.skip", "importorskip")
    # Only a conftest may, for what lies outside the checkout: real streams, a real broker. CI has both.
    assert not [
        place(path)
        for path in TREE
        if path.name != "conftest.py"
        and path != Path(__file__)
        and any(ask in path.read_text() for ask in asks)
    ]


def rooms() -> list[str]:
    return [room.name for room in pkgutil.walk_packages(streamimb.__path__, "streamimb.")]


@pytest.mark.parametrize("name", [name for name in rooms() if importlib.import_module(name).__doc__])
def test_what_is_exported_exists(name: str) -> None:
    module = importlib.import_module(name)
    assert not [export for export in getattr(module, "__all__", []) if export not in dir(module)]


def public_classes() -> dict[str, Any]:
    """Estimators and policies: what a River user meets of the library rooms."""
    found = {}
    for room in (
        "",
        "sampling",
        "calibration",
        "drift",
        "ensemble",
        "linear_model",
        "losses",
        "metrics",
        "stats",
        "synthesis",
        "tree",
    ):
        module = importlib.import_module(f"streamimb.{room}".rstrip("."))
        for name in module.__all__:
            thing = getattr(module, name)
            if inspect.isclass(thing) and issubclass(thing, base.Base):
                found[name] = thing
    return found


@pytest.mark.parametrize("name", sorted(public_classes()))
def test_a_public_class_is_documented(name: str) -> None:
    doc = inspect.getdoc(public_classes()[name]) or ""
    assert "Cost" in doc or not {"learn_one", "update"} & set(dir(public_classes()[name]))
    assert "Parameters\n" in doc
    assert ">>> " in doc
    example = doc.partition("Examples\n")[2].partition("References\n")[0]
    lines = [line for line in example.splitlines() if line.startswith((">>>", "..."))]
    assert 0 < len(lines) <= 14


@pytest.mark.parametrize("name", sorted(public_classes()))
def test_a_public_class_shows_no_wiring(name: str) -> None:
    wiring = {
        "connect",
        "begin",
        "resume",
        "drawn",
        "leave",
        "say_apart",
        "aim",
        "direct",
        "walked",
        "reader",
    }
    assert not wiring & set(dir(public_classes()[name]))
