# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Rates that grow with the probability given to the wrong classes: the arithmetic of ScoreUnderSampler."""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.saved import refused, row

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import exp
    from math import pow as power

    from streamimb._kernels.class_targets import least_rate, seen
    from streamimb._kernels.class_targets import targets as targets_of
    from streamimb._kernels.event_weight import checked_weight
    from streamimb._kernels.feature_norm import FeatureNorm
    from streamimb._kernels.ports import Rates
    from streamimb._kernels.prior_bank import PriorBank
    from streamimb._kernels.row import Row
else:
    from cython.cimports.libc.math import exp
    from cython.cimports.libc.math import pow as power
    from cython.cimports.streamimb._kernels.class_targets import least_rate, seen
    from cython.cimports.streamimb._kernels.class_targets import targets as targets_of
    from cython.cimports.streamimb._kernels.event_weight import checked_weight
    from cython.cimports.streamimb._kernels.feature_norm import FeatureNorm
    from cython.cimports.streamimb._kernels.ports import Rates
    from cython.cimports.streamimb._kernels.prior_bank import PriorBank
    from cython.cimports.streamimb._kernels.row import Row

# By name: Cython reads the literal True as index 1, without a bounds check where p is a list.
TRUE: Any = True
FALSE: Any = False
FLOOR = cython.declare(cython.double, limits.RATE_FLOOR)
GAIN = cython.declare(cython.double, 0.002)  # step size of the controller
REACH = cython.declare(cython.double, 1.5)  # bound of |c|
LEAST_MEAN_SCORE = cython.declare(cython.double, 1e-9)  # least mean score
WEIGHT_CAP = cython.declare(cython.double, limits.WEIGHT_CAP)


