# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The weights of the basis coordinates of an additive expert, at several AdaGrad learning rates.

A field has a block of coordinates (`basis.py`), a coordinate has `stride` entries: the weights of all rates, then G.
Few coordinates of a block differ from 0 for one event, so each is in one cache line. Pairs of fields, where there are,
have weights of their own (`pair_weights.py`), which take the same steps.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import sqrt

    from streamimb._kernels.linear_work import LinearWork
    from streamimb._kernels.pair_weights import PairWeights
else:
    from cython.cimports.libc.math import sqrt
    from cython.cimports.streamimb._kernels.linear_work import LinearWork
    from cython.cimports.streamimb._kernels.pair_weights import PairWeights

from streamimb._kernels.saved import numbers, refused

COORDINATES = cython.declare(cython.Py_ssize_t, limits.BASIS_COORDINATES)
LARGEST = limits.LARGEST_COEFFICIENT
# Added to the AdaGrad denominator. Many coordinates see few events: at the .1 of numbers their first steps are too far.
FLOOR = cython.declare(cython.double, 1.0)


@cython.cclass
class BasisWeights:
    """Fields are declared in basis_weights.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self._lay_out(3)

    def __init__(self, padded: int) -> None:
        self._lay_out(padded)

    @cython.cfunc
    def _lay_out(self, padded: cython.Py_ssize_t) -> cython.void:
        self.padded, self.stride, self.blocks = padded, padded + 1, 0
        self.table = array("d")
        self.pairs: Any = None  # a PairWeights, or None

    @cython.cfunc
    def fit(self, blocks: cython.Py_ssize_t) -> cython.void:
        """Grows the buffer to this many fields."""
        more = bytes(8 * self.stride * COORDINATES * (blocks - self.blocks))
        self.table = array("d", bytes(self.table) + more)
        self.blocks = blocks

    @cython.cfunc
    @cython.exceptval(check=False)
    def clear(self, block: cython.Py_ssize_t) -> cython.void:
        """Resets the weights of a block, which another field takes over."""
        i: cython.Py_ssize_t
        size: cython.Py_ssize_t = COORDINATES * self.stride
        for i in range(block * size, (block + 1) * size):
            self.table[i] = 0.0

    @cython.cfunc
    @cython.exceptval(check=False)
    def sum(self, work: LinearWork) -> cython.void:
        """Adds the log-odds of the coordinates of an event to `g` of every rate."""
        j: cython.Py_ssize_t
        i: cython.Py_ssize_t
        k: cython.Py_ssize_t
        v: cython.double
        for k in range(0, self.padded, 3):
            a0: cython.double = 0.0
            a1: cython.double = 0.0
            a2: cython.double = 0.0
            for j in range(work.n_coordinates):
                i = work.places[j] * self.stride + k
                v = work.values[j]
                a0 += self.table[i] * v
                a1 += self.table[i + 1] * v
                a2 += self.table[i + 2] * v
            work.g[k] += a0
            work.g[k + 1] += a1
            work.g[k + 2] += a2
        if self.pairs is not None:
            self.pairs.sum(work)

    @cython.cfunc
    @cython.exceptval(check=False)
    def add(self, work: LinearWork, c: cython.double, q: cython.double) -> cython.void:
        """w_k += d_k v / (floor + √(G + q v²)), then G += c v², as `AdaGrad._add` does."""
        j: cython.Py_ssize_t
        i: cython.Py_ssize_t
        k: cython.Py_ssize_t
        v: cython.double
        t: cython.double
        last: cython.Py_ssize_t = self.padded
        floor: cython.double = FLOOR
        d0: cython.double = work.d[0]
        d1: cython.double = work.d[1]
        d2: cython.double = work.d[2]
        for j in range(work.n_coordinates):
            i = work.places[j] * self.stride
            v = work.values[j]
            t = v / (floor + sqrt(self.table[i + last] + q * (v * v)))
            self.table[i + last] += c * (v * v)
            self.table[i] += d0 * t
            self.table[i + 1] += d1 * t
            self.table[i + 2] += d2 * t
            for k in range(3, last):
                self.table[i + k] += work.d[k] * t
        if self.pairs is not None:
            self.pairs.add(work, c, q)

    @cython.cfunc
    @cython.exceptval(check=False)
    def kappa(self, work: LinearWork, q: cython.double) -> cython.double:
        """Sum of v² / (floor + √(G + q v²)) over the coordinates of an event."""
        j: cython.Py_ssize_t
        v: cython.double
        s: cython.double = 0.0
        for j in range(work.n_coordinates):
            v = work.values[j] * work.values[j]
            s += v / (FLOOR + sqrt(self.table[work.places[j] * self.stride + self.padded] + q * v))
        return s if self.pairs is None else s + self.pairs.kappa(work, q)

    @cython.cfunc
    def add_parts(self, work: LinearWork, share: cython.double[::1], numbers: list[Any]) -> cython.void:
        """Adds the log-odds of the coordinates of each number, mixed by the shares of the rates."""
        j: cython.Py_ssize_t
        k: cython.Py_ssize_t
        s: cython.double
        for j in range(work.n_coordinates):
            s = 0.0
            for k in range(len(share)):
                s += share[k] * self.table[work.places[j] * self.stride + k]
            numbers[work.numbers[j]] += s * work.values[j]

    # ------------------------------------------------------------------ state

    def state(self, blocks: cython.Py_ssize_t) -> bytes:
        """The weights and G of the first `blocks` fields."""
        return bytes(self.table)[: 8 * self.stride * COORDINATES * blocks]

    def resume(self, state: dict[str, Any], blocks: cython.Py_ssize_t) -> None:
        """Takes over the saved weights of `blocks` fields, after they were checked."""
        table = numbers(state, "basis", self.stride * COORDINATES * blocks, -LARGEST, LARGEST)
        if not all(value >= 0.0 for value in table[self.padded :: self.stride]):
            raise refused("basis", "sums of squares of at least 0")
        self.table, self.blocks = table, blocks
