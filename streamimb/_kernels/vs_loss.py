# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Cross-entropy of scores with a factor and a term for each class: the arithmetic of `losses.VS` and `LogitAdjusted`.

The log-odds are s_k = Delta_k u_k + tau log n_k. They leave one number of the scores open. Along the gradient
Delta_k (q_k - t_k) the sum of u_k / Delta_k does not change, so that of scores that began at 0 is 0.
"""

from __future__ import annotations

from array import array

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import exp, log

    from streamimb._kernels.loss import Loss, log_sum
    from streamimb._kernels.softmax_path import gradient
else:
    from cython.cimports.libc.math import exp, log
    from cython.cimports.streamimb._kernels.loss import Loss, log_sum
    from cython.cimports.streamimb._kernels.softmax_path import gradient


@cython.cclass
class VSLoss(Loss):
    """Delta_k = (n_k / n_max)^gamma. Fields are declared in vs_loss.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self.s = self.factor = array("d")

    def __init__(self, tau: float, gamma: float, fade: float) -> None:
        self._tau, self._gamma, self.exact, self.fade, self.gathers = tau, gamma, True, fade, False
        self.s = self.factor = array("d")

    @cython.cfunc
    def fit(self, classes: cython.Py_ssize_t) -> cython.void:
        if len(self.s) < classes:
            self.s, self.factor = array("d", bytes(8 * classes)), array("d", bytes(8 * classes))

    @cython.cfunc
    @cython.exceptval(check=False)
    def _scale(self, n: cython.double[::1], classes: cython.Py_ssize_t) -> cython.void:
        """Sets the factor of each class."""
        k: cython.Py_ssize_t
        most: cython.double = n[0]
        for k in range(classes):
            most = max(most, n[k])
        for k in range(classes):
            self.factor[k] = exp(self._gamma * log(n[k] / most))

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def score(
        self, f: cython.double[::1], n: cython.double[::1], u: cython.double[::1], classes: cython.Py_ssize_t
    ) -> cython.int:
        k: cython.Py_ssize_t
        w: cython.double
        level: cython.double = 0.0
        total: cython.double = 0.0
        self._scale(n, classes)
        for k in range(classes):
            u[k] = f[k] - self._tau * log(n[k])
            w = 1.0 / (self.factor[k] * self.factor[k])
            level += w * u[k]
            total += w
        level /= total
        for k in range(classes):
            u[k] = (u[k] - level) / self.factor[k]
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def restore(
        self, u: cython.double[::1], n: cython.double[::1], f: cython.double[::1], classes: cython.Py_ssize_t
    ) -> cython.void:
        k: cython.Py_ssize_t
        self._scale(n, classes)
        for k in range(classes):
            f[k] = self.factor[k] * u[k] + self._tau * log(n[k])

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
        self.restore(u, n, self.s, classes)
        gradient(self.s, e, classes, y)
        for k in range(classes):
            e[k] *= self.factor[k]
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def value(
        self, u: cython.double[::1], n: cython.double[::1], y: cython.Py_ssize_t, classes: cython.Py_ssize_t
    ) -> cython.double:
        self.restore(u, n, self.s, classes)
        return log_sum(self.s, classes) - self.s[y]
