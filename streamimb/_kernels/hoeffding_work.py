# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""What a Hoeffding tree computes of one event: its columns and bins, its leaf, and what the models of the leaf said."""

from __future__ import annotations

from array import array

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.row import Work
    from streamimb._kernels.tree_work import TreeWork
else:
    from cython.cimports.streamimb._kernels.row import Work
    from cython.cimports.streamimb._kernels.tree_work import TreeWork

NOWHERE = cython.declare(cython.double, limits.NOWHERE)


@cython.cclass
class HoeffdingWork(Work):
    """Fields are declared in hoeffding_work.pxd."""

    def __init__(self) -> None:
        self.columns = TreeWork(0, 0, 0)
        self.bins = array("q", [0])
        self.leaf = 0
        self.evidence = 0.0
        self.placed = False
        self.said = array("d", [0.0, 0.0])
        self.said_at = NOWHERE

    @cython.cfunc
    def fit(self, columns: cython.Py_ssize_t, texts: cython.Py_ssize_t) -> cython.void:
        """Grows the buffers to this many columns and strings; their content is lost."""
        self.columns.fit(columns, texts)
        if self.columns.room > len(self.bins):
            self.bins = array("q", bytes(8 * self.columns.room))
