# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""What a linear learner computes of one event: standardised numbers, log-odds and P(True) of every learning rate."""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import exp

    from streamimb._kernels.row import Work
else:
    from cython.cimports.libc.math import exp
    from cython.cimports.streamimb._kernels.row import Work

MOST_COORDINATES = 4  # of one number in a basis: excess, two hats, an interval
NOWHERE = cython.declare(cython.double, limits.NOWHERE)


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def sigmoid(z: cython.double) -> cython.double:
    # math.exp raises where C's exp returns inf, so the argument is limited.
    return 1.0 / (1.0 + exp(-z)) if z > -700.0 else 0.0


@cython.cclass
class LinearWork(Work):
    """Fields are declared in linear_work.pxd."""

    def __init__(self, real: int, padded: int) -> None:
        self.real = real
        self.capacity = 0
        self.zs = self.keep = array("d", [0.0])
        self.texts = array("q", [0])
        self.additive: Any = None  # a LinearWork, or None
        self.n_coordinates = 0
        self.places = self.numbers = array("q", [0])
        self.values = array("d", [0.0])
        self.n_cells = 0
        self.cells = self.pairs = array("q")
        self.g = array("d", bytes(8 * padded))
        self.E = array("d", bytes(8 * padded))
        self.e = array("d", bytes(8 * padded))
        self.d = array("d", bytes(8 * padded))
        self.expected_at = NOWHERE
        self.summed = False

    @cython.cfunc
    def fit(self, capacity: cython.Py_ssize_t) -> cython.void:
        """Grows the buffers to this many numbers, and as many strings."""
        self.zs, self.keep = array("d", bytes(8 * capacity)), array("d", bytes(8 * capacity))
        self.texts = array("q", bytes(8 * capacity))
        self.capacity = capacity
        if self.additive is not None:
            self.additive.fit(capacity)
            self.additive.places = array("q", bytes(8 * MOST_COORDINATES * capacity))
            self.additive.numbers = array("q", bytes(8 * MOST_COORDINATES * capacity))
            self.additive.values = array("d", bytes(8 * MOST_COORDINATES * capacity))

    @cython.cfunc
    @cython.exceptval(check=False)
    def copy_numbers(self, other: LinearWork, n: cython.Py_ssize_t) -> cython.void:
        """Takes over the n standardised numbers of another work."""
        j: cython.Py_ssize_t
        for j in range(n):
            self.zs[j] = other.zs[j]

    @cython.cfunc
    @cython.exceptval(check=False)
    def expect(self, offset: cython.double) -> cython.void:
        """Sets E to P(True) of every learning rate at this offset, unless it is set already."""
        k: cython.Py_ssize_t
        if offset != self.expected_at:
            self.expected_at = offset
            for k in range(self.real):
                self.E[k] = sigmoid(self.g[k] + offset)
