"""A state of boosted trees is taken whole, or refused in words; what is taken can be used."""

from __future__ import annotations

import copy
import struct
from array import array
from collections.abc import Callable
from typing import Any

import pytest

from streamimb.checks.state_data import data_of
from streamimb.tree import RollingBoostingClassifier
from tests.tree.test_rolling_boosting import events, taught

NODES, LEAVES = 11, 6


def numbers(code: str, changes: dict[int, float]) -> Callable[[bytes], bytes]:
    def change(saved: bytes) -> bytes:
        changed: Any = array(code, saved)
        for place, value in changes.items():
            changed[place] = int(value) if code in "iqB" else value
        return bytes(changed)

    return change


def cut(saved: bytes) -> bytes:
    return saved[:-1]


def longer(saved: bytes) -> bytes:
    return saved + saved[-8:]


NAN, INF = float("nan"), float("inf")
BYTES: list[Any] = [b"", cut, longer, None, "text", 1.0]
WRONG: dict[tuple[str, ...], list[Any]] = {
    ("forest", "forest", "made"): [-1, 1.0, 2**60, None, 3],
    ("forest", "forest", "column"): [*BYTES, numbers("i", {0: 99}), numbers("i", {0: -2})],
    ("forest", "forest", "child"): [*BYTES, *(numbers("i", {0: k}) for k in (-1, 0, NODES - 1, 2**31 - 1))],
    ("forest", "forest", "number"): [*BYTES, numbers("i", {0: LEAVES}), numbers("i", {0: -2}), numbers("i", {0: 0})],
    ("forest", "forest", "threshold"): [*BYTES, numbers("f", {0: NAN}), numbers("f", {0: INF})],
    ("forest", "forest", "gain"): [*BYTES, numbers("d", {0: -1.0}), numbers("d", {0: NAN})],
    ("forest", "forest", "leaf"): [*BYTES, numbers("d", {0: INF}), numbers("d", {1: -1.0}), numbers("d", {2: 1e300})],
    ("forest", "ring", "columns"): [-1, 100, 1.0, None],
    ("forest", "ring", "at"): [-1, 400, 1.0, None],
    ("forest", "ring", "values"): [*BYTES, numbers("f", {0: INF}), numbers("f", {0: 1e30})],
    ("forest", "ring", "label"): [*BYTES[1:], numbers("B", {0: 2})],
    ("forest", "ring", "offset"): [*BYTES, numbers("d", {0: INF})],
    ("forest", "ring", "weight"): [*BYTES, numbers("d", {0: -1.0}), numbers("d", {0: 1e16})],
    ("forest", "ring", "margin"): [*BYTES, numbers("d", {0: NAN})],
    ("forest", "waiting", "label"): [*BYTES[1:], bytes(20)],
    ("forest", "edges", "edge"): [*BYTES, numbers("f", {0: NAN}), numbers("f", {0: 1e9})],
    ("forest", "edges", "count"): [*BYTES, numbers("q", {0: 64}), numbers("q", {0: -1})],
    ("forest", "draw"): [-1, 2**64, 1.0, None],
    ("columns", "number_at"): [*BYTES[1:], numbers("q", {0: 99}), numbers("q", {0: 1})],
    ("columns", "text_at"): [*BYTES, numbers("q", {0: 1}), numbers("q", {2: -1})],
    ("columns", "field"): [*BYTES, numbers("q", {0: 99}), numbers("q", {0: -1})],
    ("categories", "table"): [(b"", b"1"), ((1).to_bytes(8, "little"), struct.pack("4d", -1.0, 1.0, 1.0, 1.0)), 1],
    ("categories", "positives"): [0.0, -1.0, NAN, None],
    ("categories", "labels"): [0.1, NAN, None],
    ("shares",): [*BYTES, numbers("d", {0: 0.9}), numbers("d", {0: NAN}), numbers("d", {0: -0.25})],
    ("prior",): [None, 1, 0.5],
}  # fmt: skip


def right() -> Any:
    return taught(710).__getstate__()


@pytest.mark.parametrize("path", WRONG, ids=".".join)
def test_a_wrong_entry_is_refused_and_changes_nothing(path: tuple[str, ...]) -> None:
    saved = right()
    made = taught(30)
    before = data_of(made)
    for value in WRONG[path]:
        wrong = copy.deepcopy(saved)
        table = wrong["kernel"]
        for name in path[:-1]:
            table = table[name]
        table[path[-1]] = value(table[path[-1]]) if callable(value) else value
        with pytest.raises((ValueError, TypeError)):
            made.__setstate__(wrong)
        assert data_of(made) == before


@pytest.mark.parametrize("table", ["forest", "columns", "categories"])
def test_every_entry_is_needed_and_no_other_taken(table: str) -> None:
    saved = right()
    for entry in saved["kernel"][table]:
        wrong = copy.deepcopy(saved)
        del wrong["kernel"][table][entry]
        with pytest.raises(ValueError, match="missing"):
            taught(0).__setstate__(wrong)
    saved["kernel"][table]["more"] = 1
    with pytest.raises(ValueError, match="state"):
        taught(0).__setstate__(saved)


def test_the_right_state_is_taken_and_goes_on() -> None:
    saved, made, other = right(), taught(0), taught(710)
    made.__setstate__(saved)
    for x, y, _ in events(200, 7):
        for model in (made, other):
            model.learn_one(x, y)
    assert data_of(made) == data_of(other)


def test_it_states_its_bytes() -> None:
    model = RollingBoostingClassifier(ring_size=1_000, hash_bits=4)
    for x, y, _ in events(3_000):
        model.learn_one(x, y)
    forest = model.__getstate__()["kernel"]["forest"]
    saved = sum(
        len(part)
        for table in ("ring", "forest")
        for part in forest[table].values()
        if isinstance(part, bytes)
    )
    assert saved < model.memory_bytes() < 40 * saved
    assert model._raw_memory_usage == model.memory_bytes()
    assert model.memory_budget_bytes > saved


def test_it_never_takes_more_than_its_budget_also_while_its_ring_gets_columns() -> None:
    """40 columns, all in use in the end; half of them come when the ring is full."""
    model = RollingBoostingClassifier(
        ring_size=1_000, every=20, n_trees=6, max_leaves=6, hash_bits=4, max_columns=40, slice_visits=1
    )
    most = 0
    for i in range(1_400):
        x: dict[str, Any] = {f"n{j}": float(i * j % 7) for j in range(17 if i < 1_150 else 37)}
        model.learn_one({**x, "word": "u"}, i % 3 == 0)
        if i >= 1_000:
            most = max(most, model.memory_bytes())
    assert len(model.__getstate__()["kernel"]["columns"]["field"]) == 8 * 40
    names = 300 * 64
    assert model.memory_budget_bytes / 1.5 < most <= model.memory_budget_bytes + names
