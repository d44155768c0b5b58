# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Softmax models at several AdaGrad learning rates: the log-odds of every class, and learning steps of any weight."""

from __future__ import annotations

from array import array
from math import fsum
from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import exp, log, sqrt

    from streamimb._kernels.class_blocks import ClassBlocks
    from streamimb._kernels.learned_loss import LearnedLoss
    from streamimb._kernels.loss import log_sum
    from streamimb._kernels.pair_weights import part_of
    from streamimb._kernels.row import Row
    from streamimb._kernels.softmax_path import follow
    from streamimb._kernels.softmax_work import SoftmaxWork
else:
    from cython.cimports.libc.math import exp, log, sqrt
    from cython.cimports.streamimb._kernels.class_blocks import ClassBlocks
    from cython.cimports.streamimb._kernels.learned_loss import LearnedLoss
    from cython.cimports.streamimb._kernels.loss import log_sum
    from cython.cimports.streamimb._kernels.pair_weights import part_of
    from cython.cimports.streamimb._kernels.row import Row
    from cython.cimports.streamimb._kernels.softmax_path import follow
    from cython.cimports.streamimb._kernels.softmax_work import SoftmaxWork

from streamimb._kernels.saved import entries, numbers, refused

LEAST_PROBABILITY = cython.declare(cython.double, limits.LEAST_PROBABILITY)
FLOOR = cython.declare(cython.double, 0.1)  # added to the AdaGrad denominator
# The same for coordinates of a basis and for cells of pairs, many of which see few events
CURVE_FLOOR = cython.declare(cython.double, 1.0)
# Of the part that a cell takes of a step where there are two classes: the steps of both move their log-odds here.
CELL_PART = cython.declare(cython.double, 0.5)


