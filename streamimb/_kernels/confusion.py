# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: auto_pickle=False
"""A decayed confusion matrix of at most 64 classes."""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import saved
from streamimb._kernels.answer import label_of

if cython.compiled:
    from cython.cimports.libc.math import pow as power
else:
    from math import pow as power

MOST = 64
_MOST = cython.declare(cython.Py_ssize_t, MOST)
LARGEST = cython.declare(cython.double, 1e60)  # of the unit: its square times that of a weight is finite


@cython.cclass
class ConfusionSums:
    """Weights by true and predicted class, and sums of their squares, decayed once per event."""

    fade: cython.double
    unit: cython.double
    steps: cython.longlong
    classes: dict[Any, Any]  # label -> its row
    cells: cython.double[::1]  # MOST numbers a row
    squares: cython.double[::1]  # as cells

    def __cinit__(self) -> None:
        self.fade = self.unit = 1.0  # for an object made by `__new__` without `__init__`
        self._empty()

    @cython.cfunc
    def _empty(self) -> Any:
        self.classes = {}
        self.cells = array("d", bytes(8 * _MOST * _MOST))
        self.squares = array("d", bytes(8 * _MOST * _MOST))

    def __init__(self, half_life: float) -> None:
        self.fade = max(power(0.5, 1.0 / half_life), 1e-30)  # the unit is divided by it
        self.unit = 1.0
        self.steps = 0
        self._empty()

    @cython.cfunc
    @cython.exceptval(-1)
    def _row(self, label: Any) -> cython.Py_ssize_t:
        found: Any = self.classes.get(label)
        if found is None:
            found = len(self.classes)
            if found >= _MOST:
                raise ValueError("y: a confusion matrix has at most 64 classes; join the rare ones into one")
            self.classes[label] = found
        return found

    @cython.cfunc
    def _rescale(self, d: cython.double) -> Any:
        i: cython.Py_ssize_t
        for i in range(_MOST * _MOST):
            self.cells[i] = self.cells[i] * d
            self.squares[i] = self.squares[i] * d * d

    def add(self, true: Any, said: Any, w: cython.double) -> None:
        """Add an event of weight w > 0, at most 1e15; raises ValueError where one of the classes is no label."""
        if true is not True and true is not False:
            true = label_of(true)
        if said is not True and said is not False:
            said = label_of(said)
        new: cython.int = (true not in self.classes) + (said not in self.classes and said != true)
        if len(self.classes) + new > _MOST:
            raise ValueError("y: a confusion matrix has at most 64 classes; join the rare ones into one")
        i: cython.Py_ssize_t = self._row(true)
        j: cython.Py_ssize_t = self._row(said)
        self.unit = self.unit / self.fade
        if self.unit > LARGEST:
            self._rescale(1.0 / self.unit)
            self.unit = 1.0
        self.steps += 1
        v: cython.double = w * self.unit
        self.cells[i * _MOST + j] += v
        self.squares[i * _MOST + j] += v * v

    def table(self) -> tuple[list[Any], list[list[float]], list[list[float]]]:
        """The classes in the order in which they came; weights and their squares by true and predicted class."""
        i: cython.Py_ssize_t
        j: cython.Py_ssize_t
        n: cython.Py_ssize_t = len(self.classes)
        u: cython.double = 1.0 / self.unit
        rows = [[self.cells[i * _MOST + j] * u for j in range(n)] for i in range(n)]
        squares = [[self.squares[i * _MOST + j] * u * u for j in range(n)] for i in range(n)]
        return list(self.classes), rows, squares

    def append(self, other: ConfusionSums) -> None:
        """Add the sums of another, as if its events had come after these."""
        classes, rows, squares = other.table()
        if len(self.classes.keys() | set(classes)) > _MOST:
            raise ValueError("other: together there are more than 64 classes")
        if other.steps == 0:
            return
        self._rescale(power(self.fade, float(other.steps)) / self.unit)
        self.unit = 1.0
        self.steps += other.steps
        places = [self._row(label) for label in classes]
        i: cython.Py_ssize_t
        for true, row, row2 in zip(places, rows, squares, strict=True):
            for said, weight, square in zip(places, row, row2, strict=True):
                i = true * MOST + said
                self.cells[i] += weight
                self.squares[i] += square

    def __getstate__(self) -> dict[str, Any]:
        i: cython.Py_ssize_t
        j: cython.Py_ssize_t
        n: cython.Py_ssize_t = len(self.classes)
        rows = array("d", [self.cells[i * _MOST + j] for i in range(n) for j in range(n)])
        squares = array("d", [self.squares[i * _MOST + j] for i in range(n) for j in range(n)])
        return {
            "fade": float(self.fade), "unit": float(self.unit), "steps": int(self.steps),
            "classes": list(self.classes), "cells": rows.tobytes(), "squares": squares.tobytes(),
        }  # fmt: skip

    def __setstate__(self, state: Any) -> None:
        state = saved.entries(state, "fade", "unit", "steps", "classes", "cells", "squares")
        fade, steps = saved.number(state, "fade", 1e-30, 1.0), saved.whole(state, "steps")
        unit = saved.number(state, "unit", 1.0, 1e60)
        labels = saved.labels(state, "classes")
        n: cython.Py_ssize_t = len(labels)
        if n > _MOST:
            raise saved.refused("classes", "at most 64 labels")
        rows = saved.numbers(state, "cells", n * n, 0.0)
        squares = saved.numbers(state, "squares", n * n, 0.0)
        # The sum of squares is at most the square of the sum; 0 both or neither, but for what is too small.
        if not all(
            v <= 1.000001 * w * w + 1e-300 and (v > 0.0 or w < 1e-140)
            for w, v in zip(rows, squares, strict=True)
        ):
            raise saved.refused("squares", "sums of squares that follow from the weights")
        self.fade, self.unit, self.steps = fade, unit, steps
        self._empty()
        i: cython.Py_ssize_t
        j: cython.Py_ssize_t
        for i in range(n):
            self.classes[labels[i]] = i
            for j in range(n):
                self.cells[i * _MOST + j] = rows[i * n + j]
                self.squares[i * _MOST + j] = squares[i * n + j]
