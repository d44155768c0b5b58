# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""A logistic regression on one to three functions of a score, by online Newton steps or by decayed information.

The answer is q = sigmoid(theta z(p) + offset(p)). One function: z = 1, the offset is logit p. Two: z = (logit p, 1).
Three: z = (log p, -log(1 - p), 1); with a memory, z and the offset are taken about the class prior.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.event_label import checked_label
from streamimb._kernels.saved import entries, number, numbers, refused

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import exp, log, log1p, sqrt

    from streamimb._kernels.event_weight import checked_weight
    from streamimb._kernels.ports import Scaling
    from streamimb._kernels.prior_bank import PriorBank
else:
    from cython.cimports.libc.math import exp, log, log1p, sqrt
    from cython.cimports.streamimb._kernels.event_weight import checked_weight
    from cython.cimports.streamimb._kernels.ports import Scaling
    from cython.cimports.streamimb._kernels.prior_bank import PriorBank

BETA = cython.declare(cython.double, 0.1)  # of the published steps
RADIUS = cython.declare(cython.double, 100.0)  # |theta| of the published steps
PUBLISHED_CLIP = cython.declare(cython.double, 1e-5)  # scores are clipped this far from 0 and 1
NEAREST = cython.declare(cython.double, limits.NEAREST)
RIDGE = cython.declare(cython.double, 5.0)  # prior information where it forgets
STEEPEST = cython.declare(cython.double, 5.0)  # bound of a slope, from 0, where it forgets
FARTHEST = cython.declare(cython.double, 40.0)  # bound of |intercept|, where it forgets
WEIGHT_CAP = cython.declare(cython.double, limits.WEIGHT_CAP)


