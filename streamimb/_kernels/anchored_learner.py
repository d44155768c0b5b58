# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""A learner with the public methods of a River classifier, anchored on its own class prior or on a given offset.

A subclass implements `read`, `probability`, `observe`, `step` and `unseen`, and `remember` where it has a memo.
"""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.batch import Batch
    from streamimb._kernels.learner_arguments import finite_offset, is_true, weight_of
    from streamimb._kernels.ports import Learner
    from streamimb._kernels.prior_bank import PriorBank
    from streamimb._kernels.row import Row
else:
    from cython.cimports.streamimb._kernels.batch import Batch
    from cython.cimports.streamimb._kernels.learner_arguments import finite_offset, is_true, weight_of
    from cython.cimports.streamimb._kernels.ports import Learner
    from cython.cimports.streamimb._kernels.prior_bank import PriorBank
    from cython.cimports.streamimb._kernels.row import Row

from streamimb._kernels.batch import checked_events, events_in
from streamimb._kernels.learner_arguments import KEYWORDS, refuse_unknown

WEIGHT_CAP = cython.declare(cython.double, limits.WEIGHT_CAP)  # a larger weight counts as this


@cython.cclass
class AnchoredLearner(Learner):
    """Fields are declared in anchored_learner.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has a valid prior too.
        self._prior = PriorBank()

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def unseen(self, row: Row) -> cython.bint:
        """Whether the event has a feature for which `observe` has to make room before `step`."""
        raise NotImplementedError("this method belongs to a subclass")

    # ------------------------------------------------------------------ a model

    @cython.cfunc
    @cython.exceptval(check=False)
    def reads_directly(self) -> cython.bint:
        return True

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def score(self, row: Row) -> cython.int:
        offset: cython.double = self._prior.log_odds
        if row.more is not None and row.more.get("offset") is not None:
            offset = finite_offset(row.more["offset"])
        row.corrected = row.calibrated = self.probability(row, offset)
        row.scored = True
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def rate(self, row: Row) -> cython.int:
        row.raw = self.own(row.corrected)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def check(self, y: Any, more: Any) -> cython.int:
        is_true(y)
        if more is not None:
            refuse_unknown(more, KEYWORDS)
            if more.get("offset") is not None:
                finite_offset(more["offset"])
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def learn(self, row: Row, y: Any, w: cython.double) -> cython.int:
        return self._learn(row, is_true(y), None if row.more is None else row.more.get("offset"), w)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _learn(self, row: Row, label: cython.bint, offset: Any, w: cython.double) -> cython.int:
        anchor: cython.double = self._prior.log_odds if offset is None else finite_offset(offset)
        w = w if w < WEIGHT_CAP else WEIGHT_CAP
        self.observe(row, label, anchor, w)
        if offset is not None or self._prior.teaches(label):
            self.step(row, label, anchor, w)
        if offset is None:
            self._prior.track(1.0 if label else 0.0, w)
        return 0

    # ------------------------------------------------------------------ a classifier

    def learn_one(  # type: ignore[override]  # without **kwargs, unknown keywords raise
        self, x: Any, y: Any, w: Any = 1.0, offset: Any = None, memo: Any = None
    ) -> None:
        """Learn from an event of weight w, anchored on the prior, or at `offset` (log-odds) where it is given."""
        label: cython.bint = is_true(y)
        checked = None if memo is None else self.checked_memo(memo)
        if offset is not None:
            finite_offset(offset)
        weight: cython.double = weight_of(w)
        if weight != 1.0 and not self.takes(weight):
            return
        row: Row = self._begin(x, None)
        try:
            row.memo = checked
            self._learn(row, label, offset, weight)
        finally:
            row.done()

    def predict_proba_one(self, x: Any, offset: Any = None) -> dict[bool, float]:  # type: ignore[override]  # as above
        """Return the probability of False and True, anchored on the prior, or at `offset` where it is given."""
        row: Row = self._begin(x, None)
        try:
            p: cython.double = self.probability(
                row, self._prior.log_odds if offset is None else finite_offset(offset)
            )
        finally:
            row.done()
        return {False: 1.0 - p, True: p}

    # ------------------------------------------------------------------ the protocol of an OffsetLearner

    def predict_offset_one(self, x: Any, offset: Any) -> float:
        """Return P(True) with the log-odds anchored at `offset`."""
        row: Row = self._begin(x, None)
        try:
            p: cython.double = self.probability(row, finite_offset(offset))
        finally:
            row.done()
        return p

    def memo_one(self, x: Any, offset: Any) -> tuple[float, ...]:
        """Return what every expert says of an event at this offset, for `observe_one`."""
        row: Row = self._begin(x, None)
        try:
            self.probability(row, finite_offset(offset))
            return self.remember(row)
        finally:
            row.done()

    def observe_one(self, x: Any, y: Any, offset: Any, w: Any = 1.0, memo: Any = None) -> None:
        """Learn from every labelled event what does not depend on sampling, such as the weights of experts."""
        label: cython.bint = is_true(y)
        checked = None if memo is None else self.checked_memo(memo)
        at: cython.double = finite_offset(offset)
        weight: cython.double = weight_of(w)
        if self.takes(weight):
            row: Row = self._begin(x, None)
            try:
                row.memo = checked
                self.observe(row, label, at, weight)
            finally:
                row.done()

    def step_one(self, x: Any, y: Any, offset: Any, w: Any = 1.0) -> None:
        """Take a step of weight w on g + offset, after `observe_one` of this event."""
        label: cython.bint = is_true(y)
        at: cython.double = finite_offset(offset)
        weight: cython.double = weight_of(w)
        if self.takes(weight):
            row: Row = self._begin(x, None)
            try:
                self.probability(row, at)
                if self.unseen(row):
                    raise ValueError(
                        "step_one: the event has a feature that observe_one has not seen: call that first"
                    )
                self.step(row, label, at, weight)
            finally:
                row.done()

    # ------------------------------------------------------------------ batches

    def learn_events(self, events: Any, y: Any, w: Any = None) -> None:
        """Learn a list of dicts as a loop of `learn_one` does. Weights are floats, or None for 1."""
        r: cython.Py_ssize_t
        row: Row
        self.check_ready()
        listed: list[Any] = checked_events(events)
        batch: Batch = Batch(y, w, len(listed))
        for r in range(len(listed)):
            if batch.weight(r) > 0.0:
                row = self.read(listed[r])
                try:
                    self._learn(row, batch.label(r), None, batch.weight(r))
                finally:
                    row.done()

    def learn_rows(self, names: Any, x: Any, y: Any, w: Any = None) -> None:
        """Learn the rows of a matrix of floats as a loop of `learn_one` does; NaN is missing.

        Columns are called by `names`, or 0, 1, 2, ... where that is None. Weights are floats, or None for 1.
        """
        self.learn_events(events_in(names, x), y, w)

    def predict_events(self, events: Any) -> list[dict[bool, float]]:
        """Return the probability of False and True of every dict of a list; changes nothing."""
        r: cython.Py_ssize_t
        p: cython.double
        row: Row
        self.check_ready()
        answers: list[Any] = checked_events(events)
        offset: cython.double = self._prior.log_odds
        for r in range(len(answers)):
            row = self.read(answers[r])
            try:
                p = self.probability(row, offset)
            finally:
                row.done()
            answers[r] = {False: 1.0 - p, True: p}
        return answers

    def predict_rows(self, names: Any, x: Any, out: Any) -> None:
        """Write P(True) of every row of a matrix of floats; changes nothing."""
        for r, answer in enumerate(self.predict_events(events_in(names, x))):
            out[r] = answer[True]
