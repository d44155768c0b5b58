# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The experts of a softmax learner: linear ones at several learning rates, additive ones beside them where wanted.

`linear_experts.py` has the same of two classes. Additive experts see the coordinates of a basis too, and have weights
of their own for them, for each class, and cells of pairs of fields where wanted; one mixture weighs all experts, by the
probability that each gave to the label.
"""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.answer import TWO
from streamimb._kernels.class_labels import TWO_CLASSES
from streamimb._kernels.memos import refuse_outside
from streamimb._kernels.saved import entries, refused

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import sqrt

    from streamimb._kernels.basis import Basis
    from streamimb._kernels.class_groups import ClassGroups
    from streamimb._kernels.expert_mixture import ExpertMixture
    from streamimb._kernels.linear_work import LinearWork
    from streamimb._kernels.mixture import Mixture
    from streamimb._kernels.pairs import Pairs
    from streamimb._kernels.rate_mixture import RateMixture
    from streamimb._kernels.row import Row
    from streamimb._kernels.softmax_weights import SoftmaxWeights
    from streamimb._kernels.softmax_work import SoftmaxWork
    from streamimb._kernels.standardizer import Standardizer
else:
    from cython.cimports.libc.math import sqrt
    from cython.cimports.streamimb._kernels.basis import Basis
    from cython.cimports.streamimb._kernels.class_groups import ClassGroups
    from cython.cimports.streamimb._kernels.expert_mixture import ExpertMixture
    from cython.cimports.streamimb._kernels.linear_work import LinearWork
    from cython.cimports.streamimb._kernels.mixture import Mixture
    from cython.cimports.streamimb._kernels.pairs import Pairs
    from cython.cimports.streamimb._kernels.rate_mixture import RateMixture
    from cython.cimports.streamimb._kernels.row import Row
    from cython.cimports.streamimb._kernels.softmax_weights import SoftmaxWeights
    from cython.cimports.streamimb._kernels.softmax_work import SoftmaxWork
    from cython.cimports.streamimb._kernels.standardizer import Standardizer

WEIGHT_CAP = cython.declare(cython.double, limits.WEIGHT_CAP)  # a larger weight counts as this
COORDINATES = cython.declare(cython.Py_ssize_t, limits.CLASS_BASIS_COORDINATES)
CLASSES = "memo: of {:g} classes where this model has {}; give the memo that scores_one returned, or None"


@cython.cclass
class SoftmaxExperts:
    """Fields are declared in softmax_experts.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid parts too.
        self._assemble((1.0,), 1, 0, None, None)

    def __init__(
        self, rates: Any, bits: int, basis_fields: int, loss: Any = None, pairs: Pairs = None
    ) -> None:
        self._assemble(rates, bits, basis_fields, loss, pairs)

    @cython.cfunc
    def _assemble(self, rates: Any, bits: Any, basis_fields: Any, loss: Any, pairs: Pairs) -> cython.void:
        basis: Any = None
        additive: Any = None
        self.moments, self.linear = Standardizer(), SoftmaxWeights(rates, bits, loss)
        self.groups = ClassGroups()
        mixture: Any = RateMixture(len(rates))
        if basis_fields > 0:
            basis, additive = Basis(basis_fields, limits.MOST_GROUPS), SoftmaxWeights(rates, bits)
            mixture = ExpertMixture(2 * len(rates))
        self.mixture = mixture
        self._take_up(basis, additive, pairs)

    @cython.cfunc
    def _take_up(self, basis: Any, additive: SoftmaxWeights, pairs: Pairs) -> cython.void:
        """Takes a basis, the weights for it, and pairs of fields; None for each that is not wanted."""
        self.basis, self.additive, self.pairs = basis, additive, pairs
        if additive is not None:
            additive.loss = self.linear.loss

    @property
    def memo_size(self) -> int:
        """The least floats that the mixture wants back at the label; 0: it wants none."""
        return 0 if self.mixture.memo_size == 0 else 1

    @cython.cfunc
    def work_of(self, row: Row) -> SoftmaxWork:
        """The work of a row for these experts."""
        work: SoftmaxWork
        if row.work is None:
            work = SoftmaxWork(self.linear.real)
            if self.additive is not None:
                work.additive = SoftmaxWork(self.linear.real)
                work.linear.additive = work.additive.linear
            row.work = work
        work = row.work
        return work

    @cython.cfunc
    def fit(self, capacity: cython.Py_ssize_t) -> cython.void:
        """Grows the buffers to this many number slots."""
        if self.moments.capacity < capacity:
            self.moments.fit(capacity)
            self.linear.store.fit(capacity)
            if self.additive is not None:
                self.additive.store.fit(capacity)
                self.basis.fit(capacity)

    @cython.cfunc
    def prepare(self, row: Row, work: SoftmaxWork) -> cython.void:
        """Computes the log-odds of every expert and class, without offsets."""
        if work.linear.capacity < row.capacity:
            work.linear.fit(row.capacity)
        self.moments.standardise(row, work.linear)
        self.linear.store.place(row, work)
        self.linear.sum(work)
        if self.additive is not None:
            work.additive.linear.copy_numbers(work.linear, row.n)
            self.basis.find(row, self.moments, work.additive.linear)
            if self.pairs is not None:
                self.pairs.find(row, self.basis, work.additive.linear)
            self.additive.store.place(row, work.additive)
            self.additive.sum(work.additive)
        work.summed = True

    @cython.cfunc
    def probabilities(self, work: SoftmaxWork, offsets: dict[Any, float]) -> dict[Any, float]:
        """P of each class of the offsets, by the mixture."""
        r: cython.Py_ssize_t
        c: cython.Py_ssize_t
        p: cython.double
        real: cython.Py_ssize_t = work.real
        self.linear.expect(work, offsets)
        if self.additive is not None:
            self.additive.expect(work.additive, offsets)
        answer: dict[Any, float] = {}
        for c, label in enumerate(offsets):
            p = 0.0
            for r in range(real):
                p += self.mixture.share[r] * work.p[r * work.classes + c]
            if self.additive is not None:
                for r in range(real):
                    p += self.mixture.share[real + r] * work.additive.p[r * work.classes + c]
            answer[label] = p if p < 1.0 else 1.0
        return answer

    # ------------------------------------------------------------------ the mixture and its memo

    @cython.cfunc
    @cython.exceptval(check=False)
    def _said(self, work: SoftmaxWork, c: cython.Py_ssize_t) -> cython.void:
        """Hands the mixture what every expert said of class c of the call; of none below 0."""
        r: cython.Py_ssize_t
        for r in range(work.real):
            work.linear.E[r] = work.p[r * work.classes + c] if c >= 0 else 0.0
        work.linear.expected_at = 0.0
        if work.additive is not None:
            self._said(work.additive, c)

    @cython.cfunc
    def remember(self, work: SoftmaxWork) -> tuple[Any, ...]:
        """How many classes were learned, and for each what every expert said of it, and the sums of both levels.

        While there are no classes but False and True, the number is 0, and what follows is of these two.
        """
        labels: Any = self.linear.store.labels
        if self.mixture.memo_size == 0:
            return ()
        memo = [0.0 if TWO.issuperset(labels) else float(len(labels))]
        places = {label: c for c, label in enumerate(work.offsets)}
        for label in labels if memo[0] > 0.0 else TWO_CLASSES:
            self._said(work, places.get(label, -1))
            memo.extend(self.mixture.remember(work.linear))
        return tuple(memo)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def length(self, memo: Any) -> cython.Py_ssize_t:
        """How many floats at the start of a memo are the experts'; raises ValueError where they are no memo of them."""
        n: cython.double
        k: cython.Py_ssize_t
        size: cython.Py_ssize_t
        if self.mixture.memo_size == 0 or len(memo) == 0:
            return self.memo_size
        n = memo[0]
        k = cython.cast(cython.Py_ssize_t, n) if 0.0 <= n <= self.linear.store.classes else -1
        if k < 0 or k != n:
            raise ValueError(CLASSES.format(n, self.linear.store.classes))
        size = 1 + (k if k > 0 else 2) * self.mixture.memo_size
        if len(memo) >= size:
            refuse_outside(memo, 1, size)
        return size

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _judge(
        self, work: SoftmaxWork, y: Any, c: cython.Py_ssize_t, memo: Any, w: cython.double
    ) -> cython.int:
        """Lets the mixture learn a label, class c of the call; a class younger than the memo has no part in it."""
        size: cython.Py_ssize_t = self.mixture.memo_size
        at: cython.Py_ssize_t
        served: Any = None
        if memo is not None and size > 0:
            at = work.which[c] if memo[0] > 0.0 else int(y) if y in TWO_CLASSES else -1
            if at >= 0 and 1 + size * (at + 1) <= len(memo):
                served = memo[1 + size * at : 1 + size * (at + 1)]
        self._said(work, c)
        return self.mixture.judge(work.linear, 0.0, served, True, w)

    # ------------------------------------------------------------------ learning

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def observe(
        self, row: Row, work: SoftmaxWork, y: Any, offsets: dict[Any, float], w: cython.double
    ) -> cython.int:
        """Learns what every labelled event teaches: moments, shares, classes, edges of the basis."""
        c: cython.Py_ssize_t = 0
        w = w if w < WEIGHT_CAP else WEIGHT_CAP
        self.linear.expect(work, offsets)
        if self.additive is not None:
            self.additive.expect(work.additive, offsets)
        for label in offsets:
            if label == y:
                break
            c += 1
        self._judge(work, y, c, row.memo, w)
        self.moments.observe(row, work.linear)
        for label in offsets:
            if label not in self.linear.store.index:
                self.admit(label)
                work.offsets = None
                if self.additive is not None:
                    work.additive.offsets = None
        self.linear.note(y, w)
        if self.basis is not None:
            self._observe_curves(row, work, y)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _observe_curves(self, row: Row, work: SoftmaxWork, y: Any) -> cython.int:
        group: cython.Py_ssize_t = self.groups.note(self.linear.store.index[y])
        renewal: cython.longlong = self.basis.renewal
        taken = self.basis.observe(row, group)
        if self.basis.renewal != renewal or (self.groups.is_due(group) and self.basis.begin()):
            self.groups.renewed()
        if COORDINATES * self.basis.edges.blocks > len(self.additive.store.curve_at):
            self.additive.store.fit_curves(self.basis.edges.blocks)
        if self.pairs is not None:
            self.pairs.observe(row)
        if len(taken) > 0:
            for block in taken:
                self.additive.store.clear_curve(block)
            self.prepare(row, work)  # its coordinates may have belonged to another number
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def admit(self, label: Any) -> cython.int:
        """Adds a class to all experts, where it is new."""
        self.linear.store.admit(label)
        if self.additive is not None:
            self.additive.store.admit(label)
            self.groups.admit(self.linear.store.classes)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def step(
        self, row: Row, work: SoftmaxWork, y: Any, offsets: dict[Any, float], w: cython.double
    ) -> cython.int:
        """Takes a step of weight w > 0 on the event of the last `prepare`."""
        w = w if w < WEIGHT_CAP else WEIGHT_CAP
        self.linear.learn(row, work, y, offsets, w)
        if self.additive is not None:
            self.additive.learn(row, work.additive, y, offsets, w)
        return 0

    # ------------------------------------------------------------------ contributions and state

    def parts(self, work: SoftmaxWork, label: Any) -> tuple[list[float], list[float]]:
        """The log-odds that each coordinate adds to a class in the linear and in the additive experts, mixed."""
        real: cython.Py_ssize_t = self.linear.real
        more: list[float] = []
        if self.additive is not None:
            more = self.additive.parts(work.additive, label, self.mixture.share[real:])
        return self.linear.parts(work, label, self.mixture.share[:real]), more

    def named(self, work: SoftmaxWork) -> list[Any]:
        """The name of the pair of each cell of an event."""
        return [] if self.pairs is None else list(self.pairs.named(work.additive.linear))

    def norms(self) -> dict[Any, float]:
        """The Euclidean norm of the weights of each class without its intercept, of all experts; reads all weights."""
        real: cython.Py_ssize_t = self.linear.real
        norms = self.linear.norms(self.mixture.share[:real])
        if self.additive is not None:
            more = self.additive.norms(self.mixture.share[real:])
            norms = {label: sqrt(norm * norm + more[label] * more[label]) for label, norm in norms.items()}
        return norms

    def memory_bytes(self) -> int:
        """Bytes of all buffers."""
        size = self.linear.store.memory_bytes() + 8 * 5 * self.moments.capacity
        if self.additive is not None:
            size += self.additive.store.memory_bytes() + self.basis.memory_bytes()
        return int(size)

    def state(self, n: cython.Py_ssize_t) -> dict[str, Any]:
        """The learned state of the first n number slots."""
        more: Any = None
        if self.additive is not None:
            more = {
                "basis": self.basis.state(n),
                "weights": {**self.additive.state(n), "loss": None},  # it is that of the linear experts
                "groups": self.groups.__getstate__(),
                "present": None if self.pairs is None else self.pairs.state(),
            }
        return {
            "moments": self.moments.state(n),
            "weights": self.linear.state(n),
            "additive": more,
            "share": self.mixture.__getstate__(),
        }

    def resume(self, state: dict[str, Any], n: int, loss: Any = None, pairs: Pairs = None) -> None:
        """Takes over a saved state of n number slots, by this loss and these pairs, after all of it was checked."""
        basis: Any = None
        additive: Any = None
        moments: Standardizer = Standardizer()
        linear: SoftmaxWeights = SoftmaxWeights((1.0,), 1)
        groups: ClassGroups = ClassGroups()
        moments.resume(state["moments"], n)
        linear.resume(state["weights"], n, loss)
        mixture: Any = RateMixture(1)
        if state["additive"] is not None:
            saved = entries(state["additive"], "basis", "weights", "groups", "present")
            basis, additive, mixture = (
                Basis(1, limits.MOST_GROUPS),
                SoftmaxWeights((1.0,), 1),
                ExpertMixture(1),
            )
            basis.resume(saved["basis"], n)
            additive.resume(saved["weights"], n, None, basis.edges.blocks)
            groups.resume(saved["groups"], linear.store.classes)
            if not alike(linear, additive):
                raise refused("additive", "weights at the rates, classes and bits of the linear experts")
            if pairs is not None:
                if pairs.bits != additive.store.bits:
                    raise refused("additive", "weights with the bits of the pairs")
                pairs.resume(saved["present"])
            elif saved["present"] is not None or len(additive.store.cell_at) > 0:
                raise refused("additive", "no cells for a learner without interactions")
        mixture.resume(state["share"], linear.real if additive is None else 2 * linear.real)
        self.moments, self.linear, self.groups, self.mixture = moments, linear, groups, mixture
        self._take_up(basis, additive, pairs)


@cython.cfunc
def alike(linear: SoftmaxWeights, additive: SoftmaxWeights) -> cython.bint:
    """Whether two sets of weights have the same rates, classes and slots of strings."""
    same = bytes(linear.alpha) == bytes(additive.alpha) and linear.store.labels == additive.store.labels
    return bool(same and linear.store.bits == additive.store.bits)