@cython.cclass
class ScoreRegression(Scaling):
    """`memory` 0: online Newton steps, which never forget. Fields: score_regression.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has buffers too.
        self._begin(1, 50.0, True)

    def __init__(self, n: int, memory: float, identity: bool) -> None:
        self._begin(n, memory, identity)

    @cython.cfunc
    def _begin(self, n: cython.int, memory: cython.double, identity: cython.bint) -> Any:
        i: cython.int
        self.bank = PriorBank()
        self.n, self.forgets, self.span = n, memory > 0.0, memory
        self.clip = NEAREST if self.forgets else PUBLISHED_CLIP
        self.ridge = RIDGE if self.forgets else 100.0 if n == 2 else 25.0  # 1 / (beta D)^2, D = 1 and 2
        self.theta, self.info = array("d", [0.0] * n), array("d", [0.0] * (n * n))
        for i in range(n):
            self.info[n * i + i] = self.ridge
            if identity and i < n - 1:
                self.theta[i] = 1.0
        self.z, self.solved, self.held = array("d", [0.0] * n), array("d", [0.0] * n), array("d", [0.0] * n)
        self.z[n - 1] = 1.0
        self.work = array("d", [0.0] * (n * n))

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def calibrated(self, p: cython.double, x: Any) -> cython.double:
        return self._say(p)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def learn(self, p: cython.double, y: cython.bint, w: cython.double, x: Any, memo: Any) -> cython.int:
        self._learn(p, 1.0 if y else 0.0, min(w, WEIGHT_CAP))
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _say(self, p: cython.double) -> cython.double:
        i: cython.int
        s: cython.double
        p = min(1.0 - self.clip, max(self.clip, p))
        s = 0.0
        if self.n == 1:
            s = log(p / (1.0 - p))
        elif self.n == 2:
            self.z[0] = log(p / (1.0 - p))
        else:
            self.z[0], self.z[1] = log(p), -log1p(-p)
            if self.forgets:
                s = self.bank.log_odds
                self.z[0] += log1p(exp(-s))  # - log m
                self.z[1] -= log1p(exp(s))  # + log(1 - m)
        for i in range(self.n):
            s += self.theta[i] * self.z[i]
        s = min(700.0, max(-700.0, s))
        return 1.0 / (1.0 + exp(-s))

    @cython.cfunc
    @cython.exceptval(check=False)
    def _learn(self, p: cython.double, y: cython.double, w: cython.double) -> cython.void:
        i: cython.int
        j: cython.int
        n: cython.int = self.n
        q: cython.double = self._say(p)
        e: cython.double = q - y
        new: cython.double
        fade: cython.double = 1.0
        if self.forgets:
            # The information of one event is limited, so that it neither exceeds nor empties a memory.
            new = min(w * q * (1.0 - q), self.span)
            fade = max(0.5, 1.0 - new / self.span)
        else:
            new = w * e * e
        for i in range(n):
            for j in range(n):
                self.info[n * i + j] = fade * self.info[n * i + j] + new * self.z[i] * self.z[j]
            self.info[n * i + i] += (1.0 - fade) * self.ridge
        if self.forgets:
            self._newton_step(w, e)
            if n == 3:
                self.bank.track(y, w)
            return
        for i in range(n):
            self.solved[i] = w * e * self.z[i]
            self.held[i] = 0.0
        self._solve(0.0)
        for i in range(n):
            self.theta[i] -= self.solved[i] / BETA
        self._ball()

    @cython.cfunc
    @cython.exceptval(check=False)
    def _solve(self, more: cython.double) -> cython.void:
        """Replaces g in `solved` by the d with (A + more I) d = g; a coordinate that is held keeps its value."""
        i: cython.int
        j: cython.int
        k: cython.int
        n: cython.int = self.n
        factor: cython.double
        for i in range(n):
            for j in range(n):
                self.work[n * i + j] = self.info[n * i + j]
            self.work[n * i + i] += more
        for i in range(n):
            if self.held[i] != 0.0:
                for j in range(n):
                    if j != i and self.held[j] == 0.0:
                        self.solved[j] -= self.work[n * j + i] * self.solved[i]
                    self.work[n * j + i] = 0.0
                    self.work[n * i + j] = 0.0
                self.work[n * i + i] = 1.0
        for k in range(n):
            # A is never below A0, except by rounding.
            if self.held[k] == 0.0:
                self.work[n * k + k] = max(self.ridge, self.work[n * k + k])
            for i in range(k + 1, n):
                factor = self.work[n * i + k] / self.work[n * k + k]
                for j in range(k, n):
                    self.work[n * i + j] -= factor * self.work[n * k + j]
                self.solved[i] -= factor * self.solved[k]
        for k in range(n - 1, -1, -1):
            for j in range(k + 1, n):
                self.solved[k] -= self.work[n * k + j] * self.solved[j]
            self.solved[k] /= self.work[n * k + k]

    @cython.cfunc
    @cython.exceptval(check=False)
    def _newton_step(self, w: cython.double, e: cython.double) -> cython.void:
        """Takes the Newton step; where bounds hold some coordinates, the others take their best step beside them."""
        i: cython.int
        held: cython.bint
        low: cython.double
        high: cython.double
        rounds: cython.int
        for i in range(self.n):
            self.held[i] = 0.0
        for rounds in range(self.n + 1):
            for i in range(self.n):
                if self.held[i] == 0.0:
                    self.solved[i] = -w * e * self.z[i]
            self._solve(0.0)
            held = False
            for i in range(self.n):
                low = max(-1.0, (0.0 if i < self.n - 1 else -FARTHEST) - self.theta[i])
                high = min(1.0, (STEEPEST if i < self.n - 1 else FARTHEST) - self.theta[i])
                if self.held[i] == 0.0 and not low <= self.solved[i] <= high:
                    self.solved[i] = min(high, max(low, self.solved[i]))
                    self.held[i] = 1.0
                    held = True
            if not held:
                break
        for i in range(self.n):
            # Rounding of the sums may exceed the bounds.
            low = 0.0 if i < self.n - 1 else -FARTHEST
            high = STEEPEST if i < self.n - 1 else FARTHEST
            self.theta[i] = min(high, max(low, self.theta[i] + self.solved[i]))

    @cython.cfunc
    @cython.exceptval(check=False)
    def _ball(self) -> cython.void:
        """Projects theta onto |theta| <= RADIUS in the norm of A: (A + mu I)^-1 A theta, mu by bisection of its log."""
        i: cython.int
        j: cython.int
        rounds: cython.int
        length: cython.double = 0.0
        low: cython.double = -30.0
        high: cython.double = 80.0
        middle: cython.double
        for i in range(self.n):
            length += self.theta[i] * self.theta[i]
        if sqrt(length) <= RADIUS:
            return
        for rounds in range(60):
            middle = 0.5 * (low + high)
            for i in range(self.n):
                self.solved[i] = 0.0
                for j in range(self.n):
                    self.solved[i] += self.info[self.n * i + j] * self.theta[j]
            self._solve(exp(middle))
            length = 0.0
            for i in range(self.n):
                length += self.solved[i] * self.solved[i]
            if sqrt(length) > RADIUS:
                low = middle
            else:
                high = middle
        length = max(1.0, sqrt(length) / RADIUS)
        for i in range(self.n):
            self.theta[i] = self.solved[i] / length

    def calibrate_one(self, p: cython.double) -> float:
        """Return the calibrated probability of the score p."""
        if not -1e-6 <= p <= 1.000001:
            raise ValueError("p: a score must be in [0, 1]")
        return self._say(p)

    def learn_one(self, p: cython.double, y: Any, w: cython.double = 1.0, memo: Any = None) -> None:
        """Learn that an event scored p turned out to be y; w = 0 changes nothing."""
        if not -1e-6 <= p <= 1.000001:
            raise ValueError("p: a score must be in [0, 1]")
        w = checked_weight(w)
        label: cython.bint = y if y is True or y is False else checked_label(y)
        if w > 0.0:
            self._learn(p, 1.0 if label else 0.0, w)

    @property
    def coefficients(self) -> tuple[float, ...]:
        """The coefficients theta, the intercept last."""
        return tuple(self.theta)

    @property
    def _learned(self) -> dict[str, Any]:
        """What was learned, as data."""
        bank = self.bank.__getstate__() if self.forgets and self.n == 3 else None
        return {"theta": bytes(self.theta), "info": bytes(self.info), "bank": bank}

    def _resume(self, state: Any) -> None:
        """Take over what another with the same parameters had learned."""
        i: cython.int
        saved = entries(state, "theta", "info", "bank")
        far: cython.double = FARTHEST if self.forgets else 1.000001 * RADIUS
        theta, info = numbers(saved, "theta", self.n, -far, far), numbers(saved, "info", self.n * self.n)
        for i in range(self.n):
            if self.forgets and i < self.n - 1 and not 0.0 <= theta[i] <= STEEPEST:
                raise refused("theta", "slopes within their bounds")
            if info[self.n * i + i] < 0.999 * self.ridge:
                raise refused("info", "information of at least that of the start")
        if not is_above(list(info), self.n, 0.9 * self.ridge):
            raise refused("info", "a symmetric matrix, no direction of which is below the start")
        bank = PriorBank()
        if self.forgets and self.n == 3:
            bank.__setstate__(saved["bank"])
        elif saved["bank"] is not None:
            raise refused("bank", "None where the class prior is not used")
        self.bank, self.theta, self.info = bank, theta, info


def is_above(a: list[float], n: int, least: float) -> bool:
    """Whether an n x n matrix is symmetric and its eigenvalues are at least `least`, up to rounding: by elimination."""
    slack = [1e-9 * abs(a[n * k + k]) for k in range(n)]
    for i in range(n):
        for j in range(i):
            if not abs(a[n * i + j] - a[n * j + i]) <= slack[i] + slack[j]:
                return False
    left = [a[n * i + j] - (least if i == j else 0.0) for i in range(n) for j in range(n)]
    for k in range(n):
        pivot = left[n * k + k]
        if not pivot >= -slack[k]:
            return False
        for i in range(k + 1, n):
            factor = left[n * i + k] / max(pivot, slack[k], 1e-300)
            for j in range(k + 1, n):
                left[n * i + j] -= factor * left[n * k + j]
    return True
