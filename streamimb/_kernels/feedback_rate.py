# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Rates that give each class a share of a budget by how badly it is predicted: the arithmetic of DynamicSampler."""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import pow as power

    from streamimb._kernels.event_weight import checked_weight
    from streamimb._kernels.ports import Rates
    from streamimb._kernels.prior_bank import PriorBank
    from streamimb._kernels.row import Row
else:
    from cython.cimports.libc.math import pow as power
    from cython.cimports.streamimb._kernels.event_weight import checked_weight
    from cython.cimports.streamimb._kernels.ports import Rates
    from cython.cimports.streamimb._kernels.prior_bank import PriorBank
    from cython.cimports.streamimb._kernels.row import Row

FLOOR = cython.declare(cython.double, limits.RATE_FLOOR)
LEAST_LOSS = cython.declare(cython.double, 0.1)  # 1 - F1 counts as this where it is less
BAND = cython.declare(cython.double, 1.2)  # shares move when one is wrong by this factor
WEIGHT_CAP = cython.declare(cython.double, limits.WEIGHT_CAP)
NONE: Any = object()  # equals no label


@cython.cclass
class FeedbackRate(Rates):
    """r(k) = min(most, budget s_k / m_k), s_k in proportion to 1 - F1 or 1 - recall; the rest is shared out."""

    by_recall: cython.bint
    per_event: cython.double  # copies
    most: cython.double  # copies of one event
    fade: cython.double
    tallies: dict[Any, list[float]]  # label -> decayed hits, false alarms and misses
    shares: dict[Any, float]  # label -> share of the budget

    def __cinit__(self) -> None:
        self.tallies, self.shares = {}, {}

    def __init__(self, half_life: float) -> None:
        self.by_event, self.draws_copies = False, True
        self.by_recall = False
        self.per_event = self.most = 1.0
        self.fade = power(0.5, 1.0 / half_life)
        self.tallies, self.shares = {}, {}

    def _set_budget(self, budget: float, most: float, by_recall: bool) -> None:
        """Set the parameters; the caller has validated them."""
        self.per_event, self.most, self.by_recall = float(budget), float(most), bool(by_recall)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def ask(self, row: Row, prior: PriorBank) -> cython.int:
        if row.pilot is not None:
            row.rates = self._rates(row.prior)
        elif False in self.shares and True in self.shares:
            negatives: cython.double = self.shares[False]
            negatives *= self.per_event / (1.0 - prior.m)
            positives: cython.double = self.shares[True]
            positives *= self.per_event / prior.m
            if negatives > self.most:
                negatives, positives = self.most, (self.per_event - self.most * (1.0 - prior.m)) / prior.m
            elif positives > self.most:
                positives, negatives = self.most, (self.per_event - self.most * prior.m) / (1.0 - prior.m)
            row.r0 = max(FLOOR, min(self.most, negatives))
            row.r1 = max(FLOOR, min(self.most, positives))
        else:
            row.r0 = row.r1 = 1.0
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def note(self, row: Row, y: Any, w: cython.double, prior: PriorBank) -> cython.int:
        if row.pilot is None:
            self._tally(y, row.p >= 0.5, w)
        else:
            self._tally(y, likeliest(row.pilot), w)
        return 0

    def rates_one(self, x: Any, p: Any, prior: Any) -> dict[Any, float]:
        """Return the rate of each class of p; neither x nor the values of p matter."""
        masses: dict[Any, float] = {}
        for label in p:
            masses[label] = float(prior[label])
        return self._rates(masses)

    @cython.cfunc
    def _rates(self, masses: dict[Any, float]) -> dict[Any, float]:
        mass: cython.double
        share: cython.double
        rates: dict[Any, float] = dict.fromkeys(masses, 1.0)
        free: list[Any] = [label for label in masses if label in self.shares]
        if len(free) < 2:
            return rates
        left: cython.double = self.per_event
        total: cython.double
        cut: list[Any]
        while free:  # each pass gives what the cap cuts off to the classes below it
            total = 0.0
            for label in free:
                share = self.shares[label]
                total += share
            cut = []
            for label in free:
                share, mass = self.shares[label], masses[label]
                if left * share >= self.most * mass * total:
                    cut.append(label)
                else:
                    rates[label] = max(FLOOR, left * share / total / mass)
            if not cut:
                break
            for label in cut:
                mass = masses[label]
                rates[label] = self.most
                left -= self.most * mass
                free.remove(label)
            left = max(0.0, left)
        return rates

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: cython.double = 1.0) -> None:
        """Compare the likeliest class with the label, drawn or not; w = 0 changes nothing."""
        w = checked_weight(w)
        if w > 0.0:
            self._tally(y, likeliest(p), w)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _tally(self, y: Any, said: Any, w: cython.double) -> cython.int:
        w = min(w, WEIGHT_CAP)
        is_new: cython.bint = y not in self.tallies
        if is_new:
            self.tallies[y] = [0.0, 0.0, 0.0]
        if said == y:
            self._add(y, w, 0.0, 0.0)
        else:
            self._add(y, 0.0, 0.0, w)
            if said in self.tallies:
                self._add(said, 0.0, w, 0.0)
        targets = self._targets()
        if is_new or far(targets, self.shares):
            self.shares = targets
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _add(self, label: Any, hit: cython.double, alarm: cython.double, miss: cython.double) -> cython.int:
        hits: cython.double
        alarms: cython.double
        misses: cython.double
        hits, alarms, misses = self.tallies[label]
        self.tallies[label] = [self.fade * hits + hit, self.fade * alarms + alarm, self.fade * misses + miss]
        return 0

    @cython.cfunc
    def _targets(self) -> dict[Any, float]:
        """The share of each class, in proportion to 1 - F1 or 1 - recall; before any event F1 is 1/2."""
        hits: cython.double
        alarms: cython.double
        misses: cython.double
        need: cython.double
        total: cython.double = 0.0
        needs: dict[Any, float] = {}
        for label in self.tallies:
            hits, alarms, misses = self.tallies[label]
            need = misses + 1.0 if self.by_recall else alarms + misses + 1.0
            need = max(LEAST_LOSS, need / (need + 1.0 + hits * (1.0 if self.by_recall else 2.0)))
            needs[label] = need
            total += need
        for label in needs:
            need = needs[label]
            needs[label] = need / total
        return needs

    @property
    def class_shares(self) -> dict[Any, float]:
        """The share of the budget that each class seen gets; they sum to 1."""
        return dict(self.shares)

    @property
    def _learned(self) -> list[list[Any]]:
        """The learned state: each label with its tallies and its share."""
        return [[label, list(tally), self.shares[label]] for label, tally in self.tallies.items()]

    def _resume(self, tallies: dict[Any, list[float]], shares: dict[Any, float]) -> None:
        """Continue from a saved `_learned`, after it was checked."""
        self.tallies, self.shares = dict(tallies), dict(shares)


@cython.cfunc
def likeliest(p: Any) -> Any:
    """The class of the largest probability; the first of several."""
    best: cython.double = -1.0
    value: cython.double
    found = NONE
    for label in p:
        value = p[label]
        if value > best:
            best, found = value, label
    return found


@cython.cfunc
@cython.exceptval(check=True)
def far(targets: dict[Any, float], shares: dict[Any, float]) -> cython.bint:
    """Whether a share differs from its target by more than the band."""
    target: cython.double
    share: cython.double
    for label in targets:
        target, share = targets[label], shares[label]
        if target > BAND * share or share > BAND * target:
            return True
    return False
