# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Cross-entropy with a margin for the label that is larger for rare classes: the arithmetic of `losses.LDAM`.

For q = softmax(u), margins d_k and b_k = 1 - exp(-d_k), the gradient is 0 on average where the probability of class k
is in proportion to q_k (1 - b_k q_k). For given probabilities p, q_k is the smaller root of q - b_k q² = c p_k, where c
is such that they sum to 1. The sum is convex in c, so Newton's method from above approaches c from one side.
"""

from __future__ import annotations

from array import array

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import exp, expm1, log, log1p, sqrt

    from streamimb._kernels.loss import Loss, log_sum
    from streamimb._kernels.softmax_path import gradient
else:
    from cython.cimports.libc.math import exp, expm1, log, log1p, sqrt
    from cython.cimports.streamimb._kernels.loss import Loss, log_sum
    from cython.cimports.streamimb._kernels.softmax_path import gradient

MOST_STEPS = cython.declare(cython.int, 50)
NEAR = cython.declare(cython.double, 1e-14)  # a smaller relative change of c ends the search


@cython.cclass
class MarginLoss(Loss):
    """d_k = margin (n_min / n_k)^(1/4). Fields are declared in margin_loss.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self.d = self.s = array("d")

    def __init__(self, margin: float, fade: float) -> None:
        self._margin, self.exact, self.fade, self.gathers = margin, True, fade, False
        self.d = self.s = array("d")

    @cython.cfunc
    def fit(self, classes: cython.Py_ssize_t) -> cython.void:
        if len(self.d) < classes:
            self.d, self.s = array("d", bytes(8 * classes)), array("d", bytes(8 * classes))

    @cython.cfunc
    @cython.exceptval(check=False)
    def _part(self, n: cython.double[::1], classes: cython.Py_ssize_t) -> cython.void:
        """Sets the margin of each class."""
        k: cython.Py_ssize_t
        least: cython.double = n[0]
        for k in range(classes):
            least = min(least, n[k])
        for k in range(classes):
            self.d[k] = self._margin * sqrt(sqrt(least / n[k]))

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def score(
        self, f: cython.double[::1], n: cython.double[::1], u: cython.double[::1], classes: cython.Py_ssize_t
    ) -> cython.int:
        k: cython.Py_ssize_t
        i: cython.int
        b: cython.double
        root: cython.double
        sum_of: cython.double
        slope: cython.double
        change: cython.double
        c: cython.double = 1.0
        total: cython.double = log_sum(f, classes)
        self._part(n, classes)
        for k in range(classes):
            self.s[k] = exp(f[k] - total)
            c = min(c, exp(-self.d[k]) / max(1e-300, self.s[k]))
        for i in range(MOST_STEPS):
            sum_of = slope = 0.0
            for k in range(classes):
                b = -expm1(-self.d[k])
                root = sqrt(1.0 - 4.0 * b * c * self.s[k])
                sum_of += 2.0 * c * self.s[k] / (1.0 + root)
                slope += self.s[k] / root
            change = (sum_of - 1.0) / slope
            c -= change
            if change < NEAR * c:
                break
        for k in range(classes):
            b = -expm1(-self.d[k])
            root = sqrt(1.0 - 4.0 * b * c * self.s[k])
            u[k] = f[k] - total + log(2.0 * c / (1.0 + root))
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def restore(
        self, u: cython.double[::1], n: cython.double[::1], f: cython.double[::1], classes: cython.Py_ssize_t
    ) -> cython.void:
        k: cython.Py_ssize_t
        total: cython.double = log_sum(u, classes)
        self._part(n, classes)
        for k in range(classes):
            f[k] = u[k] - total + log1p(expm1(-self.d[k]) * exp(u[k] - total))

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def pull(
        self,
        u: cython.double[::1],
        n: cython.double[::1],
        y: cython.Py_ssize_t,
        e: cython.double[::1],
        classes: cython.Py_ssize_t,
    ) -> cython.int:
        k: cython.Py_ssize_t
        self._part(n, classes)
        for k in range(classes):
            self.s[k] = u[k] - self.d[k] if k == y else u[k]
        gradient(self.s, e, classes, y)
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def value(
        self, u: cython.double[::1], n: cython.double[::1], y: cython.Py_ssize_t, classes: cython.Py_ssize_t
    ) -> cython.double:
        k: cython.Py_ssize_t
        self._part(n, classes)
        for k in range(classes):
            self.s[k] = u[k] - self.d[k] if k == y else u[k]
        return log_sum(self.s, classes) - self.s[y]
