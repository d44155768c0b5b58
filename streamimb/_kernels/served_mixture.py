# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""A mixture of experts, each judged by the probability that it gave when the event was served.

An expert that follows the last labels looks best at the label, where it has just seen its neighbours, and is served
on what was known at the event. A share is multiplied by the probability of the label to the power 1/16.
"""

from __future__ import annotations

from array import array
from math import fsum
from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import exp, log
else:
    from cython.cimports.libc.math import exp, log

# Part of the shares that is spread over all experts at every label
SWITCH = cython.declare(cython.double, limits.SWITCH)
POWER = cython.declare(cython.double, 1.0 / 16.0)
LEAST_PROBABILITY = cython.declare(cython.double, limits.LEAST_PROBABILITY)


@cython.cclass
class ServedMixture:
    """Fields are declared in served_mixture.pxd. **Cost**: O(experts)."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self.share = self.next = array("d")

    def __init__(self, experts: int) -> None:
        self.experts = experts
        self.share = array("d", [1.0 / experts] * experts)
        self.next = array("d", bytes(8 * experts))

    @cython.cfunc
    @cython.exceptval(check=False)
    def mix(self, said: cython.double[::1]) -> cython.double:
        """P(True) by the mixture."""
        k: cython.Py_ssize_t
        p: cython.double = 0.0
        for k in range(self.experts):
            p += self.share[k] * said[k]
        return p if p < 1.0 else 1.0

    @cython.cfunc
    @cython.exceptval(check=False)
    def judge(self, said: cython.double[::1], y: cython.bint, w: cython.double) -> cython.void:
        """Moves the shares by what the experts said about a label of weight w, relative to the best of them."""
        k: cython.Py_ssize_t
        p: cython.double
        best: cython.double = -1e308
        total: cython.double = 0.0
        if self.experts == 1:
            return
        for k in range(self.experts):
            p = w * POWER * log((said[k] if y else 1.0 - said[k]) + LEAST_PROBABILITY)
            self.next[k] = p
            if p > best:
                best = p
        for k in range(self.experts):
            p = self.share[k] * exp(max(-700.0, self.next[k] - best)) + LEAST_PROBABILITY
            self.next[k] = p
            total += p
        total = (1.0 - SWITCH) / total
        for k in range(self.experts):
            self.share[k] = self.next[k] * total + SWITCH / self.experts

    def __getstate__(self) -> bytes:
        return bytes(self.share)

    def resume(self, state: Any) -> None:
        """Take over the saved shares of as many experts, after they were checked."""
        if type(state) is not bytes or len(state) != 8 * self.experts:
            raise ValueError(f"state: the mixture must have {self.experts} shares of 8 bytes each")
        share = array("d", state)
        if not all(0.0 <= part <= 1.0 for part in share):
            raise ValueError("state: a share of the mixture is outside [0, 1]")
        if not abs(fsum(share) - 1.0) < 1e-9:
            raise ValueError("state: the shares of the experts must sum to 1")
        self.share = share
