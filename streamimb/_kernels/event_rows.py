# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""A bounded ring of learned events: the values of their columns, label, offset, weight, and the margin of the trees."""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.tree_work import TreeWork
else:
    from cython.cimports.streamimb._kernels.tree_work import TreeWork

from streamimb._kernels.large_buffer import lazy
from streamimb._kernels.saved import entries, flags, numbers, refused, whole

MISSING = cython.declare(cython.float, float("nan"))
MOVED = cython.declare(cython.Py_ssize_t, 1_000)  # most events that are moved because there are more of them
LARGEST_MARGIN = 1e103  # of the log-odds
LARGEST_OFFSET = limits.FINITE
LARGEST_FLOAT = limits.LARGEST_FLOAT


@cython.cclass
class EventRows:
    """Fields are declared in event_rows.pxd. When it is full, a new event replaces the oldest."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self.values, self.label = array("f"), array("B")
        self.offset = self.weight = self.margin = array("d")

    def __init__(self, most: int) -> None:
        self.most = most
        self.capacity = self.columns = self.n = self.at = 0
        self.values, self.label = array("f"), array("B")
        self.offset = self.weight = self.margin = array("d")

    @cython.cfunc
    def widen(self, columns: cython.Py_ssize_t) -> cython.void:
        """Adds columns; they are missing in the events that are there."""
        if columns > self.columns:
            self._allot(self.capacity, columns)

    @cython.cfunc
    def _allot(self, capacity: cython.Py_ssize_t, columns: cython.Py_ssize_t) -> cython.void:
        """Moves the events to buffers of this many rows and columns."""
        i: cython.Py_ssize_t
        j: cython.Py_ssize_t
        old: cython.Py_ssize_t = self.columns
        values: cython.float[::1] = lazy("f", capacity * columns)
        for i in range(self.n):
            for j in range(columns):
                values[i * columns + j] = self.values[i * old + j] if j < old else MISSING
        self.values, self.columns = values, columns
        if capacity > self.capacity:
            label: cython.uchar[::1] = lazy("B", capacity)
            offset: cython.double[::1] = lazy("d", capacity)
            weight: cython.double[::1] = lazy("d", capacity)
            margin: cython.double[::1] = lazy("d", capacity)
            for i in range(self.n):
                label[i], offset[i] = self.label[i], self.offset[i]
                weight[i], margin[i] = self.weight[i], self.margin[i]
            self.label, self.offset, self.weight, self.margin = label, offset, weight, margin
            self.capacity = capacity

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _place(self) -> cython.Py_ssize_t:
        """The row for the next event."""
        i: cython.Py_ssize_t = self.at
        if i == self.capacity:
            # To the whole size early, while few events have to be moved.
            self._allot(self.most if i >= MOVED else min(self.most, max(16, 2 * i)), self.columns)
        self.at = i + 1 if i + 1 < self.most else 0
        if self.n < self.most:
            self.n += 1
        return i

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def add(
        self,
        work: TreeWork,
        columns: cython.Py_ssize_t,
        y: cython.bint,
        offset: cython.double,
        w: cython.double,
    ) -> cython.Py_ssize_t:
        """Adds an event whose values and margin are in a work; returns its row."""
        j: cython.Py_ssize_t
        self.widen(columns)
        i: cython.Py_ssize_t = self._place()
        for j in range(self.columns):
            self.values[i * self.columns + j] = work.z[j]
        self.label[i] = 1 if y else 0
        self.offset[i], self.weight[i], self.margin[i] = offset, w, work.margin
        return i

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def take(self, other: EventRows, k: cython.Py_ssize_t) -> cython.Py_ssize_t:
        """Adds row k of other rows, which have as many columns; returns its row here."""
        j: cython.Py_ssize_t
        i: cython.Py_ssize_t = self._place()
        for j in range(self.columns):
            self.values[i * self.columns + j] = other.values[k * self.columns + j]
        self.label[i] = other.label[k]
        self.offset[i], self.weight[i], self.margin[i] = other.offset[k], other.weight[k], other.margin[k]
        return i

    def clear(self) -> None:
        """Forget all events, and keep their room."""
        self.n = self.at = 0

    def memory_bytes(self) -> int:
        """Bytes of all buffers."""
        return self.capacity * (4 * self.columns + 25)

    def __getstate__(self) -> dict[str, Any]:
        n: cython.Py_ssize_t = self.n
        return {
            "columns": int(self.columns),
            "at": int(self.at),
            "values": bytes(self.values[: n * self.columns]),
            "label": bytes(self.label[:n]),
            "offset": bytes(self.offset[:n]),
            "weight": bytes(self.weight[:n]),
            "margin": bytes(self.margin[:n]),
        }

    def resume(self, state: Any, columns: int) -> None:
        """Take over saved rows of at most so many columns, after all of them were checked."""
        saved = entries(state, "columns", "at", "values", "label", "offset", "weight", "margin")
        width = whole(saved, "columns", 0, columns)
        label = flags(saved, "label")
        n = len(label)
        if n > self.most or whole(saved, "at", 0, self.most - 1) != (n if n < self.most else saved["at"]):
            raise refused("label and at", f"at most {self.most} events, and the row after the last")
        offset = numbers(saved, "offset", n, -LARGEST_OFFSET, LARGEST_OFFSET)
        weight = numbers(saved, "weight", n, 0.0, limits.WEIGHT_CAP)
        margin = numbers(saved, "margin", n, -LARGEST_MARGIN, LARGEST_MARGIN)
        values = saved["values"]
        if type(values) is not bytes or len(values) != 4 * n * width:
            raise refused("values", f"{n} events of {width} numbers of 4 bytes each")
        found = array("f", values)
        if not all(value != value or -LARGEST_FLOAT <= value <= LARGEST_FLOAT for value in found):
            raise refused("values", "numbers that are finite or NaN")
        self.values, self.columns, self.capacity = found, width, n
        self.label, self.offset, self.weight, self.margin = label, offset, weight, margin
        self.n, self.at = n, saved["at"]
