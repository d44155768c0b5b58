# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Rates that copy rare classes until they have a share of what is learned: of OverSampler and BothSampler."""

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

# By name: Cython reads the literal True as index 1, without a bounds check where the prior is a list.
TRUE: Any = True
FLOOR = cython.declare(cython.double, limits.RATE_FLOOR)


@cython.cclass
class ShareRate(Rates):
    """r(0) = 1, r(1) = odds (1 - m) / m; with a budget B, r(1) = B s / m, r(0) = B (1 - s) / (1 - m).

    A class that has not been seen has rate 1. Fields: share_rate.pxd.
    """

    def __cinit__(self) -> None:
        self.met = {}

    def __init__(self) -> None:
        self.by_event, self.draws_copies = False, True
        self.aim_share, self.aim_budget, self.cap = 0.5, 0.0, 1.0
        self.met = {}

    def _set_aim(self, share: float, budget: float, cap: float) -> None:
        """Set the targets; the caller has validated them."""
        self.aim_share, self.aim_budget, self.cap = float(share), float(budget), float(cap)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def ask(self, row: Row, prior: PriorBank) -> cython.int:
        if row.pilot is None:
            row.r0, row.r1 = self._rate_false(prior.m), self._rate_true(prior.m)
        else:
            row.rates = self.rates_one(row.x, row.pilot, row.prior)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def note(self, row: Row, y: Any, w: cython.double, prior: PriorBank) -> cython.int:
        self._meet(y)
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _rate_false(self, m: cython.double) -> cython.double:
        if False not in self.met or self.aim_budget <= 0.0:
            return 1.0
        return copies(self.aim_budget * (1.0 - self.aim_share), 1.0 - m, self.cap)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _rate_true(self, m: cython.double) -> cython.double:
        if True not in self.met:
            return 1.0
        if self.aim_budget > 0.0:
            return copies(self.aim_budget * self.aim_share, m, self.cap)
        return max(1.0, copies(self.aim_share / (1.0 - self.aim_share) * (1.0 - m), m, self.cap))

    def rates_one(self, x: Any, p: Any, prior: Any) -> dict[Any, float]:
        """Return the rate of each class of p; neither x nor the values of p matter."""
        if len(p) != 2 or True not in p or False not in p:
            return self._rates_many(p, prior)
        m: cython.double = prior[TRUE]
        return {False: self._rate_false(m), True: self._rate_true(m)}

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: cython.double = 1.0) -> None:
        """Note the label of an event, drawn or not; w = 0 changes nothing."""
        w = checked_weight(w)
        if w > 0.0:
            self._meet(bool(y) if y in (0, 1) else y)

    @cython.cfunc
    def _meet(self, y: Any) -> cython.void:
        """Note that a class was seen."""
        self.met.setdefault(y)

    @cython.cfunc
    def _rates_many(self, p: Any, prior: Any) -> dict[Any, float]:
        """The rate of each class of p where they are not True and False."""
        known: dict[Any, float] = {}
        for label in p:
            if label in self.met:
                known[label] = prior[label]
        rates: dict[Any, float] = dict.fromkeys(p, 1.0)
        if len(known) > 1:
            rates.update(self._levelled(known) if self.aim_budget > 0.0 else self._raised(known))
        return rates

    @cython.cfunc
    def _raised(self, masses: dict[Any, float]) -> dict[Any, float]:
        """The rates of the rare classes at which they together have the share; the others have rate 1.

        Rare classes are raised to one mass: the rate is max(1, level / m_k), where the masses of all rare classes sum
        to odds times the mass of the others.
        """
        m: cython.double
        n: cython.Py_ssize_t
        left: cython.double
        rare: list[Any] = rare_of(masses)
        common: cython.double = 0.0
        for label, m in masses.items():
            if label not in rare:
                common += m
        target: cython.double = self.aim_share / (1.0 - self.aim_share) * common
        above: cython.Py_ssize_t = 0  # rare classes whose own mass is above the level
        level: cython.double = target / len(rare)
        while True:  # each pass takes what the classes above the level have from what the others need
            left, n = target, 0
            for label in rare:
                m = masses[label]
                if m >= level:
                    left -= m
                    n += 1
            if n == above or n == len(rare):
                break
            above, level = n, left / (len(rare) - n)
        rates: dict[Any, float] = {}
        for label in rare:
            m = masses[label]
            rates[label] = max(1.0, copies(level, m, self.cap))
        return rates

    @cython.cfunc
    def _levelled(self, masses: dict[Any, float]) -> dict[Any, float]:
        """The rates at which every rare class has one mass and every other class another one."""
        m: cython.double
        rare: list[Any] = rare_of(masses)
        low: cython.double = self.aim_budget * self.aim_share / len(rare)
        high: cython.double = self.aim_budget * (1.0 - self.aim_share) / (len(masses) - len(rare))
        rates: dict[Any, float] = {}
        for label, m in masses.items():
            rates[label] = copies(low if label in rare else high, m, self.cap)
        return rates

    @property
    def labels(self) -> list[Any]:
        """Labels seen."""
        return list(self.met)

    def _resume_labels(self, labels: Any) -> None:
        """Continue from saved labels, after they were checked."""
        self.met = dict.fromkeys(labels)


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def copies(wanted: cython.double, m: cython.double, cap: cython.double) -> cython.double:
    """The rate at which a class of mass m has the wanted mass, from FLOOR to the cap."""
    return cap if wanted >= cap * m else max(FLOOR, wanted / m)


@cython.cfunc
def rare_of(masses: dict[Any, float]) -> list[Any]:
    """The rare classes of two or more: those with a prior below 1/(2K), and always the rarest."""
    m: cython.double
    total: cython.double = 0.0
    least: cython.double = -1.0
    rarest: Any = None
    for label, m in masses.items():
        if least < 0.0 or m < least:
            least, rarest = m, label
        total += m
    edge: cython.double = 0.5 * total / len(masses)
    return [label for label, m in masses.items() if m < edge or label is rarest]
