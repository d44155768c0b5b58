# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The weights of the cells of pairs of fields, at several AdaGrad learning rates.

An event is in one cell of each pair (`pairs.py`), where the coordinate is 1. A cell has `stride` entries: the weights
of all rates, then G.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import sqrt

    from streamimb._kernels.linear_work import LinearWork
else:
    from cython.cimports.libc.math import sqrt
    from cython.cimports.streamimb._kernels.linear_work import LinearWork

from streamimb._kernels.large_buffer import zeros
from streamimb._kernels.string_table import checked_table, fill, sparse

FLOOR = cython.declare(cython.double, 1.0)  # added to the AdaGrad denominator, as for the basis
FREE = cython.declare(cython.double, 3.0)  # cells that take whole steps; see `part_of`
LEAST_PART = cython.declare(cython.double, 0.3)


@cython.cclass
class PairWeights:
    """Fields are declared in pair_weights.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self.padded, self.stride, self.bits = 3, 4, 1
        self.table = array("d")

    def __init__(self, padded: int, bits: int) -> None:
        self.padded, self.stride, self.bits = padded, padded + 1, bits
        self.table = array("d")

    @cython.cfunc
    def open(self) -> cython.void:
        """Allocates the table, before the first event is learned."""
        self.table = zeros("d", self.stride << self.bits)

    @cython.cfunc
    @cython.exceptval(check=False)
    def sum(self, work: LinearWork) -> cython.void:
        """Adds the log-odds of the cells of an event to `g` of every rate."""
        j: cython.Py_ssize_t
        i: cython.Py_ssize_t
        k: cython.Py_ssize_t
        if len(self.table) == 0:
            return
        for k in range(0, self.padded, 3):
            a0: cython.double = 0.0
            a1: cython.double = 0.0
            a2: cython.double = 0.0
            for j in range(work.n_cells):
                i = work.cells[j] * self.stride + k
                a0 += self.table[i]
                a1 += self.table[i + 1]
                a2 += self.table[i + 2]
            work.g[k] += a0
            work.g[k + 1] += a1
            work.g[k + 2] += a2

    @cython.cfunc
    @cython.exceptval(check=False)
    def add(self, work: LinearWork, c: cython.double, q: cython.double) -> cython.void:
        """w_k += part d_k / (floor + √(G + q)), then G += c, as `AdaGrad._add` does."""
        j: cython.Py_ssize_t
        i: cython.Py_ssize_t
        k: cython.Py_ssize_t
        t: cython.double
        last: cython.Py_ssize_t = self.padded
        floor: cython.double = FLOOR
        part: cython.double = part_of(work.n_cells)
        d0: cython.double = work.d[0]
        d1: cython.double = work.d[1]
        d2: cython.double = work.d[2]
        if len(self.table) == 0:
            return
        for j in range(work.n_cells):
            i = work.cells[j] * self.stride
            t = part / (floor + sqrt(self.table[i + last] + q))
            self.table[i + last] += c
            self.table[i] += d0 * t
            self.table[i + 1] += d1 * t
            self.table[i + 2] += d2 * t
            for k in range(3, last):
                self.table[i + k] += work.d[k] * t

    @cython.cfunc
    @cython.exceptval(check=False)
    def kappa(self, work: LinearWork, q: cython.double) -> cython.double:
        """Sum of part / (floor + √(G + q)) over the cells of an event."""
        j: cython.Py_ssize_t
        s: cython.double = 0.0
        part: cython.double = part_of(work.n_cells)
        if len(self.table) > 0:
            for j in range(work.n_cells):
                s += part / (FLOOR + sqrt(self.table[work.cells[j] * self.stride + self.padded] + q))
        return s

    @cython.cfunc
    def parts(self, work: LinearWork, share: cython.double[::1]) -> list[Any]:
        """The log-odds of each cell of an event, mixed by the shares of the rates."""
        j: cython.Py_ssize_t
        k: cython.Py_ssize_t
        s: cython.double
        found: list[Any] = []
        for j in range(work.n_cells):
            s = 0.0
            if len(self.table) > 0:
                for k in range(len(share)):
                    s += share[k] * self.table[work.cells[j] * self.stride + k]
            found.append(s)
        return found

    def memory_bytes(self) -> int:
        """Bytes of the table."""
        return 8 * len(self.table)

    # ------------------------------------------------------------------ state

    def state(self) -> Any:
        """The cells that were learned, and their contents."""
        return sparse(self.table, self.stride, 1)

    def resume(self, state: Any) -> None:
        """Takes over saved cells, after they were checked."""
        found = checked_table(state, self.bits, self.stride, 1)
        if found is not None:
            self.open()
            fill(self.table, self.stride, found)


@cython.cfunc
@cython.exceptval(check=False)
def part_of(cells: cython.Py_ssize_t) -> cython.double:
    """The part of the learning rates that each of n cells of an event takes, because all of them take the same step.

    1 up to three cells, then 3/n, and .3 from ten on.
    """
    return 1.0 if cells <= FREE else max(LEAST_PART, FREE / cells)
