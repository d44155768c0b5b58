# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The focal loss, and the probabilities that its scores mean: the arithmetic of `losses.Focal`.

For q = softmax(u) the gradient at label y is w_y c_y(q_y) (q - t), with c_k(q) = (1-q)^gamma_k (1 + gamma_k R) and
R = -q log q / (1-q); here all gamma_k are gamma and all weights w_k are 1. It is 0 on average where the probability of
class k is in proportion to q_k / (w_k c_k(q_k)). With v_k the log-odds of q_k, the log of that is
T(v) = log q - gamma_k log(1-q) - log(1 + gamma_k R) - log w_k: almost linear in v, so that Newton's method finds the
v_k for given probabilities in about six steps.
"""

from __future__ import annotations

from array import array

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import exp, fabs, log, log1p

    from streamimb._kernels.loss import Loss, log_sum
    from streamimb._kernels.softmax_path import gradient
else:
    from cython.cimports.libc.math import exp, fabs, log, log1p
    from cython.cimports.streamimb._kernels.loss import Loss, log_sum
    from cython.cimports.streamimb._kernels.softmax_path import gradient

MOST_STEPS = cython.declare(cython.int, 50)
NEAR = cython.declare(cython.double, 1e-10)  # a smaller change of all log-odds ends the search
FAR = cython.declare(cython.double, 690.0)  # log-odds beyond this count as this
LARGE = cython.declare(cython.double, 30.0)  # log-odds from which R is 1 in all digits that count
STRIDE = cython.declare(cython.double, 20.0)  # the largest change of log-odds in one step
LEAST_PROBABILITY = cython.declare(cython.double, limits.LEAST_PROBABILITY)


@cython.cfunc
@cython.exceptval(check=False)
def softplus(t: cython.double) -> cython.double:
    """log(1 + e^t)."""
    return (t if t > 0.0 else 0.0) + log1p(exp(-fabs(t)))


@cython.cclass
class FocalLoss(Loss):
    """-(1 - q_y)^gamma log q_y. Fields are declared in focal_loss.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self.v = self.r = self.slope = self.q = self.rest = self.power = self.log_weight = array("d")

    def __init__(self, gamma: float) -> None:
        self._gamma, self.exact, self.fade, self.gathers = gamma, True, 1.0, False
        self.v = self.r = self.slope = self.q = self.rest = self.power = self.log_weight = array("d")

    @cython.cfunc
    def fit(self, classes: cython.Py_ssize_t) -> cython.void:
        if len(self.v) < classes:
            zeros = bytes(8 * classes)
            self.v, self.r, self.slope = array("d", zeros), array("d", zeros), array("d", zeros)
            self.q, self.rest = array("d", zeros), array("d", zeros)
            self.power, self.log_weight = array("d", [self._gamma] * classes), array("d", zeros)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _tune(self, n: cython.double[::1], classes: cython.Py_ssize_t) -> cython.void:
        """Sets `power` and `log_weight` of each class; here they are the same at any counts."""

    @cython.cfunc
    @cython.exceptval(check=False)
    def _tilt(self, k: cython.Py_ssize_t) -> cython.void:
        """Sets q, 1 - q, T and T' of a class from its log-odds."""
        v: cython.double = self.v[k]
        gamma: cython.double = self.power[k]
        below: cython.double = softplus(-v)  # -log q
        above: cython.double = softplus(v)  # -log(1 - q)
        q: cython.double = exp(-below)
        rest: cython.double = exp(-above)
        part: cython.double = exp(v) * below if v < LARGE else 1.0  # R
        self.q[k], self.rest[k] = q, rest
        self.r[k] = gamma * above - below - log1p(gamma * part) - self.log_weight[k]
        self.slope[k] = rest + gamma * q - gamma * (part - q) / (1.0 + gamma * part)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def score(
        self, f: cython.double[::1], n: cython.double[::1], u: cython.double[::1], classes: cython.Py_ssize_t
    ) -> cython.int:
        k: cython.Py_ssize_t
        i: cython.int
        w: cython.double
        gap: cython.double
        total: cython.double
        change: cython.double
        largest: cython.double
        level: cython.double = 0.0
        top: cython.Py_ssize_t = 0
        for k in range(classes):
            if f[k] > f[top]:
                top = k
        if self._gamma == 0.0:
            for k in range(classes):
                u[k] = f[k]
            return 0
        self._tune(n, classes)
        # The start: q in proportion to p^(1 / (1 + gamma)), which is right where q is small.
        total = 0.0
        for k in range(classes):
            u[k] = max(-FAR, (f[k] - f[top]) / (1.0 + self.power[k]))
            total += exp(u[k]) if k != top else 0.0
        for k in range(classes):
            w = total if k == top else total + 1.0 - exp(u[k])
            self.v[k] = u[k] - log(max(LEAST_PROBABILITY, w))
        for i in range(MOST_STEPS):
            gap, total, largest = 0.0, LEAST_PROBABILITY, 0.0
            for k in range(classes):
                self._tilt(k)
            if i == 0:
                level = self.r[top] - f[top]
            for k in range(classes):
                self.r[k] -= f[k] + level
                gap += self.rest[k] if k == top else -self.q[k]
                w = self.q[k] * self.rest[k] / self.slope[k]
                gap += w * self.r[k]
                total += w
            gap /= total
            level += gap
            for k in range(classes):
                change = (gap - self.r[k]) / self.slope[k]
                change = min(STRIDE, max(-STRIDE, change))
                self.v[k] = min(FAR, max(-FAR, self.v[k] + change))
                largest = max(largest, fabs(change))
            if largest < NEAR:
                break
        for k in range(classes):
            u[k] = -softplus(-self.v[k])
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def restore(
        self, u: cython.double[::1], n: cython.double[::1], f: cython.double[::1], classes: cython.Py_ssize_t
    ) -> cython.void:
        k: cython.Py_ssize_t
        self._tune(n, classes)
        for k in range(classes):
            gradient(u, self.v, classes, k)
            self.v[k] = u[k] - log_sum(u, classes) - log(max(LEAST_PROBABILITY, self.v[k]))
            self._tilt(k)
            f[k] = self.r[k]

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
        rest: cython.double
        below: cython.double
        factor: cython.double
        gamma: cython.double
        self._tune(n, classes)
        gamma = self.power[y]
        gradient(u, e, classes, y)
        rest = max(LEAST_PROBABILITY, e[y])
        below = log_sum(u, classes) - u[y]
        factor = exp(gamma * log(rest) + self.log_weight[y]) * (1.0 + gamma * exp(-below) * below / rest)
        for k in range(classes):
            e[k] *= factor
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def value(
        self, u: cython.double[::1], n: cython.double[::1], y: cython.Py_ssize_t, classes: cython.Py_ssize_t
    ) -> cython.double:
        below: cython.double = log_sum(u, classes) - u[y]
        self._tune(n, classes)
        return below * exp(
            self.power[y] * log(max(LEAST_PROBABILITY, 1.0 - exp(-below))) + self.log_weight[y]
        )
