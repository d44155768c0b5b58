# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Rates that balance the classes, by the class prior or by class sizes of a fixed memory: those of ClassBalance."""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.event_weight import checked_weight
    from streamimb._kernels.ports import Rates
    from streamimb._kernels.prior_bank import PriorBank
    from streamimb._kernels.row import Row
else:
    from cython.cimports.streamimb._kernels.event_weight import checked_weight
    from cython.cimports.streamimb._kernels.ports import Rates
    from cython.cimports.streamimb._kernels.prior_bank import PriorBank
    from cython.cimports.streamimb._kernels.row import Row

FLOOR = cython.declare(cython.double, limits.RATE_FLOOR)
HIGHEST_RATE = cython.declare(cython.double, limits.HIGHEST_RATE)
ENOUGH = cython.declare(cython.double, 20.0)  # events of a class before its share is judged
LEAST_ODDS = cython.declare(cython.double, 0.9)  # that a memory has to reach
WEIGHT_CAP = cython.declare(cython.double, limits.WEIGHT_CAP)
TOO_SHORT = (
    "memory={:.6g}: with a class of share {:.2g} the learner would be given odds of {:.2f} instead of 1; "
    "give memory={:.2g} or more, or memory=None, which follows the class prior"
)


@cython.cclass
class BalanceRate(Rates):
    """r(k) = c w_min / w_k, c w_max / w_k or c; w are the priors, or the sizes that the memory would have after k."""

    over: cython.bint  # the rare classes are copied; else the common ones are thinned
    even: cython.bint  # neither: all classes have one rate
    scale: cython.double  # c
    fade: cython.double  # of the class sizes; 0: the prior is used
    sizes: dict[Any, float]  # label -> size of its class, of the labels seen
    counts: dict[Any, float]  # label -> number of its events, up to `ENOUGH`, where there is a memory
    rarest: cython.double  # least prior of the classes seen `ENOUGH` times, at the last label; 1 at first
    commonest: cython.double  # largest prior of these

    def __cinit__(self) -> None:
        self.sizes, self.counts = {}, {}
        self.scale = 1.0

    def __init__(self) -> None:
        self.by_event, self.draws_copies = False, True
        self.over = self.even = False
        self.scale = 1.0
        self.fade = 0.0
        self.sizes, self.counts = {}, {}
        self.rarest = self.commonest = 1.0

    def _set_balance(self, over: bool, even: bool, copies: float, memory: float) -> None:
        """Set the method, the copies and the memory in events (0: the prior is used), all validated by the caller."""
        self.over, self.even, self.scale = bool(over), bool(even), copies
        self.fade = 1.0 - 1.0 / memory if memory > 0.0 else 0.0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def ask(self, row: Row, prior: PriorBank) -> cython.int:
        if row.pilot is not None:
            row.rates = self._rates(row.prior)
        elif False in self.sizes and True in self.sizes:
            self._judge()
            negatives: cython.double = 1.0 - prior.m if self.fade == 0.0 else self.sizes[False]
            positives: cython.double = prior.m if self.fade == 0.0 else self.sizes[True]
            row.r0, row.r1 = self._rate(negatives, positives), self._rate(positives, negatives)
        else:
            row.r0 = row.r1 = self.scale
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _rate(self, size: cython.double, other: cython.double) -> cython.double:
        """The rate of a class of this size, where the other extreme is a class of another size."""
        if self.fade > 0.0:
            size, other = self.fade * size + 1.0 - self.fade, self.fade * other
        if self.even or (other > size) != self.over:
            return self.scale  # the class itself is the extreme
        return max(FLOOR, min(HIGHEST_RATE, self.scale * other / size)) if size > 0.0 else HIGHEST_RATE

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def note(self, row: Row, y: Any, w: cython.double, prior: PriorBank) -> cython.int:
        if row.pilot is None:
            self._learn(y, None if self.fade == 0.0 else {False: 1.0 - prior.m, True: prior.m}, w)
        else:
            self._learn(y, row.prior, w)
        return 0

    def rates_one(self, x: Any, p: Any, prior: Any) -> dict[Any, float]:
        """Return the rate of each class of p; neither x nor the values of p matter.

        Raises ValueError where the memory is too short for the share of the rarest class.
        """
        shares: dict[Any, float] = {}
        for label in p:
            shares[label] = float(prior[label])
        return self._rates(shares)

    @cython.cfunc
    def _rates(self, shares: dict[Any, float]) -> dict[Any, float]:
        rates: dict[Any, float] = dict.fromkeys(shares, self.scale)
        known: dict[Any, float] = {}
        for label in shares:
            if label in self.sizes:
                known[label] = shares[label] if self.fade == 0.0 else self.sizes[label]
        if len(known) < 2:
            return rates
        self._judge()
        first, second = self._extremes(known)
        for label in known:
            rates[label] = self._rate(known[label], known[second if label == first else first])
        return rates

    @cython.cfunc
    def _extremes(self, known: dict[Any, float]) -> tuple[Any, Any]:
        """The labels of the largest and second largest classes, or of the smallest and second smallest."""
        ranked = sorted(known, key=known.__getitem__, reverse=bool(self.over))
        return ranked[0], ranked[1]

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _judge(self) -> cython.int:
        """Refuses a memory by which the rarest class would have odds of less than .9 to the commonest."""
        if self.fade == 0.0 or not self.over:
            return 0
        memory: cython.double = 1.0 / (1.0 - self.fade)
        odds: cython.double = reached(memory * self.rarest) / reached(memory * self.commonest)
        if odds < LEAST_ODDS:
            raise ValueError(TOO_SHORT.format(memory, self.rarest, odds, 10.0 / self.rarest))
        return 0

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: cython.double = 1.0) -> None:
        """Count the label of an event; w = 0 changes nothing."""
        w = checked_weight(w)
        if w > 0.0:
            self._learn(y, prior, w)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _learn(self, y: Any, shares: Any, w: cython.double) -> cython.int:
        size: cython.double
        share: cython.double
        if self.fade == 0.0:  # the prior has the sizes
            self.sizes[y] = self.counts[y] = 0.0
            return 0
        for label in self.sizes:
            size = self.sizes[label]
            self.sizes[label] = self.fade * size
        size = self.sizes.get(y, 0.0)
        self.sizes[y] = size + (1.0 - self.fade) * min(w, WEIGHT_CAP)
        self.counts[y] = min(ENOUGH, self.counts.get(y, 0.0) + 1.0)
        least: cython.double = 1.0
        most: cython.double = 0.0
        for label in self.counts:
            if self.counts[label] == ENOUGH and label in shares:
                share = max(1e-12, float(shares[label]))
                least, most = min(least, share), max(most, share)
        self.rarest, self.commonest = least, max(least, most)
        return 0

    @property
    def _learned(self) -> dict[str, Any]:
        """The learned state: each label with its size and count, and the extreme shares."""
        return {
            "classes": [[label, size, self.counts[label]] for label, size in self.sizes.items()],
            "extremes": [self.rarest, self.commonest],
        }

    def _resume(self, sizes: dict[Any, float], counts: dict[Any, float], extremes: list[float]) -> None:
        """Continue from a saved `_learned`, after it was checked."""
        self.sizes, self.counts = dict(sizes), dict(counts)
        self.rarest, self.commonest = extremes


@cython.cfunc
@cython.exceptval(check=False)
def reached(a: cython.double) -> cython.double:
    """The part of its mass at which a class is learned that has a events within the memory.

    E[a / (1 + G)] with G ~ Gamma(2a, 1/2), by its first two terms in the variance a / 2 of G. Odds from it are within
    .01 of simulated ones from a memory of 100 on, and .07 too high with one of 10.
    """
    return a / (1.0 + a) * (1.0 + 0.5 * a / ((1.0 + a) * (1.0 + a)))
