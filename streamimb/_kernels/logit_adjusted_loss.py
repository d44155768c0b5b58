# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Cross-entropy of scores to which tau times the log of each class's count is added: `losses.LogitAdjusted`."""

from __future__ import annotations

from array import array

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import log

    from streamimb._kernels.loss import Loss, log_sum
    from streamimb._kernels.softmax_path import gradient
else:
    from cython.cimports.libc.math import log
    from cython.cimports.streamimb._kernels.loss import Loss, log_sum
    from cython.cimports.streamimb._kernels.softmax_path import gradient


@cython.cclass
class LogitAdjustedLoss(Loss):
    """log sum exp(s) - s_y with s_k = u_k + tau log n_k. Fields are declared in logit_adjusted_loss.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self.s = array("d")

    def __init__(self, tau: float, fade: float) -> None:
        self._tau, self.exact, self.fade, self.s = tau, True, fade, array("d")

    @cython.cfunc
    def fit(self, classes: cython.Py_ssize_t) -> cython.void:
        if len(self.s) < classes:
            self.s = array("d", bytes(8 * classes))

    @cython.cfunc
    @cython.exceptval(check=False)
    def score(
        self, f: cython.double[::1], n: cython.double[::1], u: cython.double[::1], classes: cython.Py_ssize_t
    ) -> cython.void:
        k: cython.Py_ssize_t
        for k in range(classes):
            u[k] = f[k] - self._tau * log(n[k])

    @cython.cfunc
    @cython.exceptval(check=False)
    def restore(
        self, u: cython.double[::1], n: cython.double[::1], f: cython.double[::1], classes: cython.Py_ssize_t
    ) -> cython.void:
        k: cython.Py_ssize_t
        for k in range(classes):
            f[k] = u[k] + self._tau * log(n[k])

    @cython.cfunc
    @cython.exceptval(check=False)
    def pull(
        self,
        u: cython.double[::1],
        n: cython.double[::1],
        y: cython.Py_ssize_t,
        e: cython.double[::1],
        classes: cython.Py_ssize_t,
    ) -> cython.void:
        self.restore(u, n, self.s, classes)
        gradient(self.s, e, classes, y)

    @cython.cfunc
    @cython.exceptval(check=False)
    def value(
        self, u: cython.double[::1], n: cython.double[::1], y: cython.Py_ssize_t, classes: cython.Py_ssize_t
    ) -> cython.double:
        self.restore(u, n, self.s, classes)
        return log_sum(self.s, classes) - self.s[y]
