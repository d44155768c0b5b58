# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Learning steps of two-class linear models by a loss other than the cross-entropy, which `adagrad.py` has itself."""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import fabs, log

    from streamimb._kernels.adagrad import AdaGrad
    from streamimb._kernels.class_logs import share_at
    from streamimb._kernels.learned_loss import LearnedLoss
    from streamimb._kernels.linear_work import LinearWork
    from streamimb._kernels.loss import Loss
    from streamimb._kernels.row import Row
else:
    from cython.cimports.libc.math import fabs, log
    from cython.cimports.streamimb._kernels.adagrad import AdaGrad
    from cython.cimports.streamimb._kernels.class_logs import share_at
    from cython.cimports.streamimb._kernels.learned_loss import LearnedLoss
    from cython.cimports.streamimb._kernels.linear_work import LinearWork
    from cython.cimports.streamimb._kernels.loss import Loss
    from cython.cimports.streamimb._kernels.row import Row

from streamimb._kernels.class_labels import TWO_CLASSES

LONGEST_PART = cython.declare(cython.double, limits.LONGEST_PART)
MOST_PARTS = cython.declare(cython.int, limits.MOST_PARTS)
LEAST_PROBABILITY = cython.declare(cython.double, limits.LEAST_PROBABILITY)
NOWHERE = cython.declare(cython.double, limits.NOWHERE)


@cython.cclass
class BinaryLoss:
    """Fields are declared in binary_loss.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid parts too.
        self._assemble(Loss())

    def __init__(self, loss: Any) -> None:
        self._assemble(loss)

    @cython.cfunc
    def _assemble(self, loss: Any) -> cython.void:
        self.both = array("q", [0, 1])
        self.f, self.e = array("d", [0.0, 0.0]), array("d", [0.0, 0.0])
        self.learned = LearnedLoss(loss)
        self.learned.admit(2)

    @cython.cfunc
    @cython.exceptval(check=False)
    def note(self, y: cython.bint, w: cython.double) -> cython.void:
        """Counts a label of weight w."""
        self.learned.note(1 if y else 0, w)

    @cython.cfunc
    def aim(self) -> cython.void:
        """Takes the counts of now."""
        self.learned.aim(self.both, 2, TWO_CLASSES)

    @cython.cfunc
    @cython.exceptval(-1e308, check=True)
    def pull(self, f: cython.double, y: cython.bint) -> cython.double:
        """Minus the derivative of the loss by its score, at log-odds f."""
        self.f[1] = f
        self.learned.pull(self.f, 1 if y else 0, self.e, 2)
        return self.e[1]

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def score(self, p: cython.double) -> cython.double:
        """The score, in [0, 1], at a probability p."""
        self.aim()
        self.f[1] = log(max(LEAST_PROBABILITY, p)) - log(max(LEAST_PROBABILITY, 1.0 - p))
        self.learned.loss.score(self.f, self.learned.m, self.learned.u, 2)
        return share_at(self.learned.u[1] - self.learned.u[0])

    @cython.cfunc
    def learn(
        self,
        weights: AdaGrad,
        row: Row,
        work: LinearWork,
        y: cython.bint,
        offset: cython.double,
        w: cython.double,
    ) -> cython.void:
        """Learns one example of weight w > 0, as `AdaGrad.learn` does: an explicit step, then a path."""
        j: cython.Py_ssize_t
        k: cython.Py_ssize_t
        e: cython.double
        c: cython.double = 0.0
        first: cython.double = w if w < 1.0 else 1.0
        self.aim()
        work.expected_at = NOWHERE
        for j in range(row.n):
            work.keep[j] = work.zs[j]
        for k in range(weights.real):
            e = self.pull(work.g[k] + offset, y)
            c += e * e
            work.d[k] = weights.alpha[k] * first * e
            self.learned.gather(self.e, self.both, 1 if y else 0, 2, w / weights.real)
        c *= first / weights.real
        weights._add(row, work, c, c)
        if w > 1.0:
            for j in range(row.n):
                work.zs[j] = work.keep[j]
            weights.sum(row, work)
            self._flow(weights, row, work, y, offset, w - 1.0)

    @cython.cfunc
    def _flow(
        self,
        weights: AdaGrad,
        row: Row,
        work: LinearWork,
        y: cython.bint,
        offset: cython.double,
        h: cython.double,
    ) -> cython.void:
        """Takes a step of weight h: the limit of ever more explicit steps whose weights sum to h."""
        k: cython.Py_ssize_t
        i: cython.int
        e: cython.double
        q: cython.double = 0.0
        kappa: cython.double = 1.0
        half: cython.double = 0.5 + 0.5 / h if h > 1.0 else 1.0
        for k in range(weights.real):
            e = self.pull(work.g[k] + offset, y)
            q += h * e * e / weights.real
        for i in range(3):
            kappa = weights._kappa(row, work, half * q)
            q = 0.0
            for k in range(weights.real):
                self._follow(work.g[k] + offset, y, weights.alpha[k] * kappa, h)
                work.d[k] = self.change / kappa
                q += self.square / weights.real
        weights._add(row, work, q, half * q)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _follow(self, s: cython.double, y: cython.bint, speed: cython.double, h: cython.double) -> cython.int:
        """Follows ds/dt = speed e(s) from t = 0 to h, by Heun's method in parts of at most `LONGEST_PART`."""
        i: cython.int
        t: cython.double
        e: cython.double
        then: cython.double
        left: cython.double = h
        start: cython.double = s
        self.square = 0.0
        for i in range(MOST_PARTS):
            e = self.pull(s, y)
            t = left if speed * fabs(e) * left <= LONGEST_PART else LONGEST_PART / (speed * fabs(e))
            then = self.pull(s + speed * t * e, y)
            s += 0.5 * speed * t * (e + then)
            self.square += 0.5 * t * (e * e + then * then)
            left -= t
            if left <= 0.0:
                break
        self.change = s - start
        return 0
