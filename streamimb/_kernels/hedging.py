# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Foster's randomised game for each bin of a calibrator's answers.

A bin answers with one of several levels. A level has a deficit where the mean of the labels that came while it was the
answer lies below the level, and an excess where it lies above. A level with neither is played, or one of two neighbours
is drawn, of which the lower has an excess and the upper a deficit: whatever is nearest to the middle of the bin.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.event_label import checked_label
from streamimb._kernels.saved import entries, numbers, wholes

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import ceil, exp, log

    from streamimb._kernels.answer import probability
    from streamimb._kernels.draw import Draw
    from streamimb._kernels.event_weight import checked_weight
    from streamimb._kernels.ports import Scaling
else:
    from cython.cimports.libc.math import ceil, exp, log
    from cython.cimports.streamimb._kernels.answer import probability
    from cython.cimports.streamimb._kernels.draw import Draw
    from cython.cimports.streamimb._kernels.event_weight import checked_weight
    from cython.cimports.streamimb._kernels.ports import Scaling

EVEN = cython.declare(cython.int, 10)  # bins, and levels of each, of equal width
LOGIT_BINS = cython.declare(cython.int, 40)
LOGIT_LEVELS = cython.declare(cython.int, 40)
REACH = cython.declare(cython.double, 10.0)  # log-odds from -10 to 10
SMALLEST = cython.declare(cython.double, 1e-12)  # score
PRIOR_MASS = cython.declare(
    cython.double, 1_000.0
)  # events, at most, that one positive of a level stands for at first
PRIOR_HITS = cython.declare(cython.double, 4.0)  # positives that a level counts for itself at first
WEIGHT_CAP = cython.declare(cython.double, limits.WEIGHT_CAP)


@cython.cclass
class Hedging(Scaling):
    """Fields: hedging.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has buffers too.
        self.inner, self.draw = Scaling(), Draw(0)
        self._begin(True)

    def __init__(self, inner: Scaling, even: bool, seed: int) -> None:
        self.inner, self.draw = inner, Draw(seed)
        self._begin(even)

    @cython.cfunc
    def _begin(self, even: cython.bint) -> Any:
        b: cython.int
        i: cython.int
        self.even = even
        self.bins = EVEN if even else LOGIT_BINS
        self.levels = EVEN if even else LOGIT_LEVELS
        zeros = bytes(8 * self.levels)
        self.low, self.high, self.middle = array("d", zeros), array("d", zeros), array("d", zeros)
        for i in range(self.levels):
            self.low[i], self.high[i] = self._at(i), self._at(i + 1.0)
            self.middle[i] = self._at(i + 0.5)
        self.low[0], self.high[self.levels - 1] = 0.0, 1.0
        self.played = array("q", bytes(8 * self.bins))
        self.mean, self.mass = array("d", zeros * self.bins), array("d", zeros * self.bins)
        for b in range(self.bins):
            self.played[b] = self._own(b)
            for i in range(self.levels):
                self.mean[self.levels * b + i] = self.middle[i]
                if not even:
                    self.mass[self.levels * b + i] = PRIOR_HITS / max(self.middle[i], 1.0 / PRIOR_MASS)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _at(self, i: cython.double) -> cython.double:
        """The probability i levels above the lowest."""
        if self.even:
            return i / self.levels
        return 1.0 / (1.0 + exp(REACH - 2.0 * REACH * i / self.levels))

    @cython.cfunc
    @cython.exceptval(check=False)
    def _own(self, b: cython.int) -> cython.int:
        """The level in the middle of a bin."""
        return (2 * b + 1) * self.levels // (2 * self.bins)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _bin(self, q: cython.double) -> cython.int:
        if not self.even:
            q = min(1.0 - SMALLEST, max(SMALLEST, q))
            q = (log(q / (1.0 - q)) + REACH) / (2.0 * REACH)
        return min(self.bins - 1, max(0, cython.cast(cython.int, ceil(q * self.bins)) - 1))

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def calibrated(self, p: cython.double, x: Any) -> cython.double:
        inner: Scaling = self.inner  # held, because a calibrator of somebody else may set up this one anew
        q: cython.double = probability(inner.calibrated(p, x))
        return self.middle[self.played[self._bin(q)]]

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def learn(self, p: cython.double, y: cython.bint, w: cython.double, x: Any, memo: Any) -> cython.int:
        inner: Scaling = self.inner
        q: cython.double = probability(inner.calibrated(p, x))
        w = min(w, WEIGHT_CAP)
        inner.learn(p, y, w, x, None)
        b: cython.int = self._bin(q)
        i: cython.Py_ssize_t = self.levels * b + self.played[b]
        self.mass[i] += w
        self.mean[i] = min(
            1.0, max(0.0, self.mean[i] + w / self.mass[i] * ((1.0 if y else 0.0) - self.mean[i]))
        )
        self._play(b)
        return 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _play(self, b: cython.int) -> cython.void:
        """Chooses the level that the bin answers with until its next label."""
        i: cython.int
        place: cython.Py_ssize_t
        own: cython.int = self._own(b)
        best: cython.int = -1
        deficit: cython.double = 0.0
        excess: cython.double = 0.0
        # The lowest level has no deficit and the highest no excess, so one of the two kinds exists.
        for i in range(self.levels):
            place = self.levels * b + i
            if best >= 0 and abs(i - own) >= abs(best - own):
                continue
            if self.low[i] <= self.mean[place] <= self.high[i]:
                best, deficit = i, 0.0
            elif i > 0 and self.mean[place] < self.low[i] and self.mean[place - 1] > self.high[i - 1]:
                best, deficit = i, self.low[i] - self.mean[place]
                excess = self.mean[place - 1] - self.high[i - 1]
        if deficit > 0.0 and self.draw._next() * (deficit + excess) <= deficit:
            best -= 1
        self.played[b] = best

    def calibrate_one(self, p: cython.double, x: Any = None) -> float:
        """Return the level that is played for such a score; x: the features, for a calibrator that asks."""
        if not -1e-6 <= p <= 1.000001:
            raise ValueError("p: a score must be in [0, 1]")
        return self.calibrated(p, x)

    def learn_one(
        self, p: cython.double, y: Any, w: cython.double = 1.0, memo: Any = None, x: Any = None
    ) -> None:
        """Learn that an event scored p turned out to be y, and draw the next answer; w = 0 changes nothing."""
        if not -1e-6 <= p <= 1.000001:
            raise ValueError("p: a score must be in [0, 1]")
        w = checked_weight(w)
        label: cython.bint = y if y is True or y is False else checked_label(y)
        if w > 0.0:
            self.learn(p, label, w, x, None)

    @property
    def _learned(self) -> dict[str, Any]:
        """What the games have learned, as data."""
        return {
            "mean": bytes(self.mean),
            "mass": bytes(self.mass),
            "played": bytes(self.played),
            "draw": self.draw.__getstate__(),
        }

    def _resume(self, state: Any) -> None:
        """Take over what other games of this kind had learned."""
        saved = entries(state, "mean", "mass", "played", "draw")
        n: cython.Py_ssize_t = self.bins * self.levels
        mean, mass = numbers(saved, "mean", n, 0.0, 1.0), numbers(saved, "mass", n, 0.0)
        played = wholes(saved, "played", self.bins, 0, self.levels - 1)
        draw = Draw(0)
        draw.__setstate__(saved["draw"])
        self.mean, self.mass, self.played, self.draw = mean, mass, played, draw
