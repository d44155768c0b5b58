# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The live anchor of any number of classes: the logs of two class priors, one that is cut and one that is not, mixed.

`mixed_anchor.py` is the same of two classes, and says why there are two. The offset of class k is the mean of log m_k
of both priors by their shares. Each is judged by the probability that the score would have given to the label with it:
q(y) = p_y d_y / sum(p_k d_k), d_k = exp(log m_k - the mixed offset of k). Then as there: share <- share q_cut(y),
1 - share <- (1 - share) q_steady(y), normalised, with a fixed share of 1e-4.
"""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.saved import alike, entries, number, refused

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import exp, log

    from streamimb._kernels.prior_bank import PriorBank
else:
    from cython.cimports.libc.math import exp, log
    from cython.cimports.streamimb._kernels.prior_bank import PriorBank

SWITCH = cython.declare(cython.double, limits.SWITCH)
NEAREST = cython.declare(cython.double, limits.NEAREST)


@cython.cclass
class MixedClassAnchor:
    """Fields are declared in mixed_class_anchor.pxd. **Cost**: O(K) for K classes, at an event and at a label."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has a valid prior too.
        self._begin(PriorBank(), 0.5)

    def __init__(self, steady: PriorBank) -> None:
        self._begin(steady, 0.5)

    @cython.cfunc
    def _begin(self, steady: PriorBank, share: cython.double) -> cython.void:
        self.steady, self.share = steady, share
        self.other = None

    @cython.cfunc
    def _shares(self, prior: dict[Any, float]) -> dict[Any, float]:
        """The shares that the steady prior says of the same classes; computed once between two labels."""
        known: cython.bint = self.other is not None and len(self.other) == len(prior)
        if known:
            for label in prior:
                known = known and label in self.other  # type: ignore[operator]  # it is not None here
        if not known:
            self.other = self.steady.shares(prior)
        return self.other  # type: ignore[return-value]  # None was replaced

    @cython.cfunc
    def offsets(self, prior: dict[Any, float]) -> dict[Any, float]:
        """The offset of each class, of which the prior that is cut says this."""
        own: cython.double
        other: cython.double
        steady = self._shares(prior)
        found: dict[Any, float] = {}
        for label, own in prior.items():
            other = steady[label]
            found[label] = log(own)
            if other != own:  # a window was cut
                found[label] = self.share * log(own) + (1.0 - self.share) * log(other)
        return found

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def note(
        self,
        p: dict[Any, float],
        offsets: dict[Any, float],
        prior: dict[Any, float],
        y: Any,
        w: cython.double,
    ) -> cython.int:
        """Learns a label that was given p at these offsets, which were made of this prior."""
        q: cython.double
        offset: cython.double
        by_cut: cython.double
        by_steady: cython.double
        cut: cython.double = 0.0
        steady: cython.double = 0.0
        gain: cython.double = 1.0
        other = self._shares(prior)
        if other != prior:
            for label, offset in offsets.items():
                q = p[label]
                by_cut, by_steady = prior[label], other[label]
                q = max(NEAREST, q) * exp(-offset)
                cut += q * by_cut
                steady += q * by_steady
            by_cut, by_steady = prior[y], other[y]
            # (q_steady / q_cut)^w
            gain = w * (log(by_steady / by_cut) - log(steady / cut))
            gain = exp(min(700.0, max(-700.0, gain)))
        self.share = (1.0 - SWITCH) * (self.share / (self.share + (1.0 - self.share) * gain)) + 0.5 * SWITCH
        self.steady.note(y, w)
        self.other = None
        return 0

    def __getstate__(self) -> dict[str, Any]:
        return {"steady": self.steady, "share": float(self.share)}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "steady", "share")
        share = number(saved, "share", 0.0, 1.0)
        given: Any = saved["steady"]
        if type(given) is not type(self.steady):
            raise refused("steady", "a prior of this kind")
        own, fresh = PriorBank.__getstate__(given), PriorBank.__getstate__(self.steady)
        alike(own, fresh, "fade", "threshold", "start", "start_weight")
        self._begin(given, share)
