# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The experts of a logistic learner: linear ones at several learning rates, additive ones beside them where wanted.

All experts see the same standardised numbers, gaps and strings; additive ones see the coordinates of a basis too. Each
kind has its own AdaGrad weights, and one mixture weighs all experts.
"""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.saved import entries, refused

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.adagrad import AdaGrad
    from streamimb._kernels.basis import Basis
    from streamimb._kernels.binary_loss import BinaryLoss
    from streamimb._kernels.expert_mixture import ExpertMixture
    from streamimb._kernels.linear_work import LinearWork
    from streamimb._kernels.pair_weights import PairWeights
    from streamimb._kernels.pairs import Pairs
    from streamimb._kernels.row import Row
    from streamimb._kernels.standardizer import Standardizer
else:
    from cython.cimports.streamimb._kernels.adagrad import AdaGrad
    from cython.cimports.streamimb._kernels.basis import Basis
    from cython.cimports.streamimb._kernels.binary_loss import BinaryLoss
    from cython.cimports.streamimb._kernels.expert_mixture import ExpertMixture
    from cython.cimports.streamimb._kernels.linear_work import LinearWork
    from cython.cimports.streamimb._kernels.pair_weights import PairWeights
    from cython.cimports.streamimb._kernels.pairs import Pairs
    from cython.cimports.streamimb._kernels.row import Row
    from cython.cimports.streamimb._kernels.standardizer import Standardizer

WEIGHT_CAP = cython.declare(cython.double, limits.WEIGHT_CAP)  # a larger weight counts as this


@cython.cclass
class LinearExperts:
    """Fields are declared in linear_experts.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid parts too.
        self._assemble((1.0,), 1, 0)

    def __init__(
        self, rates: Any, hash_bits: int, basis_fields: int, loss: Any = None, pairs: Any = None
    ) -> None:
        self._assemble(rates, hash_bits, basis_fields)
        if pairs is not None:
            self._take_up(pairs, PairWeights(self.additive.padded, hash_bits))
        if loss is not None:
            self.loss = BinaryLoss(loss)

    @cython.cfunc
    def _assemble(self, rates: Any, hash_bits: Any, basis_fields: Any) -> cython.void:
        basis: Any = None
        additive: Any = None
        self.loss: Any = None  # a BinaryLoss, or None
        self.moments, self.linear = Standardizer(), AdaGrad(rates, hash_bits)
        if basis_fields > 0:
            basis, additive = Basis(basis_fields, 2), AdaGrad(rates, hash_bits, True)
            additive.beside(self.linear)
        self.basis, self.additive, self.pairs = basis, additive, None
        self.mixture = ExpertMixture(len(rates) if additive is None else 2 * len(rates))

    @cython.cfunc
    def _take_up(self, pairs: Pairs, cells: PairWeights) -> cython.void:
        """Lets the additive experts see the cells of pairs of fields, with these weights."""
        self.pairs = pairs
        self.additive.basis.pairs = cells

    @property
    def memo_size(self) -> int:
        """Floats that the mixture wants back at the label."""
        return self.mixture.memo_size

    @cython.cfunc
    def work_of(self, row: Row) -> LinearWork:
        """The work of a row for these experts."""
        work: LinearWork
        if row.work is None:
            work = LinearWork(self.linear.real, self.linear.padded)
            if self.additive is not None:
                work.additive = LinearWork(self.linear.real, self.linear.padded)
            row.work = work
        work = row.work
        return work

    @cython.cfunc
    def fit(self, capacity: cython.Py_ssize_t) -> cython.void:
        """Grows the buffers to this many number slots."""
        if self.moments.capacity < capacity:
            self.moments.fit(capacity)
            self.linear.fit(capacity)
            if self.additive is not None:
                self.additive.fit(capacity)
                self.basis.fit(capacity)

    @cython.cfunc
    def prepare(self, row: Row, work: LinearWork) -> cython.void:
        """Computes the log-odds of every expert, without an offset."""
        if work.capacity < row.capacity:
            work.fit(row.capacity)
        self.moments.standardise(row, work)
        self.linear.place(row, work)
        self.linear.sum(row, work)
        if self.additive is not None:
            work.additive.copy_numbers(work, row.n)
            self.basis.find(row, self.moments, work.additive)
            if self.pairs is not None:
                self.pairs.find(row, self.basis, work.additive)
            self.additive.place(row, work.additive)
            self.additive.sum(row, work.additive)
        work.summed = True

    @cython.cfunc
    @cython.exceptval(check=False)
    def probability(self, work: LinearWork, offset: cython.double) -> cython.double:
        """P(True) of the mixture at an offset."""
        return self.mixture.probability(work, offset)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def observe(
        self, row: Row, work: LinearWork, y: cython.bint, offset: cython.double, w: cython.double
    ) -> cython.int:
        """Learns what every labelled event teaches: moments, edges of the basis, shares of the mixture."""
        w = w if w < WEIGHT_CAP else WEIGHT_CAP
        self.mixture.judge(work, offset, row.memo, y, w)
        if self.loss is not None:
            self.loss.note(y, w)
        self.moments.observe(row, work)
        if self.basis is not None:
            taken = self.basis.observe(row, y)
            if self.basis.n_blocks > self.additive.basis.blocks:
                self.additive.basis.fit(self.basis.edges.blocks)
            if self.pairs is not None:
                self.pairs.observe(row)
                if len(self.additive.basis.pairs.table) == 0:
                    self.additive.basis.pairs.open()
            if len(taken) > 0:
                for block in taken:
                    self.additive.basis.clear(block)
                self.prepare(row, work)  # its coordinates may have belonged to another number
        return 0

    @cython.cfunc
    def step(
        self, row: Row, work: LinearWork, y: cython.bint, offset: cython.double, w: cython.double
    ) -> cython.void:
        """Takes a step of weight w > 0 on the event of the last `prepare`."""
        w = w if w < WEIGHT_CAP else WEIGHT_CAP
        if self.loss is not None:
            self.loss.learn(self.linear, row, work, y, offset, w)
            if self.additive is not None:
                self.loss.learn(self.additive, row, work.additive, y, offset, w)
            return
        self.linear.learn(row, work, y, offset, w)
        if self.additive is not None:
            self.additive.learn(row, work.additive, y, offset, w)

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def own(self, p: cython.double) -> cython.double:
        """The score of the loss, in [0, 1], at a probability p."""
        return p if self.loss is None else self.loss.score(p)

    @cython.cfunc
    @cython.exceptval(check=False)
    def needs_table(self, row: Row) -> cython.bint:
        """Whether the event has the first string."""
        return row.n_texts > 0 and len(self.linear.table) == 0

    @cython.cfunc
    def open_table(self) -> cython.void:
        """Allocates the tables of strings."""
        self.linear.open_table()
        if self.additive is not None:
            self.additive.beside(self.linear)

    @cython.cfunc
    def parts(self, row: Row, work: LinearWork) -> tuple[Any, ...]:
        """Log-odds of the intercept, each number, gap, string and pair, mixed by the shares of the experts."""
        n: cython.Py_ssize_t = self.linear.real
        found = self.linear.parts(row, work, self.mixture.share[:n])
        if self.additive is None:
            return (*found, [])
        more = self.additive.parts(row, work.additive, self.mixture.share[n:])
        both = [
            [a + b for a, b in zip(one, other, strict=True)] for one, other in zip(found, more, strict=True)
        ]
        if self.pairs is None:
            return (*both, [])
        cells = self.additive.basis.pairs.parts(work.additive, self.mixture.share[n:])
        return (*both, list(zip(self.pairs.named(work.additive), cells, strict=True)))

    def memory_bytes(self) -> int:
        """Bytes of all buffers."""
        size = self.linear.memory_bytes() + 8 * 5 * self.moments.capacity
        if self.additive is not None:
            size += self.additive.memory_bytes() + self.basis.memory_bytes()
        if self.pairs is not None:
            size += self.additive.basis.pairs.memory_bytes()
        return int(size)

    # ------------------------------------------------------------------ state

    def state(self, n: cython.Py_ssize_t) -> dict[str, Any]:
        """The learned state of the first n number slots."""
        basis: Any = None
        additive: Any = None
        pairs: Any = None
        if self.pairs is not None:
            pairs = {"present": self.pairs.state(), "cells": self.additive.basis.pairs.state()}
        if self.basis is not None:
            basis, additive = self.basis.state(n), self.additive.state(n, self.basis.n_blocks)
        return {
            "moments": self.moments.state(n),
            "weights": self.linear.state(n),
            "basis": basis,
            "additive": additive,
            "pairs": pairs,
            "share": self.mixture.__getstate__(),
            "loss": None if self.loss is None else self.loss.learned.__getstate__(),
        }

    def resume(self, state: dict[str, Any], n: int, loss: Any = None, pairs: Pairs = None) -> None:
        """Takes over a saved state of n number slots, by this loss and these pairs, after all of it was checked."""
        binary: Any = None
        basis: Any = None
        additive: Any = None
        moments: Standardizer = Standardizer()
        linear: AdaGrad = AdaGrad((1.0,), 1)
        mixture: ExpertMixture = ExpertMixture(1)
        cells: PairWeights = PairWeights(3, 1)
        saved = entries(state, "moments", "weights", "basis", "additive", "pairs", "share", "loss")
        moments.resume(saved["moments"], n)
        linear.resume(saved["weights"], n, 0, 1 if saved["basis"] is None else 2)
        experts: cython.Py_ssize_t = linear.real
        if saved["basis"] is not None:
            basis, additive = Basis(1, 2), AdaGrad((1.0,), 1, True)
            basis.resume(saved["basis"], n)
            additive.resume(saved["additive"], n, len(basis.owners))
            if not alike(linear, additive):
                raise refused("additive", "weights of a basis, at the rates of the linear experts")
            additive.beside(linear)
            experts *= 2
        mixture.resume(saved["share"], experts)
        if pairs is not None:
            if additive is None or pairs.bits != additive.bits:
                raise refused("additive", "weights of a basis, with the bits of the pairs")
            learned = entries(saved["pairs"], "present", "cells")
            pairs.resume(learned["present"])
            cells = PairWeights(additive.padded, additive.bits)
            cells.resume(learned["cells"])
        elif saved["pairs"] is not None:
            raise refused("pairs", "None for a learner without interactions")
        if loss is not None:
            binary = BinaryLoss(loss)
            binary.learned.resume(saved["loss"], 2)
        elif saved["loss"] is not None:
            raise refused("loss", "None for a learner by cross-entropy")
        self.moments, self.linear, self.mixture = moments, linear, mixture
        self.basis, self.additive, self.loss, self.pairs = basis, additive, binary, None
        if pairs is not None:
            self._take_up(pairs, cells)


@cython.cfunc
def alike(linear: AdaGrad, additive: AdaGrad) -> cython.bint:
    """Whether two sets of weights have the same rates and the same table of strings, and the second a basis."""
    same = bytes(linear.alpha) == bytes(additive.alpha) and linear.bits == additive.bits
    return bool(same and linear.basis is None and additive.basis is not None)
