# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Cross-entropy with a weight for each class from its effective number: the arithmetic of `losses.ClassBalanced`."""

from __future__ import annotations

from array import array

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import expm1, log

    from streamimb._kernels.loss import Loss, log_sum
    from streamimb._kernels.softmax_path import gradient
else:
    from cython.cimports.libc.math import expm1, log
    from cython.cimports.streamimb._kernels.loss import Loss, log_sum
    from cython.cimports.streamimb._kernels.softmax_path import gradient

LEAST = cython.declare(cython.double, 1e-300)  # of beta


@cython.cclass
class ClassBalancedLoss(Loss):
    """w_k = (1 - beta) / (1 - beta^n_k), scaled to a mean of 1. Fields are declared in class_balanced_loss.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self.w = array("d")

    def __init__(self, beta: float, fade: float) -> None:
        self.exact, self.fade, self.gathers, self.w = True, fade, False, array("d")
        self.log_beta = log(max(LEAST, beta))

    @cython.cfunc
    def fit(self, classes: cython.Py_ssize_t) -> cython.void:
        if len(self.w) < classes:
            self.w = array("d", bytes(8 * classes))

    @cython.cfunc
    @cython.exceptval(check=False)
    def _weigh(self, n: cython.double[::1], classes: cython.Py_ssize_t) -> cython.void:
        """Sets the weight of each class."""
        k: cython.Py_ssize_t
        total: cython.double = 0.0
        for k in range(classes):
            self.w[k] = -1.0 / expm1(self.log_beta * n[k])
            total += self.w[k]
        for k in range(classes):
            self.w[k] *= classes / total

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def score(
        self, f: cython.double[::1], n: cython.double[::1], u: cython.double[::1], classes: cython.Py_ssize_t
    ) -> cython.int:
        k: cython.Py_ssize_t
        self._weigh(n, classes)
        for k in range(classes):
            u[k] = f[k] + log(self.w[k])
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def restore(
        self, u: cython.double[::1], n: cython.double[::1], f: cython.double[::1], classes: cython.Py_ssize_t
    ) -> cython.void:
        k: cython.Py_ssize_t
        self._weigh(n, classes)
        for k in range(classes):
            f[k] = u[k] - log(self.w[k])

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
        self._weigh(n, classes)
        gradient(u, e, classes, y)
        for k in range(classes):
            e[k] *= self.w[y]
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def value(
        self, u: cython.double[::1], n: cython.double[::1], y: cython.Py_ssize_t, classes: cython.Py_ssize_t
    ) -> cython.double:
        self._weigh(n, classes)
        return self.w[y] * (log_sum(u, classes) - u[y])
