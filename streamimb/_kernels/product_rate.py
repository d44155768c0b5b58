# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The product of the rates of two samplers."""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.ports import Rates
    from streamimb._kernels.prior_bank import PriorBank
    from streamimb._kernels.row import Row
else:
    from cython.cimports.streamimb._kernels.ports import Rates
    from cython.cimports.streamimb._kernels.prior_bank import PriorBank
    from cython.cimports.streamimb._kernels.row import Row

FLOOR = cython.declare(cython.double, limits.RATE_FLOOR)
MOST_COPIES = cython.declare(cython.double, limits.MOST_COPIES)
WEIGHT_CAP = cython.declare(cython.double, limits.WEIGHT_CAP)
FINITE = cython.declare(cython.double, limits.FINITE)


@cython.cclass
class ProductRate(Rates):
    """r(k) = r_1(k) r_2(k); each sampler learns with its own rates. Fields: product_rate.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` gets abstract parts, whose methods raise.
        self.one, self.other = Rates(), Rates()

    def __init__(self, one: Rates, other: Rates) -> None:
        self.one, self.other = one, other
        self.by_event, self.draws_copies = one.by_event or other.by_event, one.draws_copies
        self.most = MOST_COPIES if one.draws_copies else WEIGHT_CAP

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def ask(self, row: Row, prior: PriorBank) -> cython.int:
        r0: cython.double
        r1: cython.double
        one: Rates = self.one  # held, because a sampler of somebody else may set up this one anew
        other: Rates = self.other
        one.ask(row, prior)
        r0, r1, rates = row.r0, row.r1, row.rates
        other.ask(row, prior)
        if row.pilot is None:
            row.r0, row.r1 = self._bounded(r0 * row.r0), self._bounded(r1 * row.r1)
        else:
            row.rates = self.product(row.pilot, rates, row.rates)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def note(self, row: Row, y: Any, w: cython.double, prior: PriorBank) -> cython.int:
        # Rates are pure, so they are computed again rather than kept.
        r0: cython.double = row.r0
        r1: cython.double = row.r1
        rates = row.rates
        one: Rates = self.one
        other: Rates = self.other
        one.ask(row, prior)
        one.note(row, y, w, prior)
        other.ask(row, prior)
        other.note(row, y, w, prior)
        row.r0, row.r1, row.rates = r0, r1, rates
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _bounded(self, rate: cython.double) -> cython.double:
        """The rate within bounds; one of 0 or not finite is left as it is, for the wrapper to refuse."""
        return min(self.most, max(FLOOR, rate)) if 0.0 < rate <= FINITE else rate

    def product(self, p: Any, first: Any, second: Any) -> dict[Any, float]:
        """The product of two rates for each class of p."""
        rates: dict[Any, float] = {}
        for label in p:
            rates[label] = self._bounded(first[label] * second[label])
        return rates
