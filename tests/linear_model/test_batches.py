"""A mini-batch is a loop of events, to the last bit, from an array, a list of dicts and any frame."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from streamimb.engine import snapshot
from streamimb.linear_model import LogisticRegression

Columns = dict[str, list[Any]]


def pandas_objects(columns: Columns) -> pd.DataFrame:
    """As it is made of Python values: None and NaN side by side."""
    return pd.DataFrame({k: pd.Series(v, dtype=object) for k, v in columns.items()})


def pandas_nullable(columns: Columns) -> pd.DataFrame:
    return pd.DataFrame(columns).convert_dtypes()


FRAMES: dict[str, Callable[[Columns], Any]] = {
    "pandas": pd.DataFrame,
    "pandas objects": pandas_objects,
    "pandas nullable": pandas_nullable,
    "polars": lambda columns: pl.DataFrame(columns, strict=False),
    "pyarrow": pa.table,
}


def floats(n: int, seed: int, names: str = "abcd") -> Columns:
    rng = random.Random(seed)
    return {
        name: [math.nan if rng.random() < 0.1 else rng.gauss(0, 2) ** 3 for _ in range(n)] for name in names
    }


def mixed(n: int, seed: int) -> Columns:
    rng = random.Random(seed)

    def holes(values: list[Any]) -> list[Any]:
        return [None if rng.random() < 0.1 else v for v in values]

    return {
        "x": holes([rng.gauss(0, 1) for _ in range(n)]),
        "word": holes([rng.choice(["red", "blå", ""]) for _ in range(n)]),
        "count": [rng.randrange(5) for _ in range(n)],
        "flag": [rng.random() < 0.5 for _ in range(n)],
        "holed": holes([rng.randrange(3) for _ in range(n)]),
        "empty": [None] * n,
    }


def labels(n: int, seed: int) -> list[bool]:
    rng = random.Random(seed)
    return [rng.random() < 0.3 for _ in range(n)]


def rows(columns: Columns) -> list[dict[Any, Any]]:
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def loop(model: LogisticRegression, columns: Columns, y: Any, w: Any = None) -> None:
    for i, x in enumerate(rows(columns)):
        model.learn_one(x, y[i], 1.0 if w is None else w[i])


def proba(result: Any) -> list[float]:
    column = result[True] if isinstance(result, pd.DataFrame) else result["True"]
    return [float(p) for p in column.to_numpy()]


@pytest.mark.parametrize("make", [floats, mixed])
@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
@pytest.mark.parametrize("weighted", [False, True])
def test_learn_many_is_the_loop(frame, make, weighted):
    one, two = LogisticRegression(), LogisticRegression()
    rng = random.Random(9)
    for batch in range(6):
        columns, y = make(40, batch), labels(40, batch)
        w = [rng.choice([0.0, 0.5, 1.0, 3.0]) for _ in y] if weighted else None
        one.learn_many(frame(columns), y, w)
        loop(two, columns, y, w)
        frozen = [two.predict_proba_one(x)[True] for x in rows(make(15, 100 + batch))]
        assert proba(one.predict_proba_many(frame(make(15, 100 + batch)))) == frozen
    assert snapshot.dumps(one) == snapshot.dumps(two)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64, np.bool_, object])
@pytest.mark.parametrize("order", ["C", "F"])
def test_learn_many_of_an_array_is_the_loop(dtype, order):
    rng = np.random.default_rng(1)
    one, two = LogisticRegression(), LogisticRegression()
    for _ in range(4):
        X = np.asarray(rng.normal(0, 3, (50, 4)) + 0.5, order=order).astype(dtype, order=order)
        y = rng.random(50) < 0.3
        one.learn_many(X, y)
        for row, label in zip(X.tolist(), y.tolist(), strict=True):
            two.learn_one(dict(enumerate(row)), label)
    assert snapshot.dumps(one) == snapshot.dumps(two)
    frozen = [two.predict_proba_one(dict(enumerate(row)))[True] for row in X.tolist()]
    p = one.predict_proba_many(X)
    assert p.shape == (50, 2)
    assert p[:, 1].tolist() == frozen
    assert (p[:, 0] == 1.0 - p[:, 1]).all()
    assert one.predict_many(X).tolist() == [q > 0.5 for q in frozen]


@pytest.mark.parametrize("kind", [list, tuple])
@pytest.mark.parametrize("weighted", [False, True])
def test_learn_many_of_dicts_is_the_loop(kind, weighted):
    """Names come and go from row to row, and a row may be a mapping of another kind."""
    one, two = LogisticRegression(), LogisticRegression()
    rng = random.Random(5)
    for batch in range(6):
        events: list[Any] = [*rows(mixed(20, batch)), *rows(floats(20, batch, "abx"))]
        events[3] = MappingProxyType(events[3])
        rng.shuffle(events)
        y = labels(40, batch)
        w = [rng.choice([0.0, 0.5, 1.0, 3.0]) for _ in y] if weighted else None
        one.learn_many(kind(events), y, w)
        for i, x in enumerate(events):
            two.learn_one(x, y[i], 1.0 if w is None else w[i])
        assert one.predict_proba_many(kind(events)) == [two.predict_proba_one(x) for x in events]
        assert one.predict_many(kind(events)) == [two.predict_one(x) for x in events]
    assert snapshot.dumps(one) == snapshot.dumps(two)


def test_zeros_and_numbers_that_are_nearly_zero():
    X = np.array([[1.0, -0.0], [0.0, 5e-324], [-1e-310, 2.0], [3.0, 1e15], [math.inf, 1.1e15]])
    one, two = LogisticRegression(), LogisticRegression()
    for _ in range(3):
        one.learn_many(X, [True, False, False, True, False])
        for row, label in zip(X.tolist(), [True, False, False, True, False], strict=True):
            two.learn_one(dict(enumerate(row)), label)
    assert snapshot.dumps(one) == snapshot.dumps(two)


def test_a_column_without_a_number_is_a_name_of_the_model_all_the_same():
    one, two = LogisticRegression(), LogisticRegression()
    for model in (one, two):
        model.learn_one(dict.fromkeys("pqrs", 1.0), False)
    columns = {"p": [1.0, 2.0], "new": [math.nan, math.nan], "q": [3.0, 4.0]}
    one.learn_many(pd.DataFrame(columns), [True, False])
    loop(two, columns, [True, False])
    assert snapshot.dumps(one) == snapshot.dumps(two)


def test_a_feature_of_another_kind_stops_the_batch_at_its_row():
    """As it stops the loop: the rows before it are learned."""
    one, two = LogisticRegression(), LogisticRegression()
    with pytest.raises(TypeError, match="feature 'a' is list"):
        one.learn_many([{"a": 1.0}, {"a": []}, {"a": 2.0}], [True, False, True])
    two.learn_one({"a": 1.0}, True)
    assert snapshot.dumps(one) == snapshot.dumps(two)


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_columns_that_come_and_go_and_change_places(frame):
    one, two = LogisticRegression(), LogisticRegression()
    for batch, names in enumerate(["ab", "bca", "c", "db", "abcd", "e"]):
        columns, y = floats(25, batch, names), labels(25, batch)
        one.learn_many(frame(columns), y)
        loop(two, columns, y)
        for other in ("ba", "fd"):
            frozen = [two.predict_proba_one(x)[True] for x in rows(floats(5, 50, other))]
            assert proba(one.predict_proba_many(frame(floats(5, 50, other)))) == frozen
    for x in rows(floats(20, 60)):
        assert one.predict_proba_one(x) == two.predict_proba_one(x)


@pytest.mark.parametrize("missing", [math.nan, math.inf, 1e300])
@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_a_column_that_begins_missing(frame, missing):
    """It is not known before its first number, in a batch as in a loop."""
    n = 30
    columns = floats(n, 1, "ab")
    columns["b"] = [missing] * 20 + columns["b"][20:]
    one, two, absent = LogisticRegression(), LogisticRegression(), LogisticRegression()
    one.learn_many(frame(columns), labels(n, 1))
    loop(two, columns, labels(n, 1))
    for x, y in zip(rows(columns), labels(n, 1), strict=True):
        absent.learn_one({k: v for k, v in x.items() if abs(v) <= 1e15}, y)
    assert snapshot.dumps(one) == snapshot.dumps(two)
    for x in rows(floats(20, 60, "ab")):
        assert one.predict_proba_one(x) == absent.predict_proba_one(x)


def test_batches_and_events_in_turn():
    one, two = LogisticRegression(), LogisticRegression()
    for batch in range(6):
        columns, y = mixed(20, batch), labels(20, batch)
        if batch % 2:
            one.learn_many(pl.DataFrame(columns), y)
        else:
            loop(one, columns, y)
        loop(two, columns, y)
    assert snapshot.dumps(one) == snapshot.dumps(two)


@pytest.mark.parametrize(
    "series",
    [
        list,
        tuple,
        np.array,
        pd.Series,
        pl.Series,
        pa.array,
        lambda y: pd.Series(y, index=range(100, 100 + len(y))),
    ],
    ids=["list", "tuple", "numpy", "pandas", "polars", "pyarrow", "pandas with an index"],
)
def test_labels_and_weights_of_any_kind(series):
    one, two = LogisticRegression(), LogisticRegression()
    columns, y, w = floats(40, 1), labels(40, 1), [0.5 + i % 3 for i in range(40)]
    if series is pa.array:
        series = lambda values: pa.chunked_array([values])  # noqa: E731 - a column of a table
    one.learn_many(pd.DataFrame(columns), series(y), series(w))
    loop(two, columns, y, w)
    assert snapshot.dumps(one) == snapshot.dumps(two)
    other = LogisticRegression()
    other.learn_many(pd.DataFrame(columns), series([int(v) for v in y]), series(w))
    assert snapshot.dumps(other) == snapshot.dumps(two)


def test_pandas_keeps_its_index_and_has_boolean_columns():
    model = LogisticRegression()
    frame = pd.DataFrame(floats(30, 1), index=pd.Index(range(500, 530), name="row"))
    model.learn_many(frame, pd.Series(labels(30, 1), index=frame.index))
    p = model.predict_proba_many(frame)
    assert isinstance(p, pd.DataFrame)
    assert p.columns.tolist() == [False, True]
    assert p.index.tolist() == frame.index.tolist()
    said = model.predict_many(frame)
    assert isinstance(said, pd.Series)
    assert said.index.tolist() == frame.index.tolist()
    assert said.tolist() == (p[True] > 0.5).tolist()


def test_polars_and_pyarrow_have_string_columns():
    model = LogisticRegression()
    model.learn_many(pl.DataFrame(floats(30, 1)), labels(30, 1))
    p = model.predict_proba_many(pl.DataFrame(floats(30, 2)))
    assert isinstance(p, pl.DataFrame)
    assert p.columns == ["False", "True"]
    assert isinstance(model.predict_many(pl.DataFrame(floats(30, 2))), pl.Series)
    table = model.predict_proba_many(pa.table(floats(30, 2)))
    assert isinstance(table, pa.Table)
    assert table.column_names == ["False", "True"]


def test_predicting_changes_nothing():
    model = LogisticRegression()
    model.learn_many(pd.DataFrame(floats(30, 1)), labels(30, 1))
    before = snapshot.dumps(model)
    model.predict_proba_many(pd.DataFrame(mixed(30, 2)))
    model.predict_proba_many(pd.DataFrame(floats(30, 2, "qrstuvwxyz")))
    model.predict_many(np.ones((3, 200)))
    assert snapshot.dumps(model) == before


@pytest.mark.parametrize(
    ("X", "y", "w", "message"),
    [
        (np.ones((3, 2)), [True, False], None, r"y and w: expected 3 entries, one per row of X"),
        (np.ones((3, 2)), [True, False, True], [1.0], r"y and w: expected 3 entries"),
        (np.ones((2, 2)), [True, 2], None, r"y: expected True or False"),
        (np.ones((2, 2)), ["a", "b"], None, r"y: expected True or False"),
        (np.ones((2, 2)), [True, math.nan], None, r"y: expected True or False"),
        (np.ones((2, 2)), [True, None], None, r"y: expected True or False"),
        (np.ones((2, 2)), [True, False], [1.0, -1.0], r"w: expected finite numbers >= 0"),
        (np.ones((2, 2)), [True, False], [1.0, math.inf], r"w: expected finite numbers >= 0"),
        (np.ones((2, 2)), [True, False], [math.nan, 1.0], r"w: expected finite numbers >= 0"),
        ([{"a": 1.0}, {"b": 2.0}], [True], None, r"y and w: expected 2 entries, one per row of X"),
        ([{"a": 1.0}, {"b": 2.0}], [True, 2], None, r"y: expected True or False"),
        ([{"a": 1.0}, {"b": 2.0}], [True, False], [1.0, math.nan], r"w: expected finite numbers >= 0"),
        ([{"a": 1.0}, [2.0]], [True, False], None, r"X: a row is list: expected a dict"),
        ([[1.0, 2.0]], [True], None, r"X: a row is list: expected a dict"),
        ("ab", [True, False], None, r"X is str: expected a 2-D numpy array, a list of dicts or"),
        (
            np.ones((1, 2)),
            np.ones((1, 1)),
            None,
            r"y has 2 dimensions: expected an array, a list or a series",
        ),
        (
            np.ones((1, 2)),
            [True],
            np.ones((1, 1)),
            r"w has 2 dimensions: expected an array, a list or a series",
        ),
        (np.ones((1, 2)), 1, None, r"y is int: expected an array, a list or a series"),
        (np.ones((1, 2)), [True], ["heavy"], r"w is list: expected an array, a list or a series"),
        (np.ones(3), [True] * 3, None, r"X: expected 2 dimensions, got 1"),
        (
            pd.DataFrame([[1.0, 2.0]], columns=["a", "a"]),
            [True],
            None,
            r"same name|unique|duplicate",
        ),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_learned(X, y, w, message):
    model = LogisticRegression()
    model.learn_one({"a": 1.0}, True)
    before = snapshot.dumps(model)
    with pytest.raises(Exception, match=message):
        model.learn_many(X, y, w)
    assert snapshot.dumps(model) == before


def test_an_empty_batch_changes_nothing():
    model = LogisticRegression()
    before = snapshot.dumps(model)
    model.learn_many(np.ones((0, 3)), [])
    model.learn_many(pd.DataFrame({"a": []}), [])
    model.learn_many([], [])
    assert model.predict_proba_many([]) == model.predict_many([]) == []
    model.learn_many(np.ones((2, 3)), [True, False], [0.0, 0.0])
    assert model.predict_proba_many(np.ones((0, 3))).shape == (0, 2)
    assert snapshot.dumps(model) == before
