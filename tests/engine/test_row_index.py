from __future__ import annotations

import random

import numpy as np
import pytest

from streamimb.engine.row_index import SLACK, RowIndex
from streamimb.engine.rows import LEARNED, Finished, Held, Pending


def pending(id: str, seq: int, due: float) -> Pending:
    return Pending(id, seq, 0.0, due, {"a": 1.0}, 0.1, 0.1, 0.1, True)


def test_what_is_due_first_comes_first_ties_by_arrival() -> None:
    memory = RowIndex()
    for seq, due in enumerate([5.0, 3.0, 3.0, 9.0]):
        memory.add_pending(pending(f"e{seq}", seq, due))
    order = []
    while (row := memory.first_pending()) is not None:
        order.append(row.id)
        memory.drop(row)
    assert order == ["e1", "e2", "e0", "e3"]
    assert memory.pending_n == 0


def test_the_next_due_is_the_earliest_of_all_kinds() -> None:
    memory = RowIndex()
    memory.add_pending(pending("p", 1, 5.0))
    memory.add_held(Held("h", 2, 0.0, 4.0, True))
    memory.add_finished(Finished("f", 3, 3.0, LEARNED, True, True))
    assert memory.next_due == 3.0
    for kind, due in (("f", 4.0), ("h", 5.0), ("p", float("inf"))):
        memory.drop_first_finished() if kind == "f" else memory.drop(memory.rows[kind])
        memory.find_next_due(memory.first_pending(), memory.first_held())
        assert memory.next_due == due


def test_dead_entries_are_swept() -> None:
    memory = RowIndex()
    rng = random.Random(1)
    alive = {}
    for seq in range(20_000):
        row = pending(f"e{seq}", seq, rng.random())
        memory.add_pending(row)
        memory.add_held(Held(f"h{seq}", seq, 0.0, 1.0, True))
        alive[row.id] = row
        if len(alive) > 100:
            gone = alive.pop(rng.choice(list(alive)))
            memory.add_finished(Finished(gone.id, seq, 2.0, LEARNED, True, True))
        if seq % 50 != 0:
            memory.drop(memory.rows[f"h{seq}"])
    assert memory.pending_n == len(alive) == 100
    assert memory.held_n == 400
    assert len(memory.pending) <= 2 * 100 + SLACK + 1
    assert len(memory.held) <= 2 * 400 + SLACK + 1
    order = []
    while (first := memory.first_pending()) is not None:
        order.append(first)
        memory.drop(first)
    assert order == sorted(alive.values(), key=lambda row: (row.due, row.seq))


def test_changes_are_net() -> None:
    memory = RowIndex()
    memory.add_pending(pending("old", 1, 5.0))
    assert list(memory.take_changes()[0]) == ["pold"]
    memory.add_finished(Finished("old", 2, 9.0, LEARNED, True, True))
    memory.add_pending(pending("brief", 3, 5.0))
    memory.drop(memory.rows["brief"])
    memory.add_held(Held("h", 4, 0.0, 1.0, True))
    changes, failed = memory.take_changes()
    assert failed == []
    assert {key: row is None for key, row in changes.items()} == {"pold": True, "fold": False, "hh": False}
    assert memory.take_changes() == ({}, [])


def test_rows_come_back_as_they_were() -> None:
    memory = RowIndex()
    row = Pending("é", 1, 1.5, 2.5, {"a": None, "b": True, "c": "x", "d": -0.0, "e": 7}, 0.1, 0.2, 0.3, False)
    memory.add_pending(row)
    memory.add_held(Held("h", 2, 0.5, 1.5, False))
    memory.add_finished(Finished("f", 3, 9.0, LEARNED, None, True, 1.0, 0.1, 0.2, 0.3))
    stored = {key: value for key, value in memory.take_changes()[0].items() if value is not None}
    back = RowIndex.of_rows(stored, 3)
    assert back.rows == memory.rows
    assert back.next_due == 1.5
    assert back.first_pending() == row
    assert back.held_n == 1
    assert len(back.finished) == 1


@pytest.mark.parametrize("value", [np.float64(0.5), np.int64(3), np.bool_(True), np.str_("x")])
def test_a_value_of_numpy_can_be_kept(value: np.generic) -> None:
    memory = RowIndex()
    row = pending("a", 1, 2.0)
    row.x["a"] = value
    memory.add_pending(row)
    stored = {key: data for key, data in memory.take_changes()[0].items() if data is not None}
    back = RowIndex.of_rows(stored, 3)
    first = back.first_pending()
    assert first is not None
    assert first.x["a"] == value
