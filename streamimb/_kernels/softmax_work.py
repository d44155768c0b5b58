# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""What a softmax learner computes of one event: its coordinates, and log-odds and probabilities of every class."""

from __future__ import annotations

from array import array
from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.linear_work import LinearWork
    from streamimb._kernels.row import Work
else:
    from cython.cimports.streamimb._kernels.linear_work import LinearWork
    from cython.cimports.streamimb._kernels.row import Work


@cython.cclass
class SoftmaxWork(Work):
    """Fields are declared in softmax_work.pxd."""

    def __init__(self, real: int) -> None:
        self.real = real
        self.linear = LinearWork(real, real)
        self.additive: Any = None  # a SoftmaxWork, or None
        self.summed = self.fresh = False
        self.offsets: Any = None  # a dict, or None
        self.n = self.curves = self.cells = self.classes = 0
        self.fit(1)
        self.fit_room(1)
        self.fit_classes(2)

    @cython.cfunc
    def fit(self, capacity: cython.Py_ssize_t) -> cython.void:
        """Grows the buffers to this many coordinates."""
        self.at, self.z = array("q", bytes(8 * capacity)), array("d", bytes(8 * capacity))
        self.capacity = capacity

    @cython.cfunc
    def fit_room(self, room: cython.Py_ssize_t) -> cython.void:
        """Grows the buffers to this many classes of the learner."""
        zeros = bytes(8 * room)
        self.g, self.d = array("d", zeros * self.real), array("d", zeros * self.real)
        self.c, self.q, self.t = array("d", zeros), array("d", zeros), array("d", zeros)
        self.room = room

    @cython.cfunc
    def fit_classes(self, classes: cython.Py_ssize_t) -> cython.void:
        """Grows the buffers to this many classes of a call."""
        zeros = bytes(8 * classes)
        self.which = array("q", zeros)
        self.o, self.kappa, self.square = array("d", zeros), array("d", zeros), array("d", zeros)
        self.s, self.e = array("d", zeros), array("d", zeros)
        self.s2, self.e2 = array("d", zeros), array("d", zeros)
        self.p = array("d", zeros * self.real)
        self.width = classes
