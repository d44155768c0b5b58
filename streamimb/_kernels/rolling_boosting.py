# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Boosted trees on a ring of events, with leaves corrected online, mixed with a companion: one learner with offsets.

It consists of a feature reader, columns, statistics of categories, a rolling forest, and a mixture of experts: the
forest with the corrections of each rate, and the companion.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import limits, tree_work

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.anchored_learner import AnchoredLearner
    from streamimb._kernels.category_statistics import CategoryStatistics
    from streamimb._kernels.class_logs import share_at
    from streamimb._kernels.feature_reader import Reader
    from streamimb._kernels.learner_arguments import finite_offset
    from streamimb._kernels.ports import Learner
    from streamimb._kernels.prior_bank import PriorBank
    from streamimb._kernels.rolling_forest import RollingForest
    from streamimb._kernels.row import Row
    from streamimb._kernels.served_mixture import ServedMixture
    from streamimb._kernels.tree_columns import TreeColumns
    from streamimb._kernels.tree_work import TreeWork
else:
    from cython.cimports.streamimb._kernels.anchored_learner import AnchoredLearner
    from cython.cimports.streamimb._kernels.category_statistics import CategoryStatistics
    from cython.cimports.streamimb._kernels.class_logs import share_at
    from cython.cimports.streamimb._kernels.feature_reader import Reader
    from cython.cimports.streamimb._kernels.learner_arguments import finite_offset
    from cython.cimports.streamimb._kernels.ports import Learner
    from cython.cimports.streamimb._kernels.prior_bank import PriorBank
    from cython.cimports.streamimb._kernels.rolling_forest import RollingForest
    from cython.cimports.streamimb._kernels.row import Row
    from cython.cimports.streamimb._kernels.served_mixture import ServedMixture
    from cython.cimports.streamimb._kernels.tree_columns import TreeColumns
    from cython.cimports.streamimb._kernels.tree_work import TreeWork

from streamimb._kernels.forest_paths import column_gains, path_contributions
from streamimb._kernels.memos import refuse_outside
from streamimb._kernels.saved import Entry

WEIGHT_CAP = cython.declare(cython.double, limits.WEIGHT_CAP)  # a larger weight counts as this
NOWHERE = cython.declare(cython.double, limits.NOWHERE)
STATISTICS = cython.declare(cython.Py_ssize_t, tree_work.STRING_COLUMNS)  # of each string
MOST_STATISTICS = limits.MOST_STATISTICS


