# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""A fixed-share mixture of learning rates: the rate that predicts best gets the largest share."""

from __future__ import annotations

from array import array
from math import fsum
from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import exp, log

    from streamimb._kernels.linear_work import LinearWork
    from streamimb._kernels.mixture import Mixture
else:
    from cython.cimports.libc.math import exp, log
    from cython.cimports.streamimb._kernels.linear_work import LinearWork
    from cython.cimports.streamimb._kernels.mixture import Mixture

# Part of the shares that is spread over all rates at every label
SWITCH = cython.declare(cython.double, limits.SWITCH)


@cython.cclass
class RateMixture(Mixture):
    """Fields are declared in rate_mixture.pxd."""

    def __init__(self, real: int) -> None:
        self.real = real
        self.share = array("d", [1.0 / real] * real)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def judge(
        self, work: LinearWork, offset: cython.double, memo: Any, y: cython.bint, w: cython.double
    ) -> cython.int:
        """Multiplies the share of every rate by the probability (to the power w) that it gave to the label."""
        k: cython.Py_ssize_t
        p: cython.double
        best: cython.double = -1e300
        total: cython.double = 0.0
        work.expect(offset)
        if self.real == 1:
            return 0
        for k in range(self.real):
            p = work.E[k] if y else 1.0 - work.E[k]
            if w != 1.0:  # p^w, relative to the best of the rates
                p = w * log(p + 1e-300)
                if p > best:
                    best = p
            work.e[k] = p
        for k in range(self.real):
            p = work.e[k] if w == 1.0 else exp(max(-700.0, work.e[k] - best))
            p = self.share[k] * p + 1e-300
            work.e[k] = p
            total += p
        total = (1.0 - SWITCH) / total
        p = SWITCH / self.real
        for k in range(self.real):
            self.share[k] = work.e[k] * total + p
        return 0

    def __getstate__(self) -> bytes:
        return bytes(self.share)

    def resume(self, state: Any, real: int) -> None:
        """Takes over the saved shares of `real` rates, after they were checked."""
        share = array("d", state)
        if len(share) != real or not all(0.0 <= part <= 1.0 for part in share):
            raise ValueError(f"state: share must have {real} numbers in [0, 1]")
        if not abs(fsum(share) - 1.0) < 1e-9:
            raise ValueError("state: the shares of the rates must sum to 1")
        self.real, self.share = real, share
