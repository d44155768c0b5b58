# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""A classifier around which a decision rule counts the events that are learned."""

from __future__ import annotations

from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.ports import Model
    from streamimb._kernels.row import Row
else:
    from cython.cimports.streamimb._kernels.ports import Model
    from cython.cimports.streamimb._kernels.row import Row

from streamimb._kernels.answer import true_of

HALF = "a ThresholdedModel is one half of a ThresholdedClassifier"


@cython.cclass
class ThresholdedModel(Model):
    """Fields are declared in thresholded.pxd.

    It scores and learns as the classifier inside does. Its Python half reads the time of an event and counts the event.
    """

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` gets an abstract part, whose methods raise.
        self._inner = Model()

    def __init__(self, inner: Model) -> None:
        self.set_up(inner.memo_size)
        self._inner = inner

    def _time_of(self, x: Any) -> float:
        """The time of an event, in seconds; raises ValueError where it has none."""
        raise NotImplementedError(HALF)

    def _count(self, p: float, x: Any, t: float) -> None:
        """Counts an event that was learned, at its probability before that."""
        raise NotImplementedError(HALF)

    @cython.cfunc
    @cython.exceptval(check=False)
    def reads_directly(self) -> cython.bint:
        return self._inner.reads_directly()

    @cython.cfunc
    @cython.exceptval(check=False)
    def in_hand(self) -> cython.bint:
        return self._inner.in_hand()

    @cython.cfunc
    def read(self, x: Any) -> Row:
        row: Row = self._inner.read(x)
        row.given = x  # a guard inside may read a cleaned event, without the field of the time
        return row

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def score(self, row: Row) -> cython.int:
        return self._inner.score(row)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def rate(self, row: Row) -> cython.int:
        return self._inner.rate(row)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def check(self, y: Any, more: Any) -> cython.int:
        return self._inner.check(y, more)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def learn(self, row: Row, y: Any, w: cython.double) -> cython.int:
        if not row.scored:
            self._inner.score(row)
        p = true_of(row.answer) if row.answer is not None else float(row.calibrated)
        x = row.given
        t = self._time_of(x)
        # The classifier learns first: if it refuses the event, the rule has not counted it.
        self._inner.learn(row, y, w)
        self._count(p, x, t)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def takes(self, w: cython.double) -> cython.bint:
        return self._inner.takes(w)

    @cython.cfunc
    def remember(self, row: Row) -> tuple[Any, ...]:
        return self._inner.remember(row)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def length(self, memo: Any) -> cython.Py_ssize_t:
        return self._inner.length(memo)

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def kept(self) -> cython.double:
        return self._inner.kept()
