# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""One weight per class, given or from the sizes of the classes: the arithmetic of ClassWeights."""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import expm1, log

    from streamimb._kernels.event_weight import checked_weight
    from streamimb._kernels.ports import Rates
    from streamimb._kernels.prior_bank import PriorBank
    from streamimb._kernels.row import Row
else:
    from cython.cimports.libc.math import expm1, log
    from cython.cimports.streamimb._kernels.event_weight import checked_weight
    from cython.cimports.streamimb._kernels.ports import Rates
    from cython.cimports.streamimb._kernels.prior_bank import PriorBank
    from cython.cimports.streamimb._kernels.row import Row

# By name: Cython reads the literal True as index 1, without a bounds check where the prior is a list.
TRUE: Any = True
# The largest weight from sizes, in events of the commonest class
HIGHEST_RATE = cython.declare(cython.double, limits.HIGHEST_RATE)
LABEL_FADE = cython.declare(cython.double, 1.0 - 1.0 / 100_000.0)  # of the mass of labels
LEAST_BETA = cython.declare(cython.double, 1e-300)  # least beta
WEIGHT_CAP = cython.declare(cython.double, limits.WEIGHT_CAP)


@cython.cclass
class ClassWeight(Rates):
    """r(k) = min(1000, size of the largest class / size of class k). Fields: class_weight.pxd.

    A size is the prior m_k, or 1 - beta^n_k with n_k = max(1, n m_k). A class that has not been seen has weight 1.
    """

    def __cinit__(self) -> None:
        self.met = {}

    def __init__(self, given: dict[Any, float] | None, beta: float) -> None:
        self.by_event = self.draws_copies = False
        self.given: Any = given
        self.log_beta = log(max(LEAST_BETA, beta)) if beta >= 0.0 else 0.0
        self.n = 0.0
        self.met = {}

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def ask(self, row: Row, prior: PriorBank) -> cython.int:
        low: cython.double
        high: cython.double
        if row.pilot is not None:
            row.rates = self.rates_one(row.x, row.pilot, row.prior)
        elif self.given is not None:
            row.r0, row.r1 = self.given.get(False, 1.0), self.given.get(True, 1.0)
        elif False in self.met and True in self.met:
            low, high = self._size(1.0 - prior.m), self._size(prior.m)
            row.r0, row.r1 = weight(max(low, high), low), weight(max(low, high), high)
        else:
            row.r0 = row.r1 = 1.0
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def note(self, row: Row, y: Any, w: cython.double, prior: PriorBank) -> cython.int:
        self._meet(y, w)
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _size(self, m: cython.double) -> cython.double:
        """The size of a class of prior m, up to a factor: m, or its effective number."""
        if self.log_beta == 0.0:
            return m
        return -expm1(self.log_beta * max(1.0, self.n * m))

    def rates_one(self, x: Any, p: Any, prior: Any) -> dict[Any, float]:
        """Return the weight of each class of p; neither x nor the values of p matter."""
        size: cython.double
        most: cython.double = 0.0
        rates: dict[Any, float] = {}
        for label in p:
            rates[label] = 1.0
            if self.given is not None:
                rates[label] = self.given.get(label, 1.0)
            elif label in self.met:
                size = self._size(prior[label])
                most = max(most, size)
        if self.given is None and most > 0.0:
            for label in rates:
                if label in self.met:
                    rates[label] = weight(most, self._size(prior[label]))
        return rates

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: cython.double = 1.0) -> None:
        """Count the label of an event; w = 0 changes nothing."""
        w = checked_weight(w)
        if w > 0.0:
            self._meet(bool(y) if y in (0, 1) else y, w)

    @cython.cfunc
    def _meet(self, y: Any, w: cython.double) -> cython.void:
        """Counts a label."""
        self.met.setdefault(y)
        self.n = LABEL_FADE * self.n + (w if w < WEIGHT_CAP else WEIGHT_CAP)

    @property
    def counted(self) -> float:
        """Decayed mass of the labels."""
        return float(self.n)

    @property
    def labels(self) -> list[Any]:
        """Labels seen."""
        return list(self.met)

    def _resume(self, labels: Any, n: float) -> None:
        """Continue from saved labels and their mass, after they were checked."""
        self.met, self.n = dict.fromkeys(labels), n


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def weight(most: cython.double, size: cython.double) -> cython.double:
    return HIGHEST_RATE if most >= HIGHEST_RATE * size else most / size
