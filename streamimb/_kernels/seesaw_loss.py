# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Cross-entropy with a factor for each class that depends on counts and probabilities: `losses.Seesaw`."""

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

FLOOR = cython.declare(cython.double, -4.605170185988091)  # log .01: a smaller probability counts as .01


@cython.cclass
class SeesawLoss(Loss):
    """log sum exp(s) - s_y with s_k = u_k + log S_yk, S held constant. Fields are declared in seesaw_loss.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self.s = array("d")

    def __init__(self, mitigation: float, compensation: float, fade: float) -> None:
        self._mitigation, self._compensation = mitigation, compensation
        self.exact, self.fade, self.gathers, self.s = False, fade, False, array("d")

    @cython.cfunc
    def fit(self, classes: cython.Py_ssize_t) -> cython.void:
        if len(self.s) < classes:
            self.s = array("d", bytes(8 * classes))

    @cython.cfunc
    @cython.exceptval(check=False)
    def _press(
        self, u: cython.double[::1], n: cython.double[::1], y: cython.Py_ssize_t, classes: cython.Py_ssize_t
    ) -> cython.void:
        """Sets s: scores of classes rarer than the label fall, those of classes that outscore it rise."""
        k: cython.Py_ssize_t
        above: cython.double
        total: cython.double = log_sum(u, classes)
        own: cython.double = max(FLOOR, u[y] - total)
        for k in range(classes):
            above = max(0.0, max(FLOOR, u[k] - total) - own)
            self.s[k] = u[k] + self._compensation * above + self._mitigation * min(0.0, log(n[k] / n[y]))

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
        self._press(u, n, y, classes)
        gradient(self.s, e, classes, y)
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def value(
        self, u: cython.double[::1], n: cython.double[::1], y: cython.Py_ssize_t, classes: cython.Py_ssize_t
    ) -> cython.double:
        self._press(u, n, y, classes)
        return log_sum(self.s, classes) - self.s[y]
