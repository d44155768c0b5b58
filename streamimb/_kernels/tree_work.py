# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""What a learner of trees computes of one event: the values of its columns, its leaves, and what the experts said."""

from __future__ import annotations

from array import array

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.row import Work
else:
    from cython.cimports.streamimb._kernels.row import Work

STRING_COLUMNS = 3  # of each field of strings
STATISTICS = cython.declare(cython.Py_ssize_t, STRING_COLUMNS)
NOWHERE = cython.declare(cython.double, limits.NOWHERE)


@cython.cclass
class TreeWork(Work):
    """Fields are declared in tree_work.pxd."""

    def __init__(self, trees: int, rates: int, experts: int) -> None:
        self.rates = rates
        self.room = self.columns = 0
        self.z = array("f", [0.0])
        self.statistics = array("d")
        self.leaf = array("q", bytes(8 * trees))
        self.margin = 0.0
        self.margins = array("d", bytes(8 * rates))
        self.said = array("d", bytes(8 * experts))
        self.said_at = NOWHERE
        self.walked = False
        self.beside = None

    @cython.cfunc
    def fit(self, columns: cython.Py_ssize_t, texts: cython.Py_ssize_t) -> cython.void:
        """Grows the buffers to this many columns and strings; their content is lost."""
        if STATISTICS * texts > len(self.statistics):
            self.statistics = array("d", bytes(16 * STATISTICS * texts))
        if columns > self.room:
            self.room = 2 * columns
            self.z = array("f", bytes(4 * self.room))
