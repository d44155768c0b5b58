"""No file chooses a way by a concrete class of ours: parts are told apart by what they do."""

from __future__ import annotations

import ast
from pathlib import Path

from streamimb import catalogue

CHECKOUT = Path(__file__).resolve().parents[2]
OURS = {entry.kind for entry in catalogue.entries() if entry.cls.__module__.startswith("streamimb.")} | {
    "Measures",
    "ClassMeasures",
    "EachClass",
    "OffsetRoute",
    "MappingRoute",
    "ClassOffsetRoute",
}
# Not to choose a way: a state of another kind is refused, two schemas are compared, and what is guarded is not guarded
# again.
ALLOWED = {"ClassPrior", "Schema", "GuardedClassifier"}


def asked_for(path: Path) -> set[str]:
    """The names of classes that a file asks for by `isinstance` or `issubclass`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("isinstance", "issubclass"):
            for inner in ast.walk(node.args[1]):
                found.add(getattr(inner, "id", "") or getattr(inner, "attr", ""))
    return found


def test_no_file_asks_for_a_concrete_class_of_ours() -> None:
    assert {"Measures", "UnderSampler", "SampledClassifier"} <= OURS
    found = {
        f"{path.relative_to(CHECKOUT)}: {name}"
        for path in (CHECKOUT / "streamimb").rglob("*.py")
        for name in asked_for(path) & (OURS - ALLOWED)
    }
    assert not found