@cython.cclass
class SoftmaxWeights:
    """Fields are declared in softmax_weights.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid parts too.
        self.alpha, self.store = array("d", [1.0]), ClassBlocks(1, 1)
        self.loss: Any = None  # a LearnedLoss, or None

    def __init__(self, rates: Any, bits: int, loss: Any = None) -> None:
        self.loss = None if loss is None else LearnedLoss(loss)
        self.real = len(rates)
        self.alpha = array("d", [float(rate) for rate in rates])
        self.store = ClassBlocks(self.real, bits)

    @cython.cfunc
    @cython.exceptval(check=False)
    def sum(self, work: SoftmaxWork) -> cython.void:
        """Computes g of every rate and class."""
        store: ClassBlocks = self.store
        i: cython.Py_ssize_t
        k: cython.Py_ssize_t
        b: cython.Py_ssize_t
        z: cython.double
        n: cython.Py_ssize_t = self.real * store.room
        if work.room != store.room:
            work.fit_room(store.room)
        work.offsets = None
        for k in range(n):
            work.g[k] = 0.0
        for i in range(work.n):
            b = work.at[i] * store.stride
            z = work.z[i]
            for k in range(n):
                work.g[k] += store.weight[b + k] * z

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def expect(self, work: SoftmaxWork, offsets: dict[Any, float]) -> cython.int:
        """Sets `p` of every rate for the classes of these offsets, unless it is set already."""
        store: ClassBlocks = self.store
        r: cython.Py_ssize_t
        c: cython.Py_ssize_t
        n: cython.Py_ssize_t = len(offsets)
        at: cython.Py_ssize_t
        s: cython.double
        top: cython.double
        total: cython.double
        offset: cython.double
        if work.room != store.room:
            self.sum(work)
        if offsets is work.offsets:
            return 0
        if work.width < n:
            work.fit_classes(n)
        for c, (label, offset) in enumerate(offsets.items()):
            found = store.index.get(label)
            work.which[c] = -1 if found is None else found
            work.o[c] = offset
        for r in range(self.real):
            top = -1e308
            at = r * store.room
            for c in range(n):
                s = work.o[c]
                if work.which[c] >= 0:
                    s += work.g[at + work.which[c]]
                work.s[c] = s
                if s > top:
                    top = s
            total = 0.0
            for c in range(n):
                s = work.s[c] - top
                s = exp(s) if s > -700.0 else 0.0
                work.s[c] = s
                total += s
            at = r * n
            for c in range(n):
                work.p[at + c] = work.s[c] / total
        work.classes = n
        work.offsets = offsets
        return 0

    # ------------------------------------------------------------------ learning

    @cython.cfunc
    @cython.exceptval(check=False)
    def _add(self, work: SoftmaxWork) -> cython.void:
        """w_rk += d_rk z / (floor + √(G_k + q_k z²)), of a cell a part of it, then G_k += c_k z²."""
        store: ClassBlocks = self.store
        o: cython.Py_ssize_t
        i: cython.Py_ssize_t
        r: cython.Py_ssize_t
        k: cython.Py_ssize_t
        b: cython.Py_ssize_t
        z: cython.double
        room: cython.Py_ssize_t = store.room
        n: cython.Py_ssize_t = self.real * room
        floor: cython.double
        step: cython.double
        part: cython.double = CELL_PART * part_of(work.n - work.cells)
        for i in range(work.n):
            floor = FLOOR if i < work.curves else CURVE_FLOOR
            b = work.at[i] * store.stride + n
            z = work.z[i]
            step = z if i < work.cells else part
            for k in range(room):
                work.t[k] = step / (floor + sqrt(store.weight[b + k] + work.q[k] * (z * z)))
                store.weight[b + k] += work.c[k] * (z * z)
            b -= n
            for r in range(self.real):
                o = r * room
                for k in range(room):
                    store.weight[b + o + k] += work.d[o + k] * work.t[k]

    @cython.cfunc
    def note(self, y: Any, w: cython.double) -> cython.void:
        """Counts a label of a class that was admitted, for the loss."""
        if self.loss is not None:
            self.loss.admit(self.store.classes)
            self.loss.note(self.store.index[y], w)

    @cython.cfunc
    def own(self, p: dict[Any, float]) -> dict[Any, float]:
        """The scores of the loss at probabilities p, as probabilities."""
        k: cython.Py_ssize_t
        total: cython.double
        q: cython.double
        loss: LearnedLoss = self.loss
        if loss is None:
            return p
        f = array("d", bytes(8 * len(p)))
        which = array("q", [self.store.index.get(label, -1) for label in p])
        for k, q in enumerate(p.values()):
            f[k] = log(max(LEAST_PROBABILITY, q))
            which[k] = which[k] if which[k] < loss.classes else -1
        loss.aim(which, len(p), p)
        loss.loss.score(f, loss.m, loss.u, len(p))
        total = log_sum(loss.u, len(p))
        return {label: exp(max(-700.0, loss.u[k] - total)) for k, label in enumerate(p)}

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _pull(self, work: SoftmaxWork, r: cython.Py_ssize_t, y: cython.Py_ssize_t) -> cython.int:
        """Sets `e` to minus the gradient of rate r by the log-odds of each class."""
        c: cython.Py_ssize_t
        for c in range(work.classes):
            if self.loss is None:
                work.e[c] = (1.0 if c == y else 0.0) - work.p[r * work.classes + c]
            else:
                work.s[c] = work.o[c] + work.g[r * work.room + work.which[c]]
        if self.loss is not None:
            self.loss.pull(work.s, y, work.e, work.classes)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _step(self, work: SoftmaxWork, y: cython.Py_ssize_t, whole: cython.double) -> cython.int:
        """Takes an explicit gradient step for the first 1 of a weight; y: the place of the label in the call."""
        store: ClassBlocks = self.store
        r: cython.Py_ssize_t
        c: cython.Py_ssize_t
        k: cython.Py_ssize_t
        e: cython.double
        w: cython.double = whole if whole < 1.0 else 1.0
        for k in range(self.real * store.room):
            work.d[k] = 0.0
        for k in range(store.room):
            work.c[k] = 0.0
        for r in range(self.real):
            self._pull(work, r, y)
            for c in range(work.classes):
                k = work.which[c]
                e = work.e[c]
                work.c[k] += e * e
                work.d[r * store.room + k] = self.alpha[r] * w * e
            if self.loss is not None:
                self.loss.gather(work.e, work.which, y, work.classes, whole / self.real)
        for k in range(store.room):
            work.c[k] *= w / self.real
            work.q[k] = work.c[k]
        self._add(work)
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _kappa(self, work: SoftmaxWork, half: cython.double) -> cython.void:
        """Sum of z² / (floor + √(G_k + half q_k z²)), of a cell a part of it, for each class of the call."""
        store: ClassBlocks = self.store
        i: cython.Py_ssize_t
        c: cython.Py_ssize_t
        b: cython.Py_ssize_t
        z: cython.double
        floor: cython.double
        step: cython.double
        part: cython.double = CELL_PART * part_of(work.n - work.cells)
        for c in range(work.classes):
            work.kappa[c] = 0.0
        for i in range(work.n):
            floor = FLOOR if i < work.curves else CURVE_FLOOR
            b = work.at[i] * store.stride + self.real * store.room
            z = work.z[i] * work.z[i]
            step = z if i < work.cells else part
            for c in range(work.classes):
                work.kappa[c] += step / (
                    floor + sqrt(store.weight[b + work.which[c]] + half * work.q[work.which[c]] * z)
                )

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _flow(self, work: SoftmaxWork, y: cython.Py_ssize_t, h: cython.double) -> cython.int:
        """Takes a step of weight h: the limit of ever more explicit steps whose weights sum to h."""
        store: ClassBlocks = self.store
        r: cython.Py_ssize_t
        c: cython.Py_ssize_t
        k: cython.Py_ssize_t
        i: cython.int
        e: cython.double
        half: cython.double = 0.5 + 0.5 / h if h > 1.0 else 1.0
        for k in range(store.room):
            work.q[k] = work.c[k] = 0.0
        for k in range(self.real * store.room):
            work.d[k] = 0.0
        for r in range(self.real):
            self._pull(work, r, y)
            for c in range(work.classes):
                e = work.e[c]
                work.q[work.which[c]] += h * e * e / self.real
        for i in range(3):
            self._kappa(work, half)
            for c in range(work.classes):
                work.square[c] = 0.0
            for r in range(self.real):
                follow(work, r, self.alpha[r], y, h, self.loss)
            for c in range(work.classes if i < 2 else 0):
                work.q[work.which[c]] = work.square[c] / self.real
        for c in range(work.classes):
            k = work.which[c]
            work.c[k] = work.q[k]
            work.q[k] *= half
            for r in range(self.real):
                work.d[r * store.room + k] = work.p[r * work.classes + c] / work.kappa[c]
        self._add(work)
        work.offsets = None  # p holds no probabilities any more
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def learn(
        self, row: Row, work: SoftmaxWork, y: Any, offsets: dict[Any, float], w: cython.double
    ) -> cython.int:
        """Learns one example of weight w > 0: an explicit step up to weight 1, the flow for the rest."""
        store: ClassBlocks = self.store
        c: cython.Py_ssize_t
        k: cython.Py_ssize_t = store.index[y]
        at: cython.Py_ssize_t = 0
        if work.fresh:
            store.open(row, work)
        self.expect(work, offsets)
        if self.loss is not None:
            self.loss.aim(work.which, work.classes, offsets)
        for c in range(work.classes):
            if work.which[c] == k:
                at = c
        self._step(work, at, w)
        if w > 1.0:
            self.sum(work)
            self.expect(work, offsets)
            self._flow(work, at, w - 1.0)
        return 0

    def parts(self, work: SoftmaxWork, label: Any, share: cython.double[::1]) -> list[float]:
        """The log-odds that each coordinate adds to a class, mixed by the shares of the rates."""
        store: ClassBlocks = self.store
        i: cython.Py_ssize_t
        r: cython.Py_ssize_t
        s: cython.double
        k: cython.Py_ssize_t = store.index.get(label, -1)
        parts = [0.0] * work.n
        for i in range(work.n if k >= 0 else 0):
            s = 0.0
            for r in range(self.real):
                s += share[r] * store.weight[work.at[i] * store.stride + r * store.room + k]
            parts[i] = s * work.z[i]
        return parts

    def norms(self, share: cython.double[::1]) -> dict[Any, float]:
        """The Euclidean norm of the weights of each class without its intercept, mixed by the shares of the rates."""
        store: ClassBlocks = self.store
        b: cython.Py_ssize_t
        r: cython.Py_ssize_t
        k: cython.Py_ssize_t
        s: cython.double
        norms: dict[Any, float] = {}
        squares: cython.double[::1] = array("d", bytes(8 * store.blocks))
        for label, k in store.index.items():
            for b in range(2, store.blocks):
                s = 0.0
                for r in range(self.real):
                    s += share[r] * store.weight[b * store.stride + r * store.room + k]
                squares[b] = s * s
            norms[label] = sqrt(fsum(squares))  # blocks may lie in another order once restored
        return norms

    # ------------------------------------------------------------------ state

    def state(self, slots: cython.Py_ssize_t) -> dict[str, Any]:
        """The learned state of the first `slots` number slots."""
        loss = None if self.loss is None else self.loss.__getstate__()
        return {"alpha": bytes(self.alpha), "blocks": self.store.state(slots), "loss": loss}

    def resume(self, saved: Any, slots: int, loss: Any = None, curves: int = 0) -> None:
        """Takes over a saved state of `slots` number slots and so many bases, learned by this loss, once checked."""
        learned: Any = None
        state = entries(saved, "alpha", "blocks", "loss")
        alpha = numbers(state, "alpha", None, 0.0, limits.LARGEST_RATE)
        if not 0 < len(alpha) <= 1000 or 0.0 in alpha:
            raise refused("alpha", "a number above 0 for each learning rate")
        store: ClassBlocks = ClassBlocks(len(alpha), 1)
        store.resume(state["blocks"], slots, curves)
        if loss is not None:
            learned = LearnedLoss(loss)
            learned.resume(state["loss"], store.classes)
        elif state["loss"] is not None:
            raise refused("loss", "None for a learner by cross-entropy")
        self.loss = learned
        self.real, self.alpha, self.store = len(alpha), alpha, store
