# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The bins of each column: half of their edges are quantiles of the positives, half of the negatives.

Quantiles of all events together would leave no edge where the few positives are.
"""

from __future__ import annotations

from array import array
from itertools import pairwise
from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.event_rows import EventRows
else:
    from cython.cimports.streamimb._kernels.event_rows import EventRows

from streamimb._kernels.saved import entries, refused, wholes

BINS = 64  # of each column
EDGES = cython.declare(cython.Py_ssize_t, BINS - 1)
HALF = BINS // 2
LARGEST_FLOAT = limits.LARGEST_FLOAT


@cython.cclass
class BinEdges:
    """Fields are declared in bin_edges.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self.edge, self.count = array("f"), array("q")

    def __init__(self) -> None:
        self.columns = 0
        self.edge, self.count = array("f"), array("q")

    @cython.cfunc
    def copy(self, other: BinEdges, columns: cython.Py_ssize_t) -> cython.void:
        """Takes the edges of other bins; further columns, up to this number, have one bin."""
        more: cython.Py_ssize_t = columns - other.columns
        self.edge = array("f", bytes(other.edge) + bytes(4 * EDGES * more))
        self.count = array("q", bytes(other.count) + bytes(8 * more))
        self.columns = columns

    @cython.cfunc
    def renew(
        self, column: cython.Py_ssize_t, ring: EventRows, rows0: list[Any], rows1: list[Any]
    ) -> cython.void:
        """Sets the edges of a column to quantiles of its values in these negatives and positives.

        Where there are no more values than bins, the edges are half-way between neighbours.
        """
        j: cython.Py_ssize_t
        of_class = [present(ring, column, rows) for rows in (rows0, rows1)]
        values = distinct(of_class[0], of_class[1])
        if values:
            found = array("f", [0.5 * low + 0.5 * high for low, high in pairwise(values)])
        else:
            found = array("f", [edge for one in of_class for edge in quantiles(one)])
        edges = sorted(set(found))
        self.count[column] = len(edges)
        for j in range(len(edges)):
            self.edge[column * EDGES + j] = edges[j]

    @cython.cfunc
    @cython.exceptval(check=False)
    def bin(self, column: cython.Py_ssize_t, value: cython.float) -> cython.uchar:
        """The number of edges below a value; 0 for a missing one."""
        low: cython.Py_ssize_t = column * EDGES
        first: cython.Py_ssize_t = low
        size: cython.Py_ssize_t = self.count[column]
        half: cython.Py_ssize_t
        while size > 0:
            half = size >> 1
            if value > self.edge[low + half]:
                low += half + 1
                size -= half + 1
            else:
                size = half
        return cython.cast(cython.uchar, low - first)

    def __getstate__(self) -> dict[str, Any]:
        return {"edge": bytes(self.edge), "count": bytes(self.count)}

    def resume(self, state: Any, columns: int) -> None:
        """Take over saved edges of so many columns, after all of them were checked."""
        saved = entries(state, "edge", "count")
        count = wholes(saved, "count", columns, 0, BINS - 1)
        edge = saved["edge"]
        if type(edge) is not bytes or len(edge) != 4 * EDGES * columns:
            raise refused("edge", f"{BINS - 1} numbers of 4 bytes each for each column")
        found = array("f", edge)
        for column in range(columns):
            own = found[column * EDGES : column * EDGES + count[column]]
            if not all(-LARGEST_FLOAT <= low < high <= LARGEST_FLOAT for low, high in pairwise(own)):
                raise refused("edge", "edges in increasing order")
            if len(own) and not -LARGEST_FLOAT <= own[0] <= LARGEST_FLOAT:
                raise refused("edge", "edges that are finite")
        self.edge, self.count, self.columns = found, count, columns


def present(ring: EventRows, column: cython.Py_ssize_t, rows: list[int]) -> list[float]:
    """The values of a column in these rows, in increasing order, without the missing ones."""
    i: cython.Py_ssize_t
    value: cython.double
    found = []
    for i in rows:
        value = ring.values[i * ring.columns + column]
        if value == value:
            found.append(value)
    found.sort()
    return found


def quantiles(values: list[float]) -> list[float]:
    """HALF - 1 quantiles of sorted values, evenly spaced and interpolated; none where there are no values."""
    found = []
    for k in range(1, HALF if values else 0):
        place = (len(values) - 1) * k / HALF
        low = int(place)
        high = min(low + 1, len(values) - 1)
        found.append(values[low] + (values[high] - values[low]) * (place - low))
    return found


def distinct(a: list[float], b: list[float]) -> list[float]:
    """The different values of two sorted lists, in increasing order; none where there are more than bins."""
    value: cython.double
    last: cython.double = -1e300
    found: list[float] = []
    for value in sorted(a + b):
        if value > last:
            found.append(value)
            last = value
            if len(found) > BINS:
                return []
    return found
