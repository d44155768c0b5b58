# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Labels and weights of a batch: all of them are checked before the first row is learned."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

import cython

INFINITY = cython.declare(cython.double, inf)


@cython.cclass
class Batch:
    """Fields are declared in batch.pxd."""

    def __init__(self, y: Any, w: Any, count: cython.Py_ssize_t) -> None:
        r: cython.Py_ssize_t
        self.labels = list(y)
        self.weighted = w is not None
        if self.weighted:
            self.weights = w
        if len(self.labels) != count or (self.weighted and len(self.weights) != count):
            raise ValueError(f"y and w: expected {count} entries, one per row of X")
        for r in range(count):
            if self.labels[r] is not True and self.labels[r] is not False:
                self.labels[r] = binary_label(self.labels[r])
        if self.weighted:
            for r in range(count):
                if not 0.0 <= self.weights[r] < INFINITY:
                    raise ValueError("w: expected finite numbers >= 0")

    @cython.cfunc
    @cython.exceptval(check=False)
    def label(self, r: cython.Py_ssize_t) -> cython.bint:
        """The label of row r."""
        return self.labels[r] is True

    @cython.cfunc
    @cython.exceptval(check=False)
    def weight(self, r: cython.Py_ssize_t) -> cython.double:
        """The weight of row r."""
        return self.weights[r] if self.weighted else 1.0


def checked_weights(w: Any, count: int) -> list[float]:
    """One weight per row, 1 where w is None."""
    weights = [1.0] * count if w is None else [float(weight) for weight in w]
    if len(weights) != count:
        raise ValueError(f"w: expected {count} entries, one per row of X")
    if not all(0.0 <= weight < inf for weight in weights):
        raise ValueError("w: expected finite numbers >= 0")
    return weights


def checked_events(events: Any) -> list[Any]:
    """Returns a copy of the list, which the methods of foreign values cannot change while it is read."""
    listed: list[Any] = list(events)
    for x in listed:
        if type(x) is not dict and not isinstance(x, Mapping):
            raise TypeError(f"X: a row is {type(x).__name__}: expected a dict in every row of a list")
    return listed


def events_in(names: Any, x: Any) -> list[dict[Any, float]]:
    """The rows of a matrix of floats as dicts; columns are called by `names`, or 0, 1, 2, ... where that is None."""
    columns = range(x.shape[1]) if names is None else list(names)
    if len(columns) != x.shape[1]:
        raise ValueError("names: expected one per column of x")
    return [dict(zip(columns, row, strict=True)) for row in x.tolist()]


@cython.cfunc
def binary_label(label: Any) -> Any:
    """True or False for a label that is equal to one of them."""
    if label == 1:
        return True
    if label == 0:
        return False
    raise ValueError("y: expected True or False (or 1 or 0) in every row")
