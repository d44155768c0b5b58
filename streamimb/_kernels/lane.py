# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""One event's way through nested wrappers as a C double: guard, calibrator, sampler, learner in one walk.

A lane takes unweighted events labelled True or False through parts that are ours; every other event goes the
wrapper's own way in Python (`..._apart`), which comes to the same bits. Knows no River and no policy beyond its
kernel.
"""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels.logistic import blank
from streamimb.protocols import Scores

if cython.compiled:
    from cython.cimports.libc.math import exp, log
    from cython.cimports.streamimb._kernels.draw import Draw
    from cython.cimports.streamimb._kernels.logistic import Logistic
    from cython.cimports.streamimb._kernels.platt import Platts
    from cython.cimports.streamimb._kernels.score_rate import ScoreRate
    from cython.cimports.streamimb._kernels.tracker import Tracker
else:
    from math import exp, log

    from streamimb._kernels.draw import Draw
    from streamimb._kernels.logistic import Logistic
    from streamimb._kernels.platt import Platts
    from streamimb._kernels.score_rate import ScoreRate
    from streamimb._kernels.tracker import Tracker

# names no wrapper may use
FIELDS = frozenset((
    "many", "direct", "raw", "corrected", "calibrated", "learner", "rates", "tracker", "draw", "copies", "rate",
    "shift", "labels", "last", "last_rate", "inner", "platts", "gate", "passed", "common",
))  # fmt: skip
FADE = cython.declare(cython.double, 0.5 ** (1.0 / 20_000))  # of the kept share, per labelled event


@cython.cclass
class Lane:
    """A wrapper that takes a classifier and is one. Fields: lane.pxd."""

    @cython.cfunc
    @cython.exceptval(-1, check=True)
    def say(self, x: Any) -> cython.double:
        """P(True); changes nothing."""
        return self.say_apart(x)

    @cython.cfunc
    @cython.exceptval(-1, check=True)
    def learn(self, x: Any, y: cython.bint) -> cython.double:
        """Learns an event of weight 1; the P(True) it would have said before."""
        return self.learn_apart(x, bool(y), 1.0, {})

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def weigh(self, x: Any) -> cython.int:
        """P(True) at each stage, into raw, corrected and calibrated."""
        scores = self.scores_apart(x)
        self.raw, self.corrected, self.calibrated = scores.raw, scores.corrected, scores.calibrated
        return 0

    def scores_one(self, x: Any) -> Scores:
        """P(True) of now: raw, corrected and calibrated."""
        self.weigh(x)
        return Scores(self.raw, self.corrected, self.calibrated)

    @cython.cfunc
    @cython.exceptval(-1, check=True)
    def settle(self, x: Any, y: cython.bint) -> cython.double:
        """`learn` of the very event that was just weighed: it is not read a second time."""
        return self.learn(x, y)

    @cython.cfunc
    def reader(self) -> Logistic:
        """The learner that reads events here, None where that is not one of ours."""
        return None

    def score_learn_one(self, x: Any, y: Any) -> Scores:
        """`scores_one`, then `learn_one`, in one walk."""
        self.weigh(x)
        scores = Scores(self.raw, self.corrected, self.calibrated)
        if self.many or (y is not True and y is not False):
            self.learn_apart(x, y, 1.0, {})
        else:
            self.settle(x, y is True)
        return scores

    def predict_proba_one(self, x: Any, **kwargs: Any) -> dict[Any, float]:
        """Probability of each class; {False, True} until other labels were seen."""
        if self.many or kwargs:
            return self.predict_apart(x, kwargs)
        p: cython.double = self.say(x)
        return {False: 1.0 - p, True: p}

    def learn_one(self, x: Any, y: Any, w: cython.double = 1.0, **kwargs: Any) -> None:
        """Learns from an event of weight w; keywords the innermost classifier declares are forwarded."""
        if w == 1.0 and not (self.many or kwargs) and (y is True or y is False):
            self.learn(x, y is True)
        else:
            self.learn_apart(x, y, float(w), kwargs)

    def learn_scored_one(self, x: Any, y: Any, w: cython.double = 1.0) -> float:
        """Learns as `learn_one` does; gives the P(True) of now, before learning."""
        if w == 1.0 and not self.many and (y is True or y is False):
            return self.learn(x, y is True)
        return self.learn_apart(x, y, float(w), {})

    def leave(self) -> None:
        """Labels other than True and False were seen: from now on every event goes apart."""
        self.many = True
        self.direct = False

    @property
    def one_walk(self) -> bool:
        """Whether all that is inside is ours: it raises at no event that passed a guard."""
        return bool(self.direct)

    @property
    def left(self) -> bool:
        """Whether `leave` was called."""
        return bool(self.many)

    def own_state(self) -> dict[str, Any]:
        """Attributes of the wrapper; interpreted, those of the lane lie among them."""
        return {name: value for name, value in vars(self).items() if name not in FIELDS}

    # What a wrapper says in Python.

    def scores_apart(self, x: Any) -> Scores:
        raise TypeError("a lane is one half of a wrapper")

    def say_apart(self, x: Any) -> float:
        raise TypeError("a lane is one half of a wrapper")

    def predict_apart(self, x: Any, kwargs: dict[str, Any]) -> dict[Any, float]:
        raise TypeError("a lane is one half of a wrapper")

    def learn_apart(self, x: Any, y: Any, w: float, kwargs: dict[str, Any]) -> float:
        raise TypeError("a lane is one half of a wrapper")

    def __reduce__(self) -> Any:
        return blank, (type(self),), self.__getstate__()


if not cython.compiled:  # C begins with zeros
    Lane.many = Lane.direct = False  # declared in lane.pxd


@cython.cclass
class SampledLane(Lane):
    """An offset learner anchored on a live prior, under score-proportional sampling."""

    @cython.cfunc
    def reader(self) -> Logistic:
        return self.learner if self.direct else None

    def begin(self, seed: int) -> None:
        """Nothing seen yet."""
        self.draw = Draw(seed)
        self.copies = self.labels = 0.0
        self.last = {}

    def connect(self, learner: Any, rates: Any, tracker: Any) -> None:
        """Goes direct, by these parts."""
        self.learner, self.rates, self.tracker = learner, rates, tracker
        self.direct = not self.many

    @cython.cfunc
    @cython.exceptval(-1, check=True)
    def say(self, x: Any) -> cython.double:
        if self.direct:
            return self.learner.score(x, self.tracker.log_odds)
        return self.say_apart(x)

    @cython.cfunc
    @cython.exceptval(-1, check=True)
    def learn(self, x: Any, y: cython.bint) -> cython.double:
        if not self.direct:
            return self.learn_apart(x, bool(y), 1.0, {})
        self.corrected = self.learner.pilot(x, self.tracker.log_odds)
        self.rate = self.rates._rate(self.corrected)
        self.shift = log(1.0 / self.rate)
        return self.settle(x, y)

    @cython.cfunc
    @cython.exceptval(-1, check=True)
    def settle(self, x: Any, y: cython.bint) -> cython.double:
        p: cython.double = self.corrected
        rate: cython.double = self.rate
        copies: cython.double = 1.0
        if not self.direct:
            return self.learn_apart(x, bool(y), 1.0, {})
        if not y and rate < 1.0 and self.draw._next() >= rate:
            copies = 0.0
        # As `correction.Offset` does: True labels alone teach the moments only.
        self.learner.teach(
            x, y, self.tracker.log_odds, self.shift, 1.0, 0.0 if y and self.tracker.lone else copies
        )
        self.tracker.track(1.0 if y else 0.0, 1.0)
        if not y:
            self.rates._negative(p, rate, 1.0)
        self.rates.bank.track(1.0 if y else 0.0, 1.0)
        self.count(copies)
        self.last = None
        self.last_rate = rate
        return p

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def weigh(self, x: Any) -> cython.int:
        if not self.direct:
            return Lane.weigh(self, x)
        p: cython.double = self.learner.pilot(x, self.tracker.log_odds)
        self.corrected = self.calibrated = p
        self.rate = self.rates._rate(p)
        self.shift = log(1.0 / self.rate)
        self.raw = p / (p + (1.0 - p) * exp(-self.shift))
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def count(self, copies: cython.double) -> cython.void:
        self.copies = FADE * self.copies + copies
        self.labels = FADE * self.labels + 1.0

    def drawn(self, rate: float, whole: bool) -> float:
        """Copies of an event of this rate: drawn, or the rate as it is."""
        return rate if whole else self.draw.copies(rate)

    def counted(self, copies: float, rates: dict[Any, float]) -> None:
        """Takes note of what an event came to."""
        self.count(copies)
        self.last = rates

    @property
    def last_rates(self) -> dict[Any, float]:
        """Rates of the classes at the last labelled event; empty before the first."""
        return {False: self.last_rate, True: 1.0} if self.last is None else self.last

    @property
    def kept_share(self) -> float:
        """Copies learned per labelled event, half-life 20,000; 1 before the first."""
        return self.copies / self.labels if self.labels > 0.0 else 1.0

    def lane_state(self) -> dict[str, Any]:
        return {
            "many": bool(self.many),
            "draw": self.draw.__getstate__(),
            "copies": float(self.copies),
            "labels": float(self.labels),
            "last": dict(self.last_rates),
        }

    def resume(self, state: dict[str, Any]) -> None:
        self.many = state["many"]
        self.draw = Draw(0)
        self.draw.__setstate__(state["draw"])
        self.copies, self.labels, self.last = state["copies"], state["labels"], state["last"]


@cython.cclass
class CalibratedLane(Lane):
    """Platt scalings on another lane.

    A calibrator learns nothing before the first False: until then the classifier serves its prior, and True labels
    alone would move the calibrated probability away from it.
    """

    @cython.cfunc
    def reader(self) -> Logistic:
        return self.inner.reader() if self.direct else None

    def connect(self, inner: Any, platts: Any) -> None:
        """Goes direct, by these parts."""
        self.inner, self.platts = inner, platts
        self.direct = not self.many

    @property
    def one_walk(self) -> bool:
        """Whether all that is inside is ours: it raises at no event that passed a guard."""
        return bool(self.direct and self.inner.one_walk)

    @cython.cfunc
    @cython.exceptval(check=False)
    def scale(self, p: cython.double, y: cython.bint) -> cython.double:
        """Returns the calibrated p, then learns its label."""
        if y and not self.common:
            return self.platts._say(p)
        self.common = True
        return self.platts._learn(p, y, 1.0)

    def calibrates(self, y: bool) -> bool:
        """Whether the calibrator learns an event of this label: from the first False on, which this call notes."""
        self.common |= not y
        return bool(self.common)

    def resume(self, met_false: bool) -> None:
        """Continues from a saved state."""
        self.common = met_false

    @cython.cfunc
    @cython.exceptval(-1, check=True)
    def say(self, x: Any) -> cython.double:
        if self.direct:
            return self.platts._say(self.inner.say(x))
        return self.say_apart(x)

    @cython.cfunc
    @cython.exceptval(-1, check=True)
    def learn(self, x: Any, y: cython.bint) -> cython.double:
        if self.direct:
            return self.scale(self.inner.learn(x, y), y)
        return self.learn_apart(x, bool(y), 1.0, {})

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def weigh(self, x: Any) -> cython.int:
        if not self.direct:
            return Lane.weigh(self, x)
        self.inner.weigh(x)
        self.raw, self.corrected = self.inner.raw, self.inner.corrected
        self.calibrated = self.platts._say(self.corrected)
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=True)
    def settle(self, x: Any, y: cython.bint) -> cython.double:
        if self.direct:
            return self.scale(self.inner.settle(x, y), y)
        return self.learn_apart(x, bool(y), 1.0, {})


if not cython.compiled:  # C begins with zeros
    CalibratedLane.common = False  # declared in lane.pxd
