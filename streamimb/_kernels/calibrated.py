# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""A classifier with calibrators: one for True where the classes are True and False, else one for each class."""

from __future__ import annotations

from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.ports import Model, Scaling
    from streamimb._kernels.row import Row
else:
    from cython.cimports.streamimb._kernels.ports import Model, Scaling
    from cython.cimports.streamimb._kernels.row import Row

from streamimb._kernels.answer import check_classes, probability


@cython.cclass
class CalibratedModel(Model):
    """Fields are declared in calibrated.pxd.

    A calibrator learns nothing before the first label other than True: until then the classifier returns its prior,
    and True labels alone would move the calibrated probability away from it.

    A memo is that of the classifier, then one of each calibrator, in the order in which the classes got them: that of
    True alone while the classes are True and False. A class that got its calibrator after the event was scored has no
    part in the memo of that event, so its calibrator gets None.
    """

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` gets abstract parts, whose methods raise.
        self._inner, self._true, self._scalings = Model(), Scaling(), {}

    def __init__(self, inner: Model, true: Scaling) -> None:
        self._inner, self._true = inner, true
        self._scalings = {True: true}
        self._met_false = False
        self.spare = None
        self.memo_size = inner.memo_size + true.memo_size
        self.ready = True

    @cython.cfunc
    @cython.exceptval(check=False)
    def reads_directly(self) -> cython.bint:
        return self._inner.reads_directly()

    @cython.cfunc
    def read(self, x: Any) -> Row:
        return self._inner.read(x)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def score(self, row: Row) -> cython.int:
        self._inner.score(row)
        self._spread(row)
        if row.mapping is None:
            p: cython.double = self._true.calibrated(row.corrected)
            row.calibrated = p if 0.0 <= p <= 1.0 else probability(p)
            return 0
        answer = {}
        total: cython.double = 0.0
        for label, said in row.mapping.items():
            q: cython.double = probability(said)
            if label in self._scalings:
                scaling: Scaling = self._scalings[label]
                q = probability(scaling.calibrated(q))
            answer[label] = q
            total += q
        row.answer = {label: q / total for label, q in answer.items()} if total > 0.0 else answer
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _spread(self, row: Row) -> cython.int:
        """Sets the mapping of a scored row where there are classes other than True and False."""
        if row.answer is None and len(self._scalings) > 1:  # known from labels only, not from the classifier
            row.answer = {False: 1.0 - row.corrected, True: row.corrected}
        row.mapping = row.answer
        return 0

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
        memo = None
        if not row.scored:
            self._inner.score(row)
            self._spread(row)
        corrected = row.corrected
        mapping = row.mapping
        if mapping is not None:
            check_classes(mapping)  # each gets a calibrator
            for said in mapping.values():
                probability(said)
        if row.memo is not None and self.memo_size > 0:
            memo = tuple(row.memo[self._inner.memo_size :])
            row.memo = row.memo[: self._inner.memo_size]
        # The classifier learns first: if it refuses the label, no other part has counted the event.
        self._inner.learn(row, y, w)
        if mapping is not None or (y is not True and y is not False):
            return self._learn_classes(
                {False: 1.0 - corrected, True: corrected} if mapping is None else mapping, y, w, memo
            )
        if y is False:
            self._met_false = True
        if self._met_false:
            self._true.learn(corrected, y is True, w, memo)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _learn_classes(self, mapping: dict[Any, float], y: Any, w: cython.double, memo: Any) -> cython.int:
        size: cython.Py_ssize_t = self._true.memo_size
        parts: dict[Any, Any] = {}
        if memo is not None and size > 0:
            for place, label in enumerate(self._scalings):
                if size * (place + 1) <= len(memo):
                    parts[label] = memo[size * place : size * (place + 1)]
        self._met_false = True
        for label in (*mapping, y):
            self._scaling_of(label)
        for label, p in mapping.items():
            self._scaling_of(label).learn(p, label == y, w, parts.get(label))
        return 0

    @cython.cfunc
    def _scaling_of(self, label: Any) -> Scaling:
        """The calibrator of a class; a new one where the class has none."""
        if label not in self._scalings:
            self._scalings[label] = self._new_scaling(label)
        return self._scalings[label]

    def _new_scaling(self, label: Any) -> Scaling:
        """Return a calibrator for a class that has none; a subclass implements it."""
        raise NotImplementedError("a CalibratedModel is one half of a CalibratedClassifier")

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def takes(self, w: cython.double) -> cython.bint:
        return self._inner.takes(w)

    @cython.cfunc
    def remember(self, row: Row) -> tuple[Any, ...]:
        memo = self._inner.remember(row)
        if row.mapping is None or self._true.memo_size == 0:
            return memo + self._true.remember(row.corrected)
        for label, scaling in self._scalings.items():
            one: Scaling = scaling
            memo += one.remember(row.mapping.get(label, 0.0))  # a class that is not named has probability 0
        return memo

    @cython.cfunc
    @cython.exceptval(check=False)
    def remembers(self, n: cython.Py_ssize_t) -> cython.bint:
        size: cython.Py_ssize_t = self._true.memo_size
        more: cython.Py_ssize_t = n - self.memo_size
        return more == 0 or (
            size > 0 and more > 0 and more % size == 0 and more // size < len(self._scalings)
        )

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def kept(self) -> cython.double:
        return self._inner.kept()

    @property
    def met_false(self) -> bool:
        """Whether a label other than True was learned; calibrators learn from then on."""
        return bool(self._met_false)

    def _resume(self, met_false: bool, scalings: dict[Any, Scaling]) -> None:
        """Take over a saved state: the calibrators of the classes other than True."""
        self._met_false = met_false
        self._scalings.update(scalings)
