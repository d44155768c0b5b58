"""`learn_many`, in batches of 10 and of 100 rows of 30 floats, against learning the same events one by one.

Arrays and frames are made before the clock starts, as dicts are decoded before it. Who has a frame and learns it one
by one makes dicts of it first, so that the clock runs over that too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.messages import Features, floats, msgspec_decode
from benchmarks.river_models import SCALED, scaled_logistic
from benchmarks.rounds import Case, Group, Side, times_faster, times_the_cost
from benchmarks.works.late_labels import WARM_UP
from streamimb.linear_model import LogisticRegression

BLOCK = 100  # rows decoded, then timed: one large batch or ten small ones

LARGE = 1_000  # rows, where a batch is also predicted
NEVER_SLOWER = times_the_cost(1.0)

Batch = tuple[Any, Any]  # rows and labels
Make = Callable[[list[Features], list[bool]], Batch]
Learn = Callable[[Any, Any, Any], None]  # a model, rows, labels


def as_array(rows: list[Features], labels: list[bool]) -> Batch:
    return np.array([list(x.values()) for x in rows]), np.array(labels)


def as_frame(rows: list[Features], labels: list[bool]) -> Batch:
    return pd.DataFrame(rows), labels


def as_frame_and_series(rows: list[Features], labels: list[bool]) -> Batch:
    return pd.DataFrame(rows), pd.Series(labels)


def as_dicts(rows: list[Features], labels: list[bool]) -> Batch:
    return rows, labels


def one_by_one(model: Any, rows: Any, labels: Any) -> None:
    learn = model.learn_one
    for x, y in zip(rows, labels, strict=True):
        learn(x, y)


def one_by_one_of_a_frame(model: Any, frame: Any, labels: Any) -> None:
    one_by_one(model, frame.to_dict("records"), labels)


def at_once(model: Any, batch: Any, labels: Any) -> None:
    model.learn_many(batch, labels)


def at_once_through_an_array(model: Any, rows: Any, labels: Any) -> None:
    model.learn_many(*as_array(rows, labels))


def takes_dicts() -> bool:
    """Whether `learn_many` learns a list of dicts."""
    try:
        LogisticRegression().learn_many([{"amount": 1.0}], [True])
    except TypeError:
        return False
    return True


def _batch(make: Make, first: int, count: int) -> Batch:
    numbers = range(first, first + count)
    rows = [floats().features(i, msgspec_decode) for i in numbers]
    return make(rows, [floats().label(i) for i in numbers])


def _learned(learn: Learn, make: Make, rows: int) -> Side:
    model = LogisticRegression()
    learn(model, *_batch(make, 0, WARM_UP))

    def prepare(block: int) -> list[Batch]:
        return [_batch(make, first, rows) for first in range(block * BLOCK, (block + 1) * BLOCK, rows)]

    def run(batches: list[Batch]) -> None:
        for x, y in batches:
            learn(model, x, y)

    return Side(prepare, run, BLOCK)


def _case(title: str, learn: Learn, make: Make, rows: int) -> Case:
    return Case(f"learn_many, {rows} rows, {title}", NEVER_SLOWER, lambda: _learned(learn, make, rows))


def _of_a_frame(rows: int) -> Group:
    return Group(
        "learn_one, frame.to_dict('records')",
        lambda: _learned(one_by_one_of_a_frame, as_frame, rows),
        (_case("pandas frame", at_once, as_frame, rows),),
    )


def _predicted_and_learned(model: Any, make: Make) -> Side:
    model.learn_many(*_batch(make, 0, LARGE))

    def run(batch: Batch) -> None:
        model.predict_proba_many(batch[0])
        model.learn_many(*batch)

    return Side(lambda block: _batch(make, block * LARGE, LARGE), run, LARGE)


DICTS: tuple[str, Learn] = (
    ("dicts", at_once) if takes_dicts() else ("dicts (through an array)", at_once_through_an_array)
)

GROUPS = (
    Group(
        "learn_one, dicts",
        lambda: _learned(one_by_one, as_dicts, BLOCK),
        (
            _case("array", at_once, as_array, 10),
            _case("array", at_once, as_array, 100),
            _case(*DICTS, as_dicts, 10),
            _case(*DICTS, as_dicts, 100),
        ),
    ),
    _of_a_frame(10),
    _of_a_frame(100),
    Group(
        f"{SCALED}, pandas",
        lambda: _predicted_and_learned(scaled_logistic(), as_frame_and_series),
        (
            Case(
                f"predict_proba_many + learn_many, {LARGE:,} rows",
                times_faster(3.5),
                lambda: _predicted_and_learned(LogisticRegression(), as_array),
            ),
        ),
    ),
)
