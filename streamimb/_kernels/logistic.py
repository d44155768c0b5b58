# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Logistic learner of feature dicts: several experts mixed, anchored on a class prior or on a given offset.

It consists of a feature reader and of experts: linear ones, and additive ones where the learner has a basis.
"""

from __future__ import annotations

from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.anchored_learner import AnchoredLearner
    from streamimb._kernels.basis import curved_of, grid_of
    from streamimb._kernels.batch import Batch
    from streamimb._kernels.feature_reader import Reader
    from streamimb._kernels.linear_experts import LinearExperts
    from streamimb._kernels.linear_work import LinearWork
    from streamimb._kernels.matrix_reader import MatrixReader
    from streamimb._kernels.prior_bank import PriorBank
    from streamimb._kernels.row import Row
else:
    from cython.cimports.streamimb._kernels.anchored_learner import AnchoredLearner
    from cython.cimports.streamimb._kernels.basis import curved_of, grid_of
    from cython.cimports.streamimb._kernels.batch import Batch
    from cython.cimports.streamimb._kernels.feature_reader import Reader
    from cython.cimports.streamimb._kernels.linear_experts import LinearExperts
    from cython.cimports.streamimb._kernels.linear_work import LinearWork
    from cython.cimports.streamimb._kernels.matrix_reader import MatrixReader
    from cython.cimports.streamimb._kernels.prior_bank import PriorBank
    from cython.cimports.streamimb._kernels.row import Row

from streamimb._kernels.feature_reader import CHANGED
from streamimb._kernels.memos import refuse_outside
from streamimb._kernels.pairs import paired
from streamimb._kernels.saved import Entry


@cython.cclass
class Logistic(AnchoredLearner):
    """Fields are declared in logistic.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid parts too.
        self._reader, self._experts = Reader(), LinearExperts((1.0,), 1, 0)

    def __init__(
        self,
        prior: PriorBank,
        rates: tuple[float, ...],
        hash_bits: int,
        hash_seed: int,
        basis_fields: int = 0,
        loss: Any = None,
        interactions: Any = None,
    ) -> None:
        reader: Reader = Reader(hash_seed)
        pairs = paired(reader, interactions, hash_bits)
        experts: LinearExperts = LinearExperts(rates, hash_bits, basis_fields, loss, pairs)
        self.set_up(experts.memo_size)
        self._prior, self._reader, self._experts = prior, reader, experts

    # ------------------------------------------------------------------ a learner

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def fill(self, row: Row) -> cython.int:
        work: LinearWork = self._experts.work_of(row)
        work.summed = False
        return self._reader.read(row, row.x)

    @cython.cfunc
    def _work(self, row: Row) -> LinearWork:
        """The work of a row, with its numbers standardised and its log-odds summed; computed once."""
        work: LinearWork = row.work
        if not work.summed:
            if row.n_odd > 0:
                raise TypeError(row.odd)
            self._experts.fit(self._reader.capacity)
            self._experts.prepare(row, work)
        return work

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def probability(self, row: Row, offset: cython.double) -> cython.double:
        return self._experts.probability(self._work(row), offset)

    @cython.cfunc
    def remember(self, row: Row) -> tuple[Any, ...]:
        work: LinearWork = row.work
        return self._experts.mixture.remember(work)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def length(self, memo: Any) -> cython.Py_ssize_t:
        if len(memo) >= self.memo_size:
            refuse_outside(memo, 0, self.memo_size)
        return self.memo_size

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def observe(self, row: Row, y: cython.bint, offset: cython.double, w: cython.double) -> cython.int:
        work: LinearWork = self._work(row)
        if self.unseen(row):
            if row.strange:
                self._reader.register(row)
            if self._experts.needs_table(row):
                self._experts.open_table()
            self._experts.fit(self._reader.capacity)
            self._experts.prepare(row, work)
        self._experts.observe(row, work, y, offset, w)
        self._reader.presence.note(row)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def step(self, row: Row, y: cython.bint, offset: cython.double, w: cython.double) -> cython.int:
        if w > 0.0:
            if self._experts.needs_table(row):
                self._experts.open_table()
            self._experts.step(row, row.work, y, offset, w)
        return 0

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def own(self, p: cython.double) -> cython.double:
        return self._experts.own(p)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def unseen(self, row: Row) -> cython.bint:
        return row.strange or self._experts.needs_table(row)

    # ------------------------------------------------------------------ matrices, read without dicts

    def learn_rows(self, names: Any, x: Any, y: Any, w: Any = None) -> None:
        r: cython.Py_ssize_t
        strange: cython.bint
        self.check_ready()
        row: Row = self.lend(None)
        try:
            work: LinearWork = self._experts.work_of(row)
            matrix: MatrixReader = MatrixReader(self._reader, names, x)
            batch: Batch = Batch(y, w, matrix.x.shape[0])
            for r in range(matrix.x.shape[0]):
                if batch.weight(r) > 0.0:
                    matrix.read(row, r)
                    work.summed = False
                    strange = row.strange
                    self._learn(row, batch.label(r), None, batch.weight(r))
                    if strange:
                        matrix.find_columns()
        finally:
            row.done()

    def predict_rows(self, names: Any, x: Any, out: cython.double[:]) -> None:
        r: cython.Py_ssize_t
        if out is None:
            raise TypeError("out: expected a buffer of floats")
        self.check_ready()
        row: Row = self.lend(None)
        try:
            work: LinearWork = self._experts.work_of(row)
            matrix: MatrixReader = MatrixReader(self._reader, names, x)
            if matrix.x.shape[0] != len(out):
                raise ValueError("out: expected one entry per row of x")
            offset: cython.double = self._prior.log_odds
            for r in range(matrix.x.shape[0]):
                matrix.read(row, r)
                work.summed = False
                out[r] = self.probability(row, offset)
        finally:
            row.done()

    # ------------------------------------------------------------------ contributions and state

    def parts_one(self, x: Any) -> tuple[list[tuple[Any, float]], float]:
        """(name, contribution) of the intercept (named None), every feature and pair, mixed; and the anchor."""
        j: cython.Py_ssize_t
        row: Row = self._begin(x, None)
        try:
            work: LinearWork = self._work(row)
            bias, numbers, gaps, texts, pairs = self._experts.parts(row, work)
            names = self._reader.names
            parts: list[tuple[Any, float]] = [(None, bias[0])]
            for j in range(row.n):
                parts.append((names[self._reader.owner[row.slots[j]]], numbers[j]))
            for j in range(row.n_gaps):
                parts.append((names[self._reader.owner[row.gaps[j]]], gaps[j]))
            words = [name for name in list(x) if isinstance(x[name], str)]
            if len(words) != row.n_texts:
                raise ValueError(CHANGED)
            for j in range(row.n_texts):
                parts.append((words[j], texts[j]))
        finally:
            row.done()
        return [*parts, *pairs], self._prior.log_odds

    def _grid_of(self, name: Any) -> list[tuple[float, float]]:
        """Values of a number with a basis, and about how many labelled events are nearest to each.

        Raises
        ------
        LookupError
            Where there is no such number, or it has no basis yet: why, to be read after the name.
        """
        self.check_ready()
        self._experts.fit(self._reader.capacity)
        return grid_of(self._reader, self._experts.basis, name)

    def _curved(self) -> list[Any]:
        """The names of the numbers with a curve."""
        self.check_ready()
        return curved_of(self._reader, self._experts.basis)

    def memory_bytes(self) -> int:
        """Bytes of all buffers, and about those of the names."""
        self.check_ready()
        return int(self._experts.memory_bytes() + 300 * self._reader.capacity)

    def __getstate__(self) -> dict[str, Any]:
        self.check_ready()
        n: cython.Py_ssize_t = self._reader.presence.numbers
        self._experts.fit(self._reader.capacity)  # the index may have grown since the last event was scored
        return {
            "prior": self._prior,
            "reader": self._reader.__getstate__(),
            "experts": self._experts.state(n),
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        reader: Reader = Reader()
        experts: LinearExperts = LinearExperts((1.0,), 1, 0)
        prior: PriorBank = state["prior"]
        if prior is None:
            raise ValueError("state: prior must be a class prior")
        with Entry("reader"):
            reader.__setstate__(state["reader"])
        pairs = paired(reader, state.get("interactions"), state.get("hash_bits", 1))
        with Entry("experts"):
            experts.resume(state["experts"], reader.presence.numbers, state.get("loss"), pairs)
        self.set_up(experts.memo_size)
        self._prior, self._reader, self._experts = prior, reader, experts