@cython.cclass
class ScoreRate(Rates):
    """r(0) = min(1, rho [(1 - mix) min(p / omega, 1 / rho) + mix]), rho = target e^c. Fields: score_rate.pxd.

    A target of 1 gives every score a rate of 1; mix rises to 1 with the target, so that rates are continuous
    in the target. With other labels than True and False, p, omega, the target and c are those of each class.
    With a `FeatureNorm`, p is multiplied by the length of the event. After n labels a rate is at least kept_n / n.
    """

    def __cinit__(self) -> None:
        self.met = {}
        self.classes = {}

    def __init__(self, half_life: float, by_length: bool = False) -> None:
        self.by_event = self.draws_copies = True
        self.odds = self.fixed = self.blend = self.kept_n = self.labels_n = 0.0
        self.fade = power(0.5, 1.0 / half_life)
        self.sum_p = self.mass = self.c = 0.0
        self.met, self.classes = {}, {}
        self.norm: Any = FeatureNorm() if by_length else None  # a FeatureNorm, or None

    def _set_aim(self, odds: float, fixed: float, blend: float) -> None:
        """Set the targets; the caller has validated them."""
        self.odds, self.fixed, self.blend = float(odds), float(fixed), float(blend)

    def _keep_first(self, events: float, labels_n: float) -> None:
        """Keep the first events whole, of which so many labels were seen; the caller has validated both."""
        self.kept_n, self.labels_n = float(events), float(labels_n)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def ask(self, row: Row, prior: PriorBank) -> cython.int:
        length: cython.double = length_of(self, row.event, False)
        if row.pilot is None:
            row.r0, row.r1 = self._rate(row.p * length, prior.m), 1.0
        else:
            row.targets = self._targets(row.prior)
            row.rates = self._rates_of(row.pilot, row.prior, row.targets, length)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def note(self, row: Row, y: Any, w: cython.double, prior: PriorBank) -> cython.int:
        length: cython.double = length_of(self, row.event, True)
        if self.kept_n > 0.0:
            self.labels_n += 1.0
        if row.pilot is not None:
            # A label that was not seen before has changed the targets.
            targets = row.targets if y in self.met else None
            self._learn(y, row.pilot, row.rates, row.prior, w, targets, length)
        elif y is False:
            self._negative(row.p * length, row.r0, w if w < WEIGHT_CAP else WEIGHT_CAP, prior.m)
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _target(self, m: cython.double) -> cython.double:
        """The mean rate of negatives, at a prior m of True."""
        if self.fixed > 0.0:
            return self.fixed
        return max(FLOOR, min(1.0, self.odds * m / (1.0 - m)))

    @cython.cfunc
    @cython.exceptval(check=False)
    def _rate(self, p: cython.double, m: cython.double) -> cython.double:
        target: cython.double = self._target(m)
        # The first negative is always learned: no scores were seen yet.
        if self.mass <= 0.0 or target >= 1.0:
            return 1.0
        rate: cython.double = self._formula(p, max(LEAST_MEAN_SCORE, self.sum_p / self.mass), target, self.c)
        return max(rate, least_rate(self.kept_n, self.labels_n))

    @cython.cfunc
    @cython.exceptval(check=False)
    def _formula(
        self, p: cython.double, omega: cython.double, target: cython.double, c: cython.double
    ) -> cython.double:
        rho: cython.double = target * exp(c)
        mix: cython.double = max(self.blend, 2.0 * target - 1.0)
        relative: cython.double = p / omega
        if relative * rho > 1.0:
            relative = 1.0 / rho
        return max(FLOOR, min(1.0, rho * ((1.0 - mix) * relative + mix)))

    @cython.cfunc
    @cython.exceptval(-2.0, check=True)
    def _pilot(self, p: dict[Any, float]) -> cython.double:
        """p[True] where the classes are False and True, else -1."""
        score: cython.double
        if len(p) != 2 or False not in p or True not in p:
            return -1.0
        score = float(p[TRUE])
        if not 0.0 <= score <= 1.000001:
            raise ValueError("p: a pilot probability must be in [0, 1]")
        return score

    def rates_one(self, x: Any, p: Any, prior: Any) -> dict[Any, float]:
        """Return the rate of each class of p, at features x, pilot probabilities p and a class prior."""
        known: dict[Any, float] = {k: prior[k] for k in p}
        length: cython.double = length_of(self, x, False)
        return self._rates_of(dict(p), known, self._targets(known), length)

    @cython.cfunc
    def _rates_of(
        self, p: dict[Any, float], prior: dict[Any, float], targets: Any, length: cython.double
    ) -> dict[Any, float]:
        score: cython.double = self._pilot(p)
        if score < 0.0:
            return self._rates_many(p, targets, length)
        return {False: self._rate(score * length, prior[TRUE]), True: 1.0}

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: cython.double = 1.0) -> None:
        """Learn from one labelled event, drawn or not, and its rates; w = 0 changes nothing."""
        w = checked_weight(w)
        if w > 0.0:
            length: cython.double = length_of(self, x, True)
            if self.kept_n > 0.0:
                self.labels_n += 1.0
            self._learn(y, dict(p), rates, {k: prior[k] for k in p}, w, None, length)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _learn(
        self,
        y: Any,
        p: dict[Any, float],
        rates: Any,
        prior: dict[Any, float],
        w: cython.double,
        targets: Any,
        length: cython.double,
    ) -> cython.int:
        w = min(w, WEIGHT_CAP)
        self.met.setdefault(y)
        score: cython.double = self._pilot(p)
        if score < 0.0:
            self._learn_many(y, p, rates, w, self._targets(prior) if targets is None else targets, length)
        elif y is False or y == 0:
            self._negative(score * length, float(rates[FALSE]), w, prior[TRUE])
        return 0

    @cython.cfunc
    def _rates_many(
        self, p: dict[Any, float], targets: dict[Any, float], length: cython.double
    ) -> dict[Any, float]:
        """The rate of each class of p where they are not True and False."""
        target: cython.double
        total: cython.double
        mass: cython.double
        c: cython.double
        score: cython.double
        rate: cython.double
        least: cython.double = least_rate(self.kept_n, self.labels_n)
        rates: dict[Any, float] = dict.fromkeys(p, 1.0)
        for label, target in targets.items():
            total, mass, c = self._sums_of(label)
            score = p[label]
            score = (1.0 - score) * length
            omega: cython.double = total / mass if mass > 0.0 else score
            rate = self._formula(score, max(LEAST_MEAN_SCORE, omega), target, c)
            rates[label] = max(rate, least)
        return rates

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _learn_many(
        self,
        y: Any,
        p: dict[Any, float],
        rates: Any,
        w: cython.double,
        targets: dict[Any, float],
        length: cython.double,
    ) -> cython.int:
        """Learns the score of a label's own class where there are others than True and False."""
        target: cython.double
        total: cython.double
        mass: cython.double
        c: cython.double
        score: cython.double
        rate: cython.double
        if y not in p:
            return 0
        total, mass, c = self._sums_of(y)
        target = targets.get(y, 1.0)
        score = p[y]
        if mass > 0.0 and target < 1.0:
            rate = rates[y]
            if self.kept_n > 0.0:
                rate = self._formula((1.0 - score) * length, max(LEAST_MEAN_SCORE, total / mass), target, c)
            c = self._controlled(c, target, rate)
        self.classes[y] = [self.fade * total + w * ((1.0 - score) * length), self.fade * mass + w, c]
        return 0

    @cython.cfunc
    def _targets(self, prior: dict[Any, float]) -> dict[Any, float]:
        """The mean rate of each class that is thinned; empty where fewer than two classes were seen."""
        known: dict[Any, float] = seen(prior, self.met)
        return targets_of(known, self.odds, self.fixed) if len(known) > 1 else {}

    @cython.cfunc
    def _sums_of(self, label: Any) -> Any:
        """The sums of a class; those of False start from the two-class sums."""
        sums = self.classes.get(label)
        if sums is not None:
            return sums
        return self.negatives if label == 0 else [0.0, 0.0, 0.0]

    @cython.cfunc
    @cython.exceptval(check=False)
    def _negative(
        self, p: cython.double, rate: cython.double, w: cython.double, m: cython.double
    ) -> cython.void:
        target: cython.double = self._target(m)
        # The controller uses the rate, not the draw, which would add noise. At a target of 1 it does nothing.
        if self.mass > 0.0 and target < 1.0:
            if self.kept_n > 0.0:  # without the least rate, to which the controller would answer
                rate = self._formula(p, max(LEAST_MEAN_SCORE, self.sum_p / self.mass), target, self.c)
            self.c = self._controlled(self.c, target, rate)
        self.sum_p = self.fade * self.sum_p + w * p
        self.mass = self.fade * self.mass + w

    @cython.cfunc
    @cython.exceptval(check=False)
    def _controlled(self, c: cython.double, target: cython.double, rate: cython.double) -> cython.double:
        return min(REACH, max(-REACH, c + GAIN * (target - rate) / target))

    @property
    def negatives(self) -> list[float]:
        """The learned state: decayed sum and decayed mass of p over negatives, and the controller c."""
        return [self.sum_p, self.mass, self.c]

    def _resume(self, negatives: Any) -> None:
        """Take over saved `negatives`, after they were checked."""
        self.sum_p, self.mass, self.c = negatives

    @property
    def _lengths(self) -> Any:
        """The state of the moments by which the length of an event is computed; None without them."""
        return None if self.norm is None else self.norm.__getstate__()

    def _resume_lengths(self, state: Any) -> None:
        """Take over saved moments; raises ValueError where they are not valid."""
        if self.norm is not None:
            self.norm.__setstate__(state)
        elif state is not None:
            raise refused("lengths", "None for this criterion")

    @property
    def _labels_seen(self) -> int:
        """Labels seen; counted only where the first events are kept whole."""
        return int(self.labels_n)

    @property
    def labels(self) -> list[Any]:
        """Labels seen; recorded only where other classes than True and False are possible."""
        return list(self.met)

    @property
    def _class_sums(self) -> list[list[Any]]:
        """Each class of more than two with what `negatives` is of it: [label, [sum, mass, c]]."""
        return [[label, list(sums)] for label, sums in self.classes.items()]

    def _resume_classes(self, labels: Any, sums: dict[Any, list[float]]) -> None:
        """Continue from saved labels and sums of classes, after they were checked."""
        self.met, self.classes = dict.fromkeys(labels), dict(sums)


def negatives_of(state: dict[str, Any], most: float) -> list[float]:
    """The entry `negatives` of a state, checked: sum and mass of scores of up to `most`, and the controller."""
    found = row(state, "negatives", 3)
    if not (0.0 <= found[0] <= 1.000002 * most * found[1] and -REACH <= found[2] <= REACH):
        raise refused("negatives", "a sum of scores, its mass and a controller in [-1.5, 1.5]")
    return found


@cython.cfunc
@cython.exceptval(-1.0, check=True)
def length_of(rate: ScoreRate, x: Any, learning: cython.bint) -> cython.double:
    """The length of an event, 1 where the score is not multiplied by it."""
    norm: FeatureNorm = rate.norm  # held, because a value of the event may set up the sampler anew
    if norm is None:
        return 1.0
    return norm.learn(x) if learning else norm.of(x)
