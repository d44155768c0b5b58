# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""A classifier with a calibration of its answers, which learns from every label."""

from __future__ import annotations

from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.answer import probability
    from streamimb._kernels.class_scaling import ClassScaling
    from streamimb._kernels.effective_weight import EffectiveWeight
    from streamimb._kernels.ports import Model
    from streamimb._kernels.row import Row
else:
    from cython.cimports.streamimb._kernels.answer import probability
    from cython.cimports.streamimb._kernels.class_scaling import ClassScaling
    from cython.cimports.streamimb._kernels.effective_weight import EffectiveWeight
    from cython.cimports.streamimb._kernels.ports import Model
    from cython.cimports.streamimb._kernels.row import Row

from streamimb._kernels.answer import check_classes


@cython.cclass
class CalibratedModel(Model):
    """Fields are declared in calibrated.pxd.

    A calibrator learns nothing before the first label other than True: until then the classifier returns its prior,
    and True labels alone would move the calibrated probability away from it.

    A memo is that of the classifier, then that of the calibration.
    """

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` gets abstract parts, whose methods raise.
        self._inner, self._calibration = Model(), ClassScaling()
        self._weight = EffectiveWeight()

    def __init__(
        self,
        inner: Model,
        calibration: ClassScaling,
        met_false: bool = False,
        weight: EffectiveWeight | None = None,
    ) -> None:
        self.set_up(inner.memo_size + calibration.memo_size)
        self._inner, self._calibration = inner, calibration
        self._weight = EffectiveWeight() if weight is None else weight
        self._met_false = met_false

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
        return self._inner.read(x)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def score(self, row: Row) -> cython.int:
        self._inner.score(row)
        self._calibration.spread(row)
        return self._calibration.calibrate(row)

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
        corrected: cython.double
        own: cython.Py_ssize_t
        memo = None
        if not row.scored:
            self._inner.score(row)
            self._calibration.spread(row)
        corrected = row.corrected
        mapping = row.mapping
        if mapping is not None:
            check_classes(mapping)  # a calibration keeps each
            for said in mapping.values():
                probability(said)
        if row.memo is not None and self.memo_size > 0:
            own = self._inner.length(row.memo)
            memo = tuple(row.memo[own:])
            row.memo = row.memo[:own]
        # The classifier learns first: if it refuses the label, no other part has counted the event.
        self._inner.learn(row, y, w)
        if mapping is not None or y is not True:
            self._met_false = True
        if self._met_false:
            self._calibration.learn(row, corrected, mapping, y, self._weight.of(w), memo)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def takes(self, w: cython.double) -> cython.bint:
        return self._inner.takes(w)

    @cython.cfunc
    def remember(self, row: Row) -> tuple[Any, ...]:
        return self._inner.remember(row) + self._calibration.remember(row)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def length(self, memo: Any) -> cython.Py_ssize_t:
        inside: cython.Py_ssize_t = self._inner.length(memo)
        own: cython.Py_ssize_t = inside + self._calibration.memo_size
        more: cython.Py_ssize_t = len(memo) - own
        if self._calibration.memo_size > 0:
            self._calibration.check_memo(memo[inside:])
        return own + more if self._calibration.remembers(more) else own

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def kept(self) -> cython.double:
        return self._inner.kept()

    @property
    def met_false(self) -> bool:
        """Whether a label other than True was learned; calibrators learn from then on."""
        return bool(self._met_false)

    @property
    def effective_weight(self) -> EffectiveWeight:
        """What turns weights into the effective numbers of labels that the calibrator learns with."""
        return self._weight
