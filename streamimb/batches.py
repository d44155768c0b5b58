"""Batches as kernels read them: the rows, labels and weights of arrays, lists and data frames."""

from typing import Any

import numpy as np
from river.utils import dataframe

Matrix = np.ndarray[Any, np.dtype[np.float64]]
FLOAT = np.dtype(np.float64)
ENTRIES = "an array, a list or a series of one {} per row of X"


def rows_of(X: Any) -> tuple[list[Any] | None, Matrix | None, list[Any] | tuple[Any, ...]]:
    """A matrix where all columns are floats or bools, with their names (None: 0, 1, …); else rows as dicts."""
    if isinstance(X, np.ndarray):
        if X.ndim != 2:
            raise ValueError(f"X: expected 2 dimensions, got {X.ndim}")
        if X.dtype is FLOAT and X.flags.c_contiguous:
            return None, X, []
        if X.dtype.kind in "fb":
            return None, np.ascontiguousarray(X, dtype=np.float64), []
        return None, None, [dict(enumerate(row)) for row in X.tolist()]
    if isinstance(X, tuple):
        return None, None, X
    frame = frame_of(X)
    # pandas names may be any hashable; narwhals hands them on unchanged.
    names = list(frame.columns)
    if len(set(names)) != len(names):
        raise ValueError("X: two columns have the same name")
    if all(dtype.is_float() for dtype in frame.schema.values()):
        return names, np.ascontiguousarray(dataframe.to_numpy(frame), dtype=np.float64), []
    columns = [_values(frame.get_column(name)) for name in names]
    return names, None, [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _values(column: Any) -> list[Any]:
    """The values of a column, None where it is null (pandas has its own null)."""
    values: list[Any] = column.to_list()
    if column.null_count() == 0:
        return values
    return [None if null else value for value, null in zip(values, column.is_null().to_list(), strict=True)]


def frame_of(X: Any) -> Any:
    """An eager data frame, of any kind that narwhals knows."""
    try:
        return dataframe.into_frame(X)
    except TypeError as error:
        raise TypeError(
            f"X is {type(X).__name__}: expected a 2-D numpy array, a list of dicts or an eager frame (pandas, polars, "
            "pyarrow; collect() a lazy one)"
        ) from error


def labels_of(y: Any) -> list[Any] | tuple[Any, ...]:
    """One object for each row; the kernel checks them."""
    if isinstance(y, np.ndarray) and y.ndim == 1:
        labels: list[Any] = y.tolist()
        return labels
    if isinstance(y, (list, tuple)):
        return y
    if isinstance(y, np.ndarray):
        raise _dimensions("y", y, "label")
    try:
        return _values(dataframe.into_series(y))
    except TypeError as error:
        raise _no_array("y", y, "label") from error


INSTEAD = "give a list of dicts, a numpy array or a pandas frame"


def labels_like(X: Any, labels: list[Any], classes: list[Any]) -> Any:
    """Labels as an array, or a series as the frame X has, of the kind that holds all classes as they are.

    Where their types differ, that is objects; frames other than pandas have none.
    """
    made = np.array(classes)
    same = [(type(one), one) for one in made.tolist()] == [(type(one), one) for one in classes]
    found = np.array(labels, dtype=made.dtype if same else object)
    if isinstance(X, np.ndarray):
        return found
    like = frame_of(X)
    if found.dtype == object and not like.implementation.is_pandas_like():
        raise ValueError(f"X: a series of such a frame cannot hold classes of these types: {INSTEAD}")
    return dataframe.to_native_series(found, name="y", like=like)


def columns_like(X: Any, columns: dict[Any, Any]) -> Any:
    """A frame of the kind of X with a column per class; refused where two classes have the same name there."""
    like = frame_of(X)
    if not like.implementation.is_pandas_like() and len({str(label) for label in columns}) < len(columns):
        raise ValueError(f"X: two classes, such as 2 and '2', have the same name in such a frame: {INSTEAD}")
    return dataframe.to_native_frame(columns, like=like)


def weights_of(w: Any) -> Matrix:
    """One float for each row; the kernel checks them."""
    try:
        listed = isinstance(w, (np.ndarray, list, tuple))
        weights = np.asarray(w if listed else dataframe.into_series(w).to_numpy(), np.float64, order="C")
    except (TypeError, ValueError) as error:
        raise _no_array("w", w, "number") from error
    if weights.ndim != 1:
        raise _dimensions("w", weights, "number")
    return weights


def _dimensions(name: str, array: np.ndarray[Any, Any], entry: str) -> ValueError:
    return ValueError(f"{name} has {array.ndim} dimensions: expected {ENTRIES.format(entry)}")


def _no_array(name: str, entries: Any, entry: str) -> TypeError:
    return TypeError(f"{name} is {type(entries).__name__}: expected {ENTRIES.format(entry)}")
