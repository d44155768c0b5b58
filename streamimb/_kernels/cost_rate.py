# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Rates in proportion to the cost of an error on the event in hand: the arithmetic of ExampleCosts."""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.saved import refused, row

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import pow as power

    from streamimb._kernels.event_cost import event_cost
    from streamimb._kernels.event_weight import checked_weight
    from streamimb._kernels.ports import Rates
    from streamimb._kernels.prior_bank import PriorBank
    from streamimb._kernels.row import Row
else:
    from cython.cimports.libc.math import pow as power
    from cython.cimports.streamimb._kernels.event_cost import event_cost
    from cython.cimports.streamimb._kernels.event_weight import checked_weight
    from cython.cimports.streamimb._kernels.ports import Rates
    from cython.cimports.streamimb._kernels.prior_bank import PriorBank
    from cython.cimports.streamimb._kernels.row import Row

FLOOR = cython.declare(cython.double, limits.RATE_FLOOR)
CAP = cython.declare(cython.double, 1e6)  # the highest rate
COST_CAP = cython.declare(cython.double, limits.COST_CAP)
REACH = cython.declare(cython.double, 1_000.0)  # means that one event may add to the mean
WEIGHT_CAP = cython.declare(cython.double, limits.WEIGHT_CAP)


# By name: Cython reads a literal as index 0, without a bounds check where the prior is a list.
FALSE: Any = False


@cython.cclass
class CostRate(Rates):
    """r(x, True) = miss(x) / s and r(x, False) = alarm(x) / s, where s is the mean cost of an error."""

    miss_from: object  # a number, the name of a field, or a function of x
    alarm_from: object
    fade: cython.double
    seen: cython.double  # decayed mass of all labelled events
    sum_miss: cython.double  # decayed sum and mass of the events with a usable cost
    mass_miss: cython.double
    sum_alarm: cython.double
    mass_alarm: cython.double

    def __cinit__(self) -> None:
        self.miss_from = self.alarm_from = 1.0

    def __init__(self, half_life: float) -> None:
        self.by_event, self.draws_copies = True, False
        self.miss_from = self.alarm_from = 1.0
        self.fade = power(0.5, 1.0 / half_life)
        self.seen = self.sum_miss = self.mass_miss = self.sum_alarm = self.mass_alarm = 0.0

    def _set_costs(self, miss: Any, alarm: Any) -> None:
        """Set where the costs come from; the caller has validated them."""
        self.miss_from, self.alarm_from = miss, alarm

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def ask(self, row: Row, prior: PriorBank) -> cython.int:
        if row.pilot is None:
            miss: cython.double = event_cost(self.miss_from, row.event)
            alarm: cython.double = event_cost(self.alarm_from, row.event)
            scale: cython.double = self._scale(miss, alarm, prior.m)
            row.r0 = ratio(usual(alarm, self.sum_alarm, self.mass_alarm), scale)
            row.r1 = ratio(usual(miss, self.sum_miss, self.mass_miss), scale)
        else:
            row.rates = self.rates_one(row.event, row.pilot, row.prior)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def note(self, row: Row, y: Any, w: cython.double, prior: PriorBank) -> cython.int:
        self._learn(row.event, w)
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _scale(self, miss: cython.double, alarm: cython.double, m: cython.double) -> cython.double:
        """The mean cost of an error; costs of the event in hand stand for a mean that is not known yet."""
        mean_miss: cython.double = usual(
            -1.0 if self.mass_miss > 0.0 else miss, self.sum_miss, self.mass_miss
        )
        mean_alarm: cython.double = usual(
            -1.0 if self.mass_alarm > 0.0 else alarm, self.sum_alarm, self.mass_alarm
        )
        return (1.0 - m) * mean_alarm + m * mean_miss

    def rates_one(self, x: Any, p: Any, prior: Any) -> dict[Any, float]:
        """Return the weight of each class of p at features x; the values of p do not matter."""
        m: cython.double = 1.0
        if False in p:
            m -= float(prior[FALSE])
        miss: cython.double = event_cost(self.miss_from, x)
        alarm: cython.double = event_cost(self.alarm_from, x)
        scale: cython.double = self._scale(miss, alarm, m)
        rates: dict[Any, float] = dict.fromkeys(p, ratio(usual(miss, self.sum_miss, self.mass_miss), scale))
        if False in p:
            rates[False] = ratio(usual(alarm, self.sum_alarm, self.mass_alarm), scale)
        return rates

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: cython.double = 1.0) -> None:
        """Learn the costs of a labelled event, whatever its label is; w = 0 changes nothing."""
        w = checked_weight(w)
        if w > 0.0:
            self._learn(x, w)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _learn(self, x: Any, w: cython.double) -> cython.int:
        miss: cython.double = event_cost(self.miss_from, x)
        alarm: cython.double = event_cost(self.alarm_from, x)
        w = min(w, WEIGHT_CAP)
        self.seen = self.fade * self.seen + w
        if miss >= 0.0:
            miss = bounded(miss, self.sum_miss, self.mass_miss)
            self.sum_miss, self.mass_miss = (
                self.fade * self.sum_miss + w * miss,
                self.fade * self.mass_miss + w,
            )
        else:
            self.sum_miss, self.mass_miss = self.fade * self.sum_miss, self.fade * self.mass_miss
        if alarm >= 0.0:
            alarm = bounded(alarm, self.sum_alarm, self.mass_alarm)
            self.sum_alarm = self.fade * self.sum_alarm + w * alarm
            self.mass_alarm = self.fade * self.mass_alarm + w
        else:
            self.sum_alarm, self.mass_alarm = self.fade * self.sum_alarm, self.fade * self.mass_alarm
        return 0

    @property
    def missing_share(self) -> float:
        """Share of the recent events without a usable cost of a miss or, if larger, of a false alarm; 0 at first."""
        return 1.0 - min(self.mass_miss, self.mass_alarm) / self.seen if self.seen > 0.0 else 0.0

    @property
    def _sums(self) -> list[float]:
        """The learned state: the mass of all events, and the sum and mass of each cost."""
        return [self.seen, self.sum_miss, self.mass_miss, self.sum_alarm, self.mass_alarm]

    def _resume(self, sums: Any) -> None:
        """Continue from saved `_sums`; raises ValueError where they are not valid."""
        self.seen, self.sum_miss, self.mass_miss, self.sum_alarm, self.mass_alarm = sums_of({"sums": sums})