@cython.cclass
class RollingBoosting(AnchoredLearner):
    """Fields are declared in rolling_boosting.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid parts too.
        self._reader, self._beside = Reader(), Learner()
        self._columns, self._categories = TreeColumns(1), CategoryStatistics(1)
        self._rolling = RollingForest(1, 2, (0.0,), 1.0, 1.0, 1, 1, 1.0, 1.0, 1, 0)
        self._mixture = ServedMixture(1)
        self._served = array("d", bytes(8))

    def __init__(
        self,
        prior: PriorBank,
        rolling: RollingForest,
        columns: int,
        bits: int,
        hash_seed: int,
        companion: Any,
    ) -> None:
        experts = rolling.forest.rates + (0 if companion is None else 1)
        beside: Learner = Learner() if companion is None else companion
        reader: Reader = Reader(hash_seed)
        read: TreeColumns = TreeColumns(columns)
        categories: CategoryStatistics = CategoryStatistics(bits)
        mixture: ServedMixture = ServedMixture(experts)
        self.set_up(experts + 1 + (0 if companion is None else beside.memo_size))
        self._prior, self._rolling, self._reader = prior, rolling, reader
        self._columns, self._categories, self._mixture = read, categories, mixture
        self._served = array("d", bytes(8 * experts))
        self._accompanied, self._beside = companion is not None, beside

    # ------------------------------------------------------------------ a learner

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def fill(self, row: Row) -> cython.int:
        work: TreeWork
        if row.work is None:
            row.work = TreeWork(self._rolling.forest.trees, self._rolling.forest.rates, self._mixture.experts)
        work = row.work
        work.walked = False
        work.said_at = NOWHERE
        self._reader.read(row, row.x)
        if self._accompanied:
            row.inside = self._beside.read(row.x)
        return 0

    @cython.cfunc
    def _work(self, row: Row) -> TreeWork:
        """The work of a row, with its columns and leaves; computed once."""
        work: TreeWork = row.work
        if not work.walked:
            if row.n_odd > 0:
                raise TypeError(row.odd)
            self._prepare(row, work)
        elif work.columns < self._columns.n:  # taught by a part that was called since
            self._place(row, work)
        return work

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _prepare(self, row: Row, work: TreeWork) -> cython.int:
        work.fit(self._columns.n, row.n_texts)
        if row.memo is None:
            self._categories.compute(row, work.statistics)
        else:
            # As they were when the event was served: now they would know labels that came after it.
            self._categories.recall(row, work.statistics, self._length_without_statistics(row.memo))
        self._place(row, work)
        return 0

    @cython.cfunc
    def _place(self, row: Row, work: TreeWork) -> cython.void:
        """Sets the columns of a row whose statistics are known, and its leaves."""
        work.fit(self._columns.n, 0)
        self._columns.fill(row, work)
        work.columns = self._columns.n
        self._rolling.forest.walk(work)
        work.walked = True
        work.said_at = NOWHERE

    @cython.cfunc
    def _said(self, row: Row, offset: cython.double) -> TreeWork:
        """The work of a row, with the probability of every expert at this offset."""
        k: cython.Py_ssize_t
        work: TreeWork = self._work(row)
        if offset != work.said_at:
            for k in range(work.rates):
                work.said[k] = share_at(work.margins[k] + offset)
            if self._accompanied:
                row.inside.memo = (
                    None
                    if row.memo is None
                    else row.memo[self._mixture.experts + 1 : self._length_without_statistics(row.memo)]
                )
                work.said[work.rates] = self._beside.probability(row.inside, offset)
            work.said_at = offset
        return work

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def probability(self, row: Row, offset: cython.double) -> cython.double:
        return self._mixture.mix(self._said(row, offset).said)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def observe(self, row: Row, y: cython.bint, offset: cython.double, w: cython.double) -> cython.int:
        k: cython.Py_ssize_t
        n: cython.Py_ssize_t = self._mixture.experts
        w = w if w < WEIGHT_CAP else WEIGHT_CAP
        work: TreeWork = self._said(row, offset)
        for k in range(n):
            self._served[k] = work.said[k] if row.memo is None else row.memo[1 + k]
        if self.unseen(row):
            if row.strange:
                self._reader.register(row)
            self._columns.register(row, self._reader)
            self._place(row, work)
        if self._accompanied:
            self._beside.observe(row.inside, y, offset, w)
        self._mixture.judge(self._served, y, w)
        self._categories.observe(row, y, w)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def step(self, row: Row, y: cython.bint, offset: cython.double, w: cython.double) -> cython.int:
        if w > 0.0:
            w = w if w < WEIGHT_CAP else WEIGHT_CAP
            if self._accompanied:
                self._beside.step(row.inside, y, offset, w)
            self._rolling.learn(self._work(row), self._columns.n, y, offset, w)
        return 0

    @cython.cfunc
    def remember(self, row: Row) -> tuple[Any, ...]:
        """The number of statistics; what the experts said; the companion's memo; the statistics."""
        k: cython.Py_ssize_t
        work: TreeWork = row.work
        memo: list[Any] = [float(STATISTICS * row.n_texts)]
        for k in range(self._mixture.experts):
            memo.append(work.said[k])
        if self._accompanied:
            memo.extend(self._beside.remember(row.inside))
        memo.extend(self._categories.remember(row, work.statistics))
        return tuple(memo)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def length(self, memo: Any) -> cython.Py_ssize_t:
        own: cython.Py_ssize_t
        if len(memo) < self.memo_size or not 0.0 <= memo[0] <= MOST_STATISTICS:
            return self.memo_size
        refuse_outside(memo, 1, 1 + self._mixture.experts)
        own = self._length_without_statistics(memo)
        return own + self._categories.length(memo, own)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _length_without_statistics(self, memo: Any) -> cython.Py_ssize_t:
        """How many floats of a memo come before the statistics; those of the companion may depend on the event."""
        own: cython.Py_ssize_t = self._mixture.experts + 1
        return own + (self._beside.length(memo[own:]) if self._accompanied else 0)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def unseen(self, row: Row) -> cython.bint:
        return row.strange or self._columns.lacks(row)

    # ------------------------------------------------------------------ explanations and state

    def parts_one(self, x: Any, offset: Any) -> tuple[list[tuple[Any, float]], float, float]:
        """(name, contribution) of each column, the first named None; the anchor; the companion's weight."""
        k: cython.Py_ssize_t
        anchor: cython.double = self._prior.log_odds if offset is None else finite_offset(offset)
        row: Row = self._begin(x, None)
        try:
            work: TreeWork = self._said(row, anchor)
            weights = [self._mixture.share[k] for k in range(work.rates)]
            common, added = path_contributions(self._rolling.forest, work, weights, self._columns.n)
        finally:
            row.done()
        parts = [(None, common), *zip(self._names(), added, strict=True)]
        return parts, anchor, self._mixture.share[work.rates] if self._accompanied else 0.0

    def _gains(self) -> list[tuple[Any, float]]:
        """(name, gain) of each column, over the trees that are in use."""
        self.check_ready()
        return list(zip(self._names(), column_gains(self._rolling.forest, self._columns.n), strict=True))

    @cython.cfunc
    def _names(self) -> list[Any]:
        """The field of each column."""
        j: cython.Py_ssize_t
        return [self._reader.names[self._columns.field[j]] for j in range(self._columns.n)]

    def memory_bytes(self) -> int:
        """Bytes of all buffers, and about those of the names; without the companion's."""
        self.check_ready()
        return int(
            self._rolling.memory_bytes() + self._categories.memory_bytes() + 300 * self._reader.capacity
        )

    def __getstate__(self) -> dict[str, Any]:
        self.check_ready()
        return {
            "prior": self._prior,
            "reader": self._reader.__getstate__(),
            "columns": self._columns.__getstate__(),
            "categories": self._categories.__getstate__(),
            "forest": self._rolling.__getstate__(),
            "shares": self._mixture.__getstate__(),
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
        with Entry("forest"):
            self._rolling.resume(state["forest"], self._columns.n)
        with Entry("shares"):
            self._mixture.resume(state["shares"])
        self._prior, self._reader = prior, reader

    def _adopt(self, made: RollingBoosting) -> None:
        """Become another object of the same parameters."""
        if made is None:
            raise TypeError("made: expected a learner of trees")
        self.set_up(made.memo_size)
        self._prior, self._reader, self._columns = made._prior, made._reader, made._columns
        self._categories, self._rolling, self._mixture = made._categories, made._rolling, made._mixture
        self._served, self._beside, self._accompanied = made._served, made._beside, made._accompanied
