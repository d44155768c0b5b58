# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Calibration of all classes of an event: by one calibrator for each class, or by one for all of them together."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.answer import probability
    from streamimb._kernels.ports import Scaling
    from streamimb._kernels.row import Row
else:
    from cython.cimports.streamimb._kernels.answer import probability
    from cython.cimports.streamimb._kernels.ports import Scaling
    from cython.cimports.streamimb._kernels.row import Row

from streamimb._kernels.adapters import scaling_of
from streamimb._kernels.part_numbers import probabilities_from
from streamimb._kernels.ports import ABSTRACT

TRUE: Any = True  # by name: Cython reads a literal as an index


@cython.cclass
class ClassScaling:
    """Calibrates the answer of a classifier. Fields of all classes here: class_scaling.pxd."""

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def spread(self, row: Row) -> cython.int:
        """Sets the mapping of a scored row where there are classes other than True and False."""
        row.mapping = row.answer
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def calibrate(self, row: Row) -> cython.int:
        """Sets `calibrated` of a row, or `answer` where there is a mapping."""
        raise NotImplementedError(ABSTRACT)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def learn(
        self, row: Row, corrected: cython.double, mapping: Any, y: Any, w: cython.double, memo: Any
    ) -> cython.int:
        """Learns a label from the answer before it: the mapping, or P(True) where that is None."""
        raise NotImplementedError(ABSTRACT)

    @cython.cfunc
    def remember(self, row: Row) -> tuple[Any, ...]:
        """The memo of a row that was scored."""
        return ()

    @cython.cfunc
    @cython.exceptval(check=False)
    def remembers(self, more: cython.Py_ssize_t) -> cython.bint:
        """Whether a memo may have so many floats more than `memo_size`."""
        return more == 0

    def check_memo(self, memo: Any) -> None:
        """Raise ValueError for a memo of the right length that no calibrator here gave."""


@cython.cclass
class SeparateScalings(ClassScaling):
    """One calibrator for True where the classes are True and False, else one for each class; answers normalised.

    A memo has one part for each calibrator, in the order in which the classes got them: that of True alone while the
    classes are True and False. A class that got its calibrator after the event was scored has no part in the memo of
    that event, so its calibrator gets None.
    """

    def __init__(self, true: Any, fresh: Any, copies: dict[Any, Any]) -> None:
        self._true = scaling_of(true)
        self._fresh, self._copies = fresh, copies
        self._scalings = {True: self._true, **{label: scaling_of(one) for label, one in copies.items()}}
        self.memo_size = self._true.memo_size

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def spread(self, row: Row) -> cython.int:
        if row.answer is None and len(self._scalings) > 1:  # known from labels only, not from the classifier
            row.answer = {False: 1.0 - row.corrected, True: row.corrected}
        row.mapping = row.answer
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def calibrate(self, row: Row) -> cython.int:
        if row.mapping is None:
            p: cython.double = self._true.calibrated(row.corrected, row.event)
            row.calibrated = p if 0.0 <= p <= 1.0 else probability(p)
            return 0
        answer = {}
        total: cython.double = 0.0
        for label, said in row.mapping.items():
            q: cython.double = probability(said)
            if label in self._scalings:
                scaling: Scaling = self._scalings[label]
                q = probability(scaling.calibrated(q, row.event))
            answer[label] = q
            total += q
        # Calibrators that all answer 0 tell nothing about the classes: the answer stays as it was.
        row.answer = {label: q / total for label, q in answer.items()} if total > 0.0 else dict(row.mapping)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def learn(
        self, row: Row, corrected: cython.double, mapping: Any, y: Any, w: cython.double, memo: Any
    ) -> cython.int:
        if mapping is None and (y is True or y is False):
            return self._true.learn(corrected, y is True, w, row.event, memo)
        if mapping is None:
            mapping = {False: 1.0 - corrected, True: corrected}
        return self._learn_classes(row, mapping, y, w, memo)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _learn_classes(
        self, row: Row, mapping: dict[Any, float], y: Any, w: cython.double, memo: Any
    ) -> cython.int:
        size: cython.Py_ssize_t = self._true.memo_size
        parts: dict[Any, Any] = {}
        if memo is not None and size > 0:
            for place, label in enumerate(self._scalings):
                if size * (place + 1) <= len(memo):
                    parts[label] = memo[size * place : size * (place + 1)]
        for label in (*mapping, y):
            self._of(label)
        for label, p in mapping.items():
            self._of(label).learn(p, label == y, w, row.event, parts.get(label))
        return 0

    @cython.cfunc
    def _of(self, label: Any) -> Scaling:
        """The calibrator of a class; a new one where the class has none."""
        if label not in self._scalings:
            self._copies[label] = deepcopy(self._fresh)
            self._scalings[label] = scaling_of(self._copies[label])
        return self._scalings[label]

    @cython.cfunc
    def remember(self, row: Row) -> tuple[Any, ...]:
        memo: tuple[Any, ...] = ()
        if self.memo_size == 0:
            return memo
        if row.mapping is None:
            return self._true.remember(row.corrected)
        for label, scaling in self._scalings.items():
            one: Scaling = scaling
            memo += one.remember(row.mapping.get(label, 0.0))  # a class that is not named has probability 0
        return memo

    @cython.cfunc
    @cython.exceptval(check=False)
    def remembers(self, more: cython.Py_ssize_t) -> cython.bint:
        size: cython.Py_ssize_t = self._true.memo_size
        return more == 0 or (
            size > 0 and more > 0 and more % size == 0 and more // size < len(self._scalings)
        )

    def check_memo(self, memo: Any) -> None:
        self._true.check_memo(memo)  # all are copies of one calibrator


@cython.cclass
class JointScaling(ClassScaling):
    """One calibrator that implements `protocols.ClassCalibrator`, for True and False too."""

    def __init__(self, calibrator: Any) -> None:
        self.calibrator = calibrator
        self.memo_size = 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def calibrate(self, row: Row) -> cython.int:
        asked = row.mapping
        if asked is None:
            asked = {False: 1.0 - row.corrected, True: row.corrected}
        given = self.calibrator.calibrate_one(dict(asked))
        answer = probabilities_from(self.calibrator, "calibrate_one", given, asked)
        if row.mapping is None:
            row.calibrated = answer[TRUE]
        else:
            row.answer = answer
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def learn(
        self, row: Row, corrected: cython.double, mapping: Any, y: Any, w: cython.double, memo: Any
    ) -> cython.int:
        self.calibrator.learn_one(
            {False: 1.0 - corrected, True: corrected} if mapping is None else dict(mapping), y, w
        )
        return 0
