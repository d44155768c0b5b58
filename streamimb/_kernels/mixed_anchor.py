# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The live anchor: the log-odds of two class priors, one whose windows are cut and one that is never cut, mixed.

Labels that come in clumps look like a change of the base rate to a test that takes them as independent, so a prior that
is cut moves too much there; one that is never cut follows a real change too late. Each is judged by what the event's
score would have been with it: share <- share q_cut(y), 1 - share <- (1 - share) q_steady(y), normalised, with a fixed
share of 1e-4, where q = sigmoid(logit p + its log-odds - the mixed log-odds).
"""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.saved import alike, entries, number

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import exp, log

    from streamimb._kernels.ports import Anchor
    from streamimb._kernels.prior_bank import PriorBank
    from streamimb._kernels.row import Row
else:
    from cython.cimports.libc.math import exp, log
    from cython.cimports.streamimb._kernels.ports import Anchor
    from cython.cimports.streamimb._kernels.prior_bank import PriorBank
    from cython.cimports.streamimb._kernels.row import Row

SWITCH = cython.declare(cython.double, limits.SWITCH)
NEAREST = cython.declare(cython.double, limits.NEAREST)


@cython.cclass
class MixedAnchor(Anchor):
    """Fields are declared in mixed_anchor.pxd. **Cost**: O(1), about 40 ns a label."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid parts too.
        self.prior, self.steady, self.share = PriorBank(), PriorBank(), 0.5

    def __init__(self, prior: PriorBank) -> None:
        self.prior, self.share = prior, 0.5
        self.steady = prior.steady()

    @cython.cfunc
    @cython.exceptval(-1e308, check=True)
    def logit(self, row: Row) -> cython.double:
        return self._mixed()

    @cython.cfunc
    @cython.exceptval(check=False)
    def _mixed(self) -> cython.double:
        return self.share * self.prior.log_odds + (1.0 - self.share) * self.steady.log_odds

    def logit_one(self, x: Any) -> float:
        """Return the log-odds of True; x is not used."""
        return self._mixed()

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def note(self, row: Row, y: cython.bint, p: cython.double, w: cython.double) -> cython.int:
        mixed: cython.double
        cut: cython.double
        steady: cython.double
        if self.prior.log_odds == self.steady.log_odds:  # no window was cut: both judge the same score
            p = 1.0
        else:
            mixed = self._mixed()
            p = min(1.0 - NEAREST, max(NEAREST, p))
            p = log(p / (1.0 - p)) - mixed
            cut, steady = p + self.prior.log_odds, p + self.steady.log_odds
            if not y:
                cut, steady = -cut, -steady
            # (q_steady / q_cut)^w of the two sigmoids
            p = exp(min(700.0, max(-700.0, w * (log(1.0 + exp(-cut)) - log(1.0 + exp(-steady))))))
        self.share = (1.0 - SWITCH) * (self.share / (self.share + (1.0 - self.share) * p)) + 0.5 * SWITCH
        self.steady.track(1.0 if y else 0.0, w)
        return 0

    def __getstate__(self) -> dict[str, Any]:
        return {"steady": self.steady.__getstate__(), "share": float(self.share)}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "steady", "share")
        share = number(saved, "share", 0.0, 1.0)
        fresh = self.prior.steady()
        alike(saved["steady"], fresh.__getstate__(), "fade", "threshold", "start", "start_weight")
        fresh.__setstate__(saved["steady"])
        self.steady, self.share = fresh, share
