# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""An ensemble as one model: each member reads, scores and learns an event in a row of its own.

Members are ports, so an event is read and scored once by each, also where it is scored and then learned. Two Python
objects combine the answers, and watch and replace members.
"""

from __future__ import annotations

from math import nan
from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.answer import other_classes
    from streamimb._kernels.ports import Model
    from streamimb._kernels.row import Row
else:
    from cython.cimports.streamimb._kernels.answer import other_classes
    from cython.cimports.streamimb._kernels.ports import Model
    from cython.cimports.streamimb._kernels.row import Row

from streamimb._kernels.answer import true_of
from streamimb._kernels.class_blocks import MOST_LEARNED_CLASSES, TOO_MANY
from streamimb._kernels.member_memos import named, numbers_of, taken_apart
from streamimb._kernels.memos import refuse_size


@cython.cclass
class BaggedRow(Row):
    """The row of an ensemble, with those of its members. Fields of both classes here: bagged.pxd."""

    def __init__(self) -> None:
        Row.__init__(self)
        self.rows: Any = None  # a list of rows, or None
        self.told: Any = None

    @cython.cfunc
    @cython.exceptval(check=False)
    def done(self) -> cython.void:
        one: Row
        if self.rows is not None:
            for one in self.rows:
                one.done()
            self.rows = self.told = None
        Row.done(self)


@cython.cclass
class BaggedModel(Model):
    """A subclass has `_members`, with the methods of `ensemble.members.Members`, and a combiner.

    A memo has what `member_memos` says. A member that replaced another after the
    event was served ignores it, and is judged by its answer at label time.
    """

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid labels too.
        self._bag_labels = {}

    def __init__(self, members: Any, combiner: Any) -> None:
        first: Model = members.all[0]
        self.set_up(0)
        self._bag, self._bag_combiner = members, combiner
        self._judged = bool(combiner.judges or members.judges)
        self._by_prior = bool(combiner.judges)
        self._bag_labels = {}
        if self._judged or first.memo_size > 0:
            said = len(members.all) * (2 + int(self._judged) + first.memo_size)
            self.memo_size = 1 + int(self._by_prior) + said

    @cython.cfunc
    def lend(self, x: Any) -> Row:
        row: Row = self.spare
        if row is None:
            row = self.spare = BaggedRow()
        elif row.busy:
            row = BaggedRow()
        row.begin(x)
        return row

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def fill(self, row: Row) -> cython.int:
        """Nothing: each member reads the event when it scores it."""
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def score(self, row: Row) -> cython.int:
        i: cython.Py_ssize_t
        bag: BaggedRow = row
        member: Model
        inside: Row
        told: Any = None
        answers: list[Any] = []
        members: list[Any] = self._bag.all
        generations: list[Any] = self._bag.generations
        bag.rows = []
        if row.memo is not None and self.memo_size > 0:
            told = bag.told = self._apart(row.memo)
        for i in range(len(members)):
            member = members[i]
            inside = member.read(row.x)
            bag.rows.append(inside)
            inside.more = row.more
            if told is not None and generations[i] == told.generations[i]:
                inside.memo = told.own[i] or None
            member.score(inside)
            answers.append(member.answer_of(inside))
        p = self._bag_combiner.answer(answers)
        if other_classes(p):
            row.mapping = row.answer = p
            row.corrected = row.calibrated = nan
        else:
            row.corrected = row.calibrated = true_of(p)
        row.scored = True
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def check(self, y: Any, more: Any) -> cython.int:
        first: Model = self._bag.all[0]
        self._refuse_one_too_many(y)
        return first.check(y, more)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _refuse_one_too_many(self, y: Any) -> cython.int:
        """Raises ValueError for a label that would be one more than can be learned; whoever judges keeps them all."""
        if len(self._bag_labels) >= MOST_LEARNED_CLASSES and y not in self._bag_labels:
            raise ValueError(TOO_MANY)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def learn(self, row: Row, y: Any, w: cython.double) -> cython.int:
        """The first member refuses what any of them would refuse, before it has changed."""
        i: cython.Py_ssize_t
        bag: BaggedRow = row
        member: Model
        answers: list[Any] = []
        prior: Any = None
        self._refuse_one_too_many(y)
        if not row.scored:
            self.score(row)
        if self._judged:
            answers = self._served(bag)
            prior = None if bag.told is None else bag.told.prior
        members: list[Any] = self._bag.all
        for i in range(len(members)):
            member = members[i]
            member.learn(bag.rows[i], y, w)
        if self._judged:
            self._bag.judge(row.x, y, w, row.more or {}, answers)
            self._bag_combiner.learn(answers, y, w, prior)
            self._bag_labels[y] = None
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def takes(self, w: cython.double) -> cython.bint:
        first: Model = self._bag.all[0]
        return first.takes(w)

    # ------------------------------------------------------------------ memos

    @cython.cfunc
    def remember(self, row: Row) -> tuple[Any, ...]:
        i: cython.Py_ssize_t
        bag: BaggedRow = row
        member: Model
        inside: Row
        if self.memo_size == 0:
            return ()
        labels = list(self._bag_labels)
        members: list[Any] = self._bag.all
        answers: list[Any] = []
        if self._judged:
            answers = self._served(bag)
        classes = named(labels, answers)
        order = labels if classes > 0 else []
        memo: list[Any] = [float(classes)]
        if self._by_prior and classes >= 0:
            memo += numbers_of(self._bag_combiner.prior.get(), order)
        for i in range(len(members)):
            member, inside = members[i], bag.rows[i]
            own = member.remember(inside)
            memo += (float(self._bag.generations[i]), float(len(own)))
            if self._judged and classes >= 0:
                memo += numbers_of(answers[i], order)
            memo += own
        return tuple(memo)

    def _apart(self, memo: Any) -> Any:
        """A memo, taken apart; raises ValueError for what is none of this ensemble."""
        n, labels = len(self._bag.all), list(self._bag_labels)
        return taken_apart(memo, n, labels, bool(self._judged), bool(self._by_prior))

    @cython.cfunc
    def _served(self, row: BaggedRow) -> list[Any]:
        """The answer of each member when the event was served; its present one without a memo or once replaced."""
        i: cython.Py_ssize_t
        member: Model
        answers: list[Any] = []
        members: list[Any] = self._bag.all
        generations: list[Any] = self._bag.generations
        for i in range(len(members)):
            member = members[i]
            answer: Any = None
            if row.told is not None and generations[i] == row.told.generations[i]:
                answer = row.told.said[i]
            answers.append(member.answer_of(row.rows[i]) if answer is None else answer)
        return answers

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def length(self, memo: Any) -> cython.Py_ssize_t:
        i: cython.Py_ssize_t
        member: Model
        if self.memo_size == 0:
            return 0
        told = self._apart(memo)
        members: list[Any] = self._bag.all
        for i in range(len(members)):
            if self._bag.generations[i] == told.generations[i]:
                member = members[i]
                refuse_size(told.own[i], member.length(told.own[i]))
        return told.length

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def kept(self) -> cython.double:
        return self._bag.kept_share

    # ------------------------------------------------------------------ state

    def _labels_learned(self) -> list[Any]:
        """The labels that were learned, in the order of their first event."""
        return list(self._bag_labels)

    def _resume_labels(self, labels: list[Any]) -> None:
        """Continue with labels that were learned."""
        self._bag_labels = dict.fromkeys(labels)
