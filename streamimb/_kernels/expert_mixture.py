# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""A mixture of experts on two levels, each judged by what it answered when the event was served.

p = t sum(v_k q_k) + (1 - t) sum(u_k q_k) for experts with probabilities q_k. At a label, v_k is multiplied by
q_k(y)^(1/16), u_k by q_k(y), and t and 1 - t by the probability of y that their sums gave, to the power 1/4; a fixed
share of 1e-4 is spread evenly. Where labels are late, every expert has just seen the labels around an event when its
label comes: its answer of then says which expert tracks fastest, not which one was right. So the memo's answers count.
"""

from __future__ import annotations

from array import array
from math import fsum
from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.saved import entries, number, numbers, refused

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import exp, log, sqrt

    from streamimb._kernels.linear_work import LinearWork
    from streamimb._kernels.mixture import Mixture
else:
    from cython.cimports.libc.math import exp, log, sqrt
    from cython.cimports.streamimb._kernels.linear_work import LinearWork
    from cython.cimports.streamimb._kernels.mixture import Mixture

SWITCH = cython.declare(cython.double, limits.SWITCH)
NEAREST = cython.declare(cython.double, limits.NEAREST)
MOST_EXPERTS = limits.MOST_EXPERTS


@cython.cclass
class ExpertMixture(Mixture):
    """Fields are declared in expert_mixture.pxd. **Cost**: O(experts)."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self._lay_out(1)

    def __init__(self, real: int) -> None:
        self._lay_out(real)

    @cython.cfunc
    def _lay_out(self, real: cython.Py_ssize_t) -> cython.void:
        self.real, self.memo_size, self.level = real, real + 2, 0.5
        self.share, self.slow = array("d", [1.0 / real] * real), array("d", [1.0 / real] * real)
        self.fast, self.q = array("d", [1.0 / real] * real), array("d", bytes(8 * real))

    @cython.cfunc
    @cython.exceptval(check=False)
    def probability(self, work: LinearWork, offset: cython.double) -> cython.double:
        """P(True) by the mixture."""
        k: cython.Py_ssize_t
        p: cython.double = 0.0
        work.expect(offset)
        for k in range(work.real):
            p += self.share[k] * work.E[k]
        if work.additive is not None:
            work.additive.expect(offset)
            for k in range(work.real):
                p += self.share[work.real + k] * work.additive.E[k]
        return p if p < 1.0 else 1.0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _collect(self, work: LinearWork) -> cython.void:
        """Sets `q` to the probabilities of all experts, as `probability` has computed them."""
        k: cython.Py_ssize_t
        for k in range(work.real):
            self.q[k] = work.E[k]
        if work.additive is not None:
            for k in range(work.real):
                self.q[work.real + k] = work.additive.E[k]

    @cython.cfunc
    def remember(self, work: LinearWork) -> tuple[Any, ...]:
        """The answers of all experts, then the sums of the two levels."""
        k: cython.Py_ssize_t
        slow: cython.double = 0.0
        fast: cython.double = 0.0
        self._collect(work)
        for k in range(self.real):
            slow += self.slow[k] * self.q[k]
            fast += self.fast[k] * self.q[k]
        # Shares sum to 1 but for rounding, and a memo with a probability above 1 is refused.
        return (*[self.q[k] for k in range(self.real)], min(1.0, slow), min(1.0, fast))

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def judge(
        self, work: LinearWork, offset: cython.double, memo: Any, y: cython.bint, w: cython.double
    ) -> cython.int:
        """Moves the shares by a label of weight w; without a memo the answers of now count."""
        k: cython.Py_ssize_t
        q: cython.double
        slow: cython.double = 0.0
        fast: cython.double = 0.0
        total_slow: cython.double = 0.0
        total_fast: cython.double = 0.0
        best: cython.double = 0.0
        if self.real == 1:
            return 0
        if memo is None:
            self.probability(work, offset)
            self._collect(work)
            for k in range(self.real):
                slow += self.slow[k] * self.q[k]
                fast += self.fast[k] * self.q[k]
        else:
            for k in range(self.real):
                self.q[k] = memo[k]
            slow, fast = memo[self.real], memo[self.real + 1]
        slow, fast = given(slow, y), given(fast, y)
        for k in range(self.real):
            self.q[k] = given(self.q[k], y)
            best = max(best, self.q[k])
        for k in range(self.real):
            q = self.q[k]
            if w == 1.0:
                self.slow[k] *= sqrt(sqrt(sqrt(sqrt(q))))
                self.fast[k] *= q
            else:  # relative to the best expert, because q^w alone may underflow for all of them
                q = w * log(q / best)
                self.slow[k] = self.slow[k] * exp(max(-700.0, q / 16.0)) + 1e-300
                self.fast[k] = self.fast[k] * exp(max(-700.0, q)) + 1e-300
            total_slow += self.slow[k]
            total_fast += self.fast[k]
        for k in range(self.real):
            self.slow[k] = (1.0 - SWITCH) * (self.slow[k] / total_slow) + SWITCH / self.real
            self.fast[k] = (1.0 - SWITCH) * (self.fast[k] / total_fast) + SWITCH / self.real
        q = fast / slow
        q = sqrt(sqrt(q)) if w == 1.0 else exp(min(700.0, max(-700.0, 0.25 * w * log(q))))
        self.level = (1.0 - SWITCH) * (self.level / (self.level + (1.0 - self.level) * q)) + 0.5 * SWITCH
        self._blend()
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _blend(self) -> cython.void:
        k: cython.Py_ssize_t
        for k in range(self.real):
            self.share[k] = self.level * self.slow[k] + (1.0 - self.level) * self.fast[k]

    def __getstate__(self) -> dict[str, Any]:
        return {"slow": bytes(self.slow), "fast": bytes(self.fast), "level": float(self.level)}

    def resume(self, state: Any, real: int) -> None:
        """Takes over the saved shares of `real` experts, after they were checked."""
        saved = entries(state, "slow", "fast", "level")
        slow, fast = numbers(saved, "slow", real, 0.0, 1.0), numbers(saved, "fast", real, 0.0, 1.0)
        level = number(saved, "level", 0.0, 1.0)
        if not (abs(fsum(slow) - 1.0) < 1e-9 and abs(fsum(fast) - 1.0) < 1e-9):
            raise refused("share", "shares of the experts that sum to 1")
        self._lay_out(real)
        self.slow, self.fast, self.level = slow, fast, level
        self._blend()


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def given(p: cython.double, y: cython.bint) -> cython.double:
    """The probability that an answer p gave to the label."""
    p = min(1.0 - NEAREST, max(NEAREST, p))
    return p if y else 1.0 - p
