# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Weights that undo a filter upstream, by the probability that the filter keeps an event: those of DensityRatio."""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import pow as power

    from streamimb._kernels.event_weight import checked_weight
    from streamimb._kernels.logistic import Logistic
    from streamimb._kernels.ports import Rates
    from streamimb._kernels.prior_bank import PriorBank
    from streamimb._kernels.row import Row
else:
    from cython.cimports.libc.math import pow as power
    from cython.cimports.streamimb._kernels.event_weight import checked_weight
    from cython.cimports.streamimb._kernels.logistic import Logistic
    from cython.cimports.streamimb._kernels.ports import Rates
    from cython.cimports.streamimb._kernels.prior_bank import PriorBank
    from cython.cimports.streamimb._kernels.row import Row

from streamimb._kernels.saved import Entry

LEARNING_RATES = (0.05, 0.2, 0.8)
HASH_BITS = 12

LEAST_KEPT = cython.declare(cython.double, 1e-12)  # least probability of being kept
WEIGHT_CAP = cython.declare(cython.double, limits.WEIGHT_CAP)


@cython.cclass
class DensityRate(Rates):
    """r(x) = P(kept) / P(kept | x), within 1 / most and most; P(not kept | x) is that of a logistic regression."""

    dropping: Logistic  # of "the filter drops x"
    most: cython.double
    fade: cython.double
    total: cython.double  # decayed sum of the weights of labelled events, and of their squares
    squares: cython.double

    def __cinit__(self) -> None:
        self.dropping = Logistic(PriorBank(), LEARNING_RATES, HASH_BITS, 0)
        self.most = 1.0

    def __init__(self, prior: PriorBank, most: float, half_life: float) -> None:
        if self.dropping is not None:
            self.dropping.check_idle()
        self.by_event, self.draws_copies = True, False
        self.dropping = Logistic(prior, LEARNING_RATES, HASH_BITS, 0)
        self.most = float(most)
        self.fade = power(0.5, 1.0 / half_life)
        self.total = self.squares = 0.0

    @cython.cfunc
    @cython.exceptval(check=False)
    def weighs_all(self) -> cython.bint:
        return True

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def _weight(self, x: Any) -> cython.double:
        dropped: cython.double
        if self.dropping._prior.seen <= 0.0:
            return 1.0
        row: Row = self.dropping._begin(x, None)
        try:
            dropped = self.dropping.probability(row, self.dropping._prior.log_odds)
        finally:
            row.done()
        weight: cython.double = (1.0 - self.dropping._prior.m) / max(LEAST_KEPT, 1.0 - dropped)
        return max(1.0 / self.most, min(self.most, weight))

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def ask(self, row: Row, prior: PriorBank) -> cython.int:
        weight: cython.double = self._weight(row.event)
        row.r0 = row.r1 = weight
        if row.pilot is not None:
            row.rates = dict.fromkeys(row.pilot, weight)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def note(self, row: Row, y: Any, w: cython.double, prior: PriorBank) -> cython.int:
        self._count(row.r1, w)
        return 0

    def rates_one(self, x: Any, p: Any, prior: Any) -> dict[Any, float]:
        """Return the weight of the event, the same for each class of p."""
        return dict.fromkeys(p, self._weight(x))

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: cython.double = 1.0) -> None:
        """Count the weight of a labelled event, for the effective sample size; w = 0 changes nothing."""
        w = checked_weight(w)
        if w > 0.0:
            self._count(self._weight(x), w)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _count(self, rate: cython.double, w: cython.double) -> cython.void:
        weight: cython.double = rate * min(w, WEIGHT_CAP)
        self.total = self.fade * self.total + weight
        self.squares = self.fade * self.squares + weight * weight

    def observe_one(self, x: Any, kept: Any) -> None:
        """Learn whether the filter keeps an event, labelled or not: every event upstream, once."""
        if kept is not True and kept is not False:
            raise ValueError(f"kept is {type(kept).__name__}: expected True or False")
        self.dropping.learn_one(x, not kept)

    @property
    def effective_sample_size(self) -> float:
        """How many events of one weight would tell as much as the labelled events do: (sum w)^2 / sum w^2."""
        return self.total * self.total / self.squares if self.squares > 0.0 else 0.0

    @property
    def kept_share(self) -> float:
        """Share of the recent events upstream that the filter kept; 1 before any was observed."""
        return 1.0 - self.dropping._prior.m if self.dropping._prior.seen > 0.0 else 1.0

    @property
    def _learned(self) -> dict[str, Any]:
        """The learned state: the logistic regression, and the sums of weights and squares."""
        return {"dropping": self.dropping.__getstate__(), "sums": [self.total, self.squares]}

    def _resume(self, dropping: Any, sums: list[float]) -> None:
        """Continue from a saved `_learned`; raises ValueError where the regression is not valid."""
        with Entry("dropping"):
            self.dropping.__setstate__(dropping)
        self.total, self.squares = sums


if not cython.compiled:  # compiled fields start as None
    DensityRate.dropping = None
