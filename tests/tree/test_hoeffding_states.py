"""A state of a Hoeffding tree is taken whole, or refused in words; what is taken can be used."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from streamimb.checks.state_data import data_of
from tests.tree.test_hoeffding import events, taught
from tests.tree.test_states import BYTES, INF, NAN, numbers

WRONG: dict[tuple[str, ...], list[Any]] = {
    ("nodes", "number"): [*BYTES, numbers("i", {0: 0}), numbers("i", {0: -2}), numbers("i", {1: 99})],
    ("nodes", "child"): [*BYTES, *(numbers("i", {0: k}) for k in (-1, 0, 2, 3, 2**31 - 1))],
    ("nodes", "column"): [*BYTES, numbers("i", {0: 99}), numbers("i", {0: -1})],
    ("nodes", "threshold"): [*BYTES, numbers("d", {0: NAN}), numbers("d", {0: INF})],
    ("nodes", "gain"): [*BYTES, numbers("d", {0: -0.1}), numbers("d", {0: 1.1}), numbers("d", {0: NAN})],
    ("nodes", "shift"): [*BYTES, numbers("d", {0: INF})],
    ("counts", "columns"): [-1, 0, 99, 1.0, None],
    ("counts", "mass"): [*BYTES, numbers("d", {0: -1.0}), numbers("d", {0: NAN}), numbers("d", {5: 1e41})],
    ("counts", "total"): [*BYTES, numbers("d", {0: -1.0}), numbers("d", {1: INF})],
    ("counts", "square"): [*BYTES, numbers("d", {0: -1.0}), numbers("d", {1: NAN})],
    ("counts", "unit"): [*BYTES, numbers("d", {0: 0.0}), numbers("d", {0: 1e7})],
    ("counts", "events"): [*BYTES, numbers("d", {0: -1.0}), numbers("d", {0: NAN})],
    ("models",): [*BYTES, *(numbers("d", change) for change in ({0: NAN}, {1: -1.0}, {3: 2.1}, {6: -1.0}, {7: 11.0}))],
    ("level",): [*BYTES, *(numbers("d", change) for change in ({0: NAN}, {0: INF}, {1: -1.0}, {1: 20.1}))],
    ("bins", "draw"): [-1, 2**64, 1.0, None],
    ("bins", "labelled"): [-1, 1.0, None],
    ("bins", "renewal"): [0, 1.0, None],
    ("bins", "renewing"): [-1, 1.0, None],
    ("bins", "edges"): [{}, None, b""],
}  # fmt: skip


def right() -> Any:
    return taught(1_510, grace_period=5.0, tau=0.5).__getstate__()


@pytest.mark.parametrize("path", WRONG, ids=".".join)
def test_a_wrong_entry_is_refused_and_changes_nothing(path: tuple[str, ...]) -> None:
    saved = right()
    made = taught(30)
    before = data_of(made)
    for value in WRONG[path]:
        wrong = copy.deepcopy(saved)
        table = wrong["kernel"]["tree"]
        for name in path[:-1]:
            table = table[name]
        table[path[-1]] = value(table[path[-1]]) if callable(value) else value
        with pytest.raises((ValueError, TypeError)):
            made.__setstate__(wrong)
        assert data_of(made) == before


@pytest.mark.parametrize("path", [(), ("nodes",), ("counts",), ("bins",)], ids=".".join)
def test_every_entry_is_needed_and_no_other_taken(path: tuple[str, ...]) -> None:
    saved = right()
    names = list(saved["kernel"]["tree"][path[0]] if path else saved["kernel"]["tree"])
    for entry in [*names, "more"]:
        wrong = copy.deepcopy(saved)
        table = wrong["kernel"]["tree"]
        for name in path:
            table = table[name]
        if table.pop(entry, None) is None:
            table[entry] = 1
        with pytest.raises(ValueError, match="state"):
            taught(0).__setstate__(wrong)


def test_a_state_of_more_leaves_or_columns_than_the_parameters_allow_is_refused() -> None:
    for name, most in (("max_leaves", 2), ("max_columns", 3)):
        saved = right()
        saved["params"][name] = most
        with pytest.raises(ValueError, match="state"):
            taught(0).__setstate__(saved)


def test_the_right_state_is_taken_and_goes_on() -> None:
    saved, made, other = right(), taught(0), taught(1_510, grace_period=5.0, tau=0.5)
    made.__setstate__(saved)
    for x, y, _ in events(200, 7):
        for model in (made, other):
            model.learn_one(x, y)
    assert data_of(made) == data_of(other)
    assert made.n_leaves > 2