@cython.cfunc
@cython.exceptval(check=False)
def usual(cost: cython.double, total: cython.double, mass: cython.double) -> cython.double:
    """The cost, or the mean cost where it is below 0, or 1 where there is none."""
    if cost >= 0.0:
        return cost
    return total / mass if mass > 0.0 else 1.0


@cython.cfunc
@cython.exceptval(check=False)
def ratio(cost: cython.double, scale: cython.double) -> cython.double:
    """The rate of a cost, relative to the scale."""
    if scale <= 0.0:
        return 1.0
    return max(FLOOR, min(CAP, cost / scale))


@cython.cfunc
@cython.exceptval(check=False)
def bounded(cost: cython.double, total: cython.double, mass: cython.double) -> cython.double:
    """The cost that enters the mean: one wrong number does not move it for long."""
    if mass > 0.0 and total > 0.0 and cost > REACH * (total / mass):
        return REACH * (total / mass)
    return cost


def sums_of(state: dict[str, Any]) -> list[float]:
    """The entry `sums` of a state, checked: five finite numbers, no sum without its mass."""
    found = row(state, "sums", 5, 0.0)
    seen, sum_miss, mass_miss, sum_alarm, mass_alarm = found
    limit = 1.000001 * COST_CAP
    if (
        max(mass_miss, mass_alarm) > 1.000001 * seen
        or sum_miss > limit * mass_miss
        or sum_alarm > limit * mass_alarm
    ):
        raise refused("sums", "sums of costs, each with its mass of at most the first number")
    return found
