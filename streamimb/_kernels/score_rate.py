# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The rate of a negative from the pilot's score, for two classes: the arithmetic of ScoreUnderSampler.

Reads the class prior from the tracker it is given and never feeds it more than the label. Must never
know learners or draws.
"""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels.saved import entries, number, refused, row

if cython.compiled:
    from cython.cimports.libc.math import exp
    from cython.cimports.libc.math import pow as power
    from cython.cimports.streamimb._kernels.tracker import Tracker
else:
    from math import exp
    from math import pow as power

    from streamimb._kernels.tracker import Tracker

# By name: written as a literal, True would be the index 1, which is read without a check where p is a list.
TRUE: Any = True
FALSE: Any = False
FLOOR = cython.declare(cython.double, 1e-6)  # of every rate: the shift stays finite
GAIN = cython.declare(cython.double, 0.002)  # of the controller
REACH = cython.declare(cython.double, 1.5)  # |c|
LARGEST = cython.declare(cython.double, 1.7976931348623157e308)  # finite number
WEIGHT_CAP = cython.declare(cython.double, 1e15)


@cython.cclass
class ScoreRate:
    """r(0) = min(1, rho [(1 - mix) min(p / omega, 1 / rho) + mix]), rho = target e^c. Fields: score_rate.pxd.

    A target of 1 gives every score a rate of 1; mix rises to 1 with the target, so that rates are continuous
    in the target.
    """

    def __cinit__(self) -> None:
        # An object that `__new__` alone made has a bank, too.
        self.bank = Tracker()

    def __init__(self, bank: Tracker, half_life: float) -> None:
        self.bank = bank
        self.odds = self.fixed = self.blend = 0.0
        self.fade = power(0.5, 1.0 / half_life)
        self.sum_p = self.mass = self.c = 0.0

    def aim(self, odds: float, fixed: float, blend: float) -> None:
        """What is wanted from now on; validated by the caller."""
        self.odds, self.fixed, self.blend = float(odds), float(fixed), float(blend)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _target(self) -> cython.double:
        if self.fixed > 0.0:
            return self.fixed
        return max(FLOOR, min(1.0, self.odds * self.bank.m / (1.0 - self.bank.m)))

    @cython.cfunc
    @cython.exceptval(check=False)
    def _rate(self, p: cython.double) -> cython.double:
        target: cython.double = self._target()
        # The first negative is learned whole: nothing is known of scores yet.
        if self.mass <= 0.0 or target >= 1.0:
            return 1.0
        rho: cython.double = target * exp(self.c)
        mix: cython.double = max(self.blend, 2.0 * target - 1.0)
        relative: cython.double = p / max(1e-9, self.sum_p / self.mass)
        if relative * rho > 1.0:
            relative = 1.0 / rho
        return max(FLOOR, min(1.0, rho * ((1.0 - mix) * relative + mix)))

    @cython.cfunc
    @cython.exceptval(-2.0, check=True)
    def _pilot(self, p: Any) -> cython.double:
        """p[True] where the classes are False and True, else -1."""
        score: cython.double
        if len(p) != 2 or False not in p or True not in p:
            return -1.0
        score = float(p[TRUE])
        if not 0.0 <= score <= 1.000001:
            raise ValueError("p: a pilot probability must be in [0, 1]")
        return score

    def rates_one(self, x: Any, p: Any) -> dict[Any, float]:
        """Return the rate of each class of p, at features x and pilot probabilities p."""
        score: cython.double = self._pilot(p)
        if score < 0.0:
            return self.rates_many(p)
        return {False: self._rate(score), True: 1.0}

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, w: cython.double = 1.0) -> None:
        """Learn from one labelled event, kept or not, what its rates were; w = 0 changes nothing."""
        if not 0.0 <= w <= LARGEST:
            raise ValueError(f"w={w!r}: a weight is a finite number of at least 0")
        if w == 0.0:
            return
        w = min(float(w), WEIGHT_CAP)
        score: cython.double = self._pilot(p)
        if score >= 0.0 and (y is False or y is True or y in (0, 1)):
            if not y:
                self._negative(score, float(rates[FALSE]), w)
        else:
            self.learn_many(y, p, rates, w)
        if self.bank.many or (y is not True and y is not False):
            self.bank.update(y, w)
        else:
            self.bank.track(1.0 if y is True else 0.0, w)

    def rates_many(self, p: Any) -> dict[Any, float]:
        """Where classes other than True and False go."""
        raise TypeError("ScoreRate knows True and False; sampling.ScoreUnderSampler takes any label")

    def learn_many(self, y: Any, p: Any, rates: Any, w: float) -> None:
        """Where labels other than True and False go."""
        raise TypeError("ScoreRate knows True and False; sampling.ScoreUnderSampler takes any label")

    @cython.cfunc
    @cython.exceptval(check=False)
    def _negative(self, p: cython.double, rate: cython.double, w: cython.double) -> cython.void:
        target: cython.double = self._target()
        # The controller works on the rate, never on what was kept: no draw noise. At a target of 1
        # there is nothing to control.
        if self.mass > 0.0 and target < 1.0:
            self.c = min(REACH, max(-REACH, self.c + GAIN * (target - rate) / target))
        self.sum_p = self.fade * self.sum_p + w * p
        self.mass = self.fade * self.mass + w

    @property
    def negatives(self) -> list[float]:
        """Decayed sum and decayed mass of p over negatives, and the controller c: all it has learned."""
        return [self.sum_p, self.mass, self.c]

    def resume(self, negatives: list[float]) -> None:
        """Goes on from `negatives`; ValueError where they are none."""
        self.sum_p, self.mass, self.c = negatives_of({"negatives": negatives})

    # Plain numbers, so that a state moves between the compiled and the interpreted twin.
    def __getstate__(self) -> dict[str, Any]:
        return {
            "bank": self.bank.__getstate__(),
            "aim": [self.odds, self.fixed, self.blend],
            "fade": self.fade,
            "negatives": self.negatives,
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "bank", "aim", "fade", "negatives")
        odds, fixed, blend = row(saved, "aim", 3, 0.0)
        if fixed > 1.0 or blend > 1.0:
            raise refused("aim", "a rate and a part in [0, 1]")
        fade, negatives = number(saved, "fade", 0.0, 1.0), negatives_of(saved)
        bank = Tracker()
        bank.__setstate__(saved["bank"])
        self.bank, self.fade = bank, fade
        self.odds, self.fixed, self.blend = odds, fixed, blend
        self.sum_p, self.mass, self.c = negatives


def negatives_of(state: dict[str, Any]) -> list[float]:
    """The entry `negatives` of a state, checked: sum and mass of p over negatives, and the controller."""
    found = row(state, "negatives", 3)
    if not (0.0 <= found[0] <= 1.000002 * found[1] and -REACH <= found[2] <= REACH):
        raise refused("negatives", "a sum of probabilities, its mass and a controller in [-1.5, 1.5]")
    return found
