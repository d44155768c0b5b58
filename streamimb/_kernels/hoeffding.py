# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""A tree that grows online, split by split, behind the ports of a learner with offsets.

It consists of a feature reader, columns, statistics of categories, and a tree with counts and two models in each leaf.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import limits, tree_work

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import exp

    from streamimb._kernels.anchored_learner import AnchoredLearner
    from streamimb._kernels.category_statistics import CategoryStatistics
    from streamimb._kernels.feature_reader import Reader
    from streamimb._kernels.hoeffding_tree import HoeffdingTree
    from streamimb._kernels.hoeffding_work import HoeffdingWork
    from streamimb._kernels.learner_arguments import finite_offset
    from streamimb._kernels.prior_bank import PriorBank
    from streamimb._kernels.row import Row
    from streamimb._kernels.tree_columns import TreeColumns
else:
    from cython.cimports.libc.math import exp
    from cython.cimports.streamimb._kernels.anchored_learner import AnchoredLearner
    from cython.cimports.streamimb._kernels.category_statistics import CategoryStatistics
    from cython.cimports.streamimb._kernels.feature_reader import Reader
    from cython.cimports.streamimb._kernels.hoeffding_tree import HoeffdingTree
    from cython.cimports.streamimb._kernels.hoeffding_work import HoeffdingWork
    from cython.cimports.streamimb._kernels.learner_arguments import finite_offset
    from cython.cimports.streamimb._kernels.prior_bank import PriorBank
    from cython.cimports.streamimb._kernels.row import Row
    from cython.cimports.streamimb._kernels.tree_columns import TreeColumns

from streamimb._kernels.memos import refuse_outside
from streamimb._kernels.saved import Entry

WEIGHT_CAP = cython.declare(cython.double, limits.WEIGHT_CAP)  # a larger weight counts as this
NOWHERE = cython.declare(cython.double, limits.NOWHERE)
STATISTICS = cython.declare(cython.Py_ssize_t, tree_work.STRING_COLUMNS)  # of each string
MOST_STATISTICS = limits.MOST_STATISTICS
MOST_SHIFT = cython.declare(cython.double, 35.0)  # log of the weight cap


@cython.cclass
class Hoeffding(AnchoredLearner):
    """Fields are declared in hoeffding.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid parts too.
        self._reader, self._columns, self._categories = Reader(), TreeColumns(1), CategoryStatistics(1)
        self._tree = HoeffdingTree(1, 1, 1, False, 1.0, 1.0, 0.5, 0.5, 1.0, 0)
        self._served = array("d", bytes(16))

    def __init__(self, prior: PriorBank, tree: HoeffdingTree, bits: int, hash_seed: int) -> None:
        self.set_up(3)
        self._prior, self._tree = prior, tree
        self._reader = Reader(hash_seed)
        self._columns, self._categories = TreeColumns(tree.counts.most), CategoryStatistics(bits)
        self._served = array("d", bytes(16))

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def fill(self, row: Row) -> cython.int:
        work: HoeffdingWork
        if row.work is None:
            row.work = HoeffdingWork()
        work = row.work
        work.placed = False
        work.said_at = NOWHERE
        return self._reader.read(row, row.x)

    @cython.cfunc
    def _work(self, row: Row) -> HoeffdingWork:
        """The work of a row, with its columns and its leaf; computed once."""
        work: HoeffdingWork = row.work
        if not work.placed:
            if row.n_odd > 0:
                raise TypeError(row.odd)
            self._prepare(row, work)
        elif work.columns.columns < self._columns.n:  # taught by a part that was called since
            self._place(row, work)
        return work

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _prepare(self, row: Row, work: HoeffdingWork) -> cython.int:
        work.fit(self._columns.n, row.n_texts)
        if row.memo is None:
            self._categories.compute(row, work.columns.statistics)
        else:
            # As they were when the event was served: now they would know labels that came after it.
            self._categories.recall(row, work.columns.statistics, self.memo_size)
        self._place(row, work)
        return 0

    @cython.cfunc
    def _place(self, row: Row, work: HoeffdingWork) -> cython.void:
        """Sets the columns of a row whose statistics are known, and its leaf."""
        work.fit(self._columns.n, 0)
        self._columns.fill(row, work.columns)
        work.columns.columns = self._columns.n
        self._tree.place(work)
        work.placed = True
        work.said_at = NOWHERE

    @cython.cfunc
    def _said(self, row: Row, offset: cython.double) -> HoeffdingWork:
        """The work of a row, with the probability by both models of its leaf at this offset."""
        work: HoeffdingWork = self._work(row)
        if offset != work.said_at:
            self._tree.models.say(work.leaf, work.evidence, offset, work.said)
            work.said_at = offset
        return work

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def probability(self, row: Row, offset: cython.double) -> cython.double:
        work: HoeffdingWork = self._said(row, offset)
        return work.said[0] + self._tree.models.share(work.leaf) * (work.said[1] - work.said[0])

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def observe(self, row: Row, y: cython.bint, offset: cython.double, w: cython.double) -> cython.int:
        k: cython.Py_ssize_t
        w = w if w < WEIGHT_CAP else WEIGHT_CAP
        work: HoeffdingWork = self._said(row, offset)
        for k in range(2):
            self._served[k] = work.said[k] if row.memo is None else row.memo[1 + k]
        if self.unseen(row):
            if row.strange:
                self._reader.register(row)
            self._columns.register(row, self._reader)
            self._tree.fit(self._columns.n)
            self._place(row, work)
        # At the probability of now: one as it was served would move the level late, and too far.
        self._tree.models.settle(self.probability(row, offset), y, w)
        self._tree.models.judge(work.leaf, self._served, y, w, self._tree.counts.fade_of(work.leaf, y))
        work.said_at = offset
        self._categories.observe(row, y, w)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def step(self, row: Row, y: cython.bint, offset: cython.double, w: cython.double) -> cython.int:
        if w > 0.0:
            w = w if w < WEIGHT_CAP else WEIGHT_CAP
            work: HoeffdingWork = self._work(row)
            # The row was observed at the anchor; above it, the offset has log(r1 / r0) of the rates of its classes.
            shift: cython.double = offset - work.said_at
            shift = -shift if y else shift
            if self._tree.count(
                work, y, min(WEIGHT_CAP, w * exp(min(MOST_SHIFT, shift))) if shift > 0.0 else w
            ):
                self._tree.place(work)
            self._tree.models.step(
                work.leaf, work.evidence, y, offset, w, self._tree.counts.fade_of(work.leaf, y)
            )
            work.said_at = NOWHERE
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def unseen(self, row: Row) -> cython.bint:
        return row.strange or self._columns.lacks(row)

    @cython.cfunc
    def remember(self, row: Row) -> tuple[Any, ...]:
        """The number of statistics; what the two models said; the statistics."""
        work: HoeffdingWork = row.work
        memo: list[Any] = [float(STATISTICS * row.n_texts), work.said[0], work.said[1]]
        memo.extend(self._categories.remember(row, work.columns.statistics))
        return tuple(memo)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def length(self, memo: Any) -> cython.Py_ssize_t:
        if len(memo) < self.memo_size or not 0.0 <= memo[0] <= MOST_STATISTICS:
            return self.memo_size
        refuse_outside(memo, 1, self.memo_size)
        return self.memo_size + self._categories.length(memo, self.memo_size)

    # ------------------------------------------------------------------ explanations and state

    def parts_one(self, x: Any, offset: Any) -> tuple[list[tuple[Any, float]], float]:
        """(name, contribution) of the leaf (named None) and of every split and column; and the anchor."""
        j: cython.Py_ssize_t
        anchor: cython.double = self._prior.log_odds if offset is None else finite_offset(offset)
        row: Row = self._begin(x, None)
        try:
            work: HoeffdingWork = self._said(row, anchor)
            common, times = self._tree.models.mixed(work.leaf)
            names = [self._reader.names[self._columns.field[j]] for j in range(self._columns.n)]
            parts: list[tuple[Any, float]] = [(names[j], shift) for j, shift in self._tree.path(work)]
            parts.insert(0, (None, common - sum([shift for _, shift in parts])))
            for j in range(self._tree.counts.n):
                parts.append((names[j], times * self._tree.counts.evidence(work.leaf, work.bins, j, j + 1)))
        finally:
            row.done()
        return parts, anchor

    def _gains(self) -> list[tuple[Any, float]]:
        """(name, gain) of the column of each split."""
        k: cython.Py_ssize_t
        self.check_ready()
        nodes = self._tree.nodes
        names = self._reader.names
        return [
            (names[self._columns.field[nodes.column[k]]], nodes.gain[k])
            for k in range(2 * nodes.leaves - 1)
            if nodes.number[k] < 0
        ]

    def _leaves(self) -> int:
        """Leaves in use."""
        self.check_ready()
        return int(self._tree.nodes.leaves)

    def memory_bytes(self) -> int:
        """Bytes of all buffers, and about those of the names."""
        self.check_ready()
        return int(self._tree.memory_bytes() + self._categories.memory_bytes() + 300 * self._reader.capacity)

    def __getstate__(self) -> dict[str, Any]:
        self.check_ready()
        return {
            "prior": self._prior,
            "reader": self._reader.__getstate__(),
            "columns": self._columns.__getstate__(),
            "categories": self._categories.__getstate__(),
            "tree": self._tree.__getstate__(),
        }

    def _resume(self, state: Any) -> None:
        """Take over a saved state, after all of it was checked; only for an object that was just made."""
        reader: Reader = Reader()
        prior: PriorBank = state["prior"]
        if prior is None:
            raise ValueError("state: prior must be a class prior")
        with Entry("reader"):
            reader.__setstate__(state["reader"])
        with Entry("columns"):
            self._columns.resume(state["columns"], reader.known, reader.presence.numbers)
        with Entry("categories"):
            self._categories.resume(state["categories"])
        with Entry("tree"):
            self._tree.resume(state["tree"], self._columns.n)
        self._prior, self._reader = prior, reader

    def _adopt(self, made: Hoeffding) -> None:
        """Become another object of the same parameters."""
        if made is None:
            raise TypeError("made: expected a Hoeffding tree")
        self.set_up(made.memo_size)
        self._prior, self._reader, self._columns = made._prior, made._reader, made._columns
        self._categories, self._tree, self._served = made._categories, made._tree, made._served
