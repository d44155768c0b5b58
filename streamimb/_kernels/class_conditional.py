# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Three adaptive windows on a stream of labels and scores: the label, the hits of True, the false alarms of False."""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.event_label import checked_label
from streamimb._kernels.saved import alike, entries, number, refused, switch, whole

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import pow as power
    from math import sqrt

    from streamimb._kernels.adaptive_window import AdaptiveWindow
    from streamimb._kernels.event_weight import checked_weight
else:
    from cython.cimports.libc.math import pow as power
    from cython.cimports.libc.math import sqrt
    from cython.cimports.streamimb._kernels.adaptive_window import AdaptiveWindow
    from cython.cimports.streamimb._kernels.event_weight import checked_weight

EDGE = cython.declare(cython.double, limits.EDGE)
PRIOR = cython.declare(cython.int, 1)
RARE = cython.declare(cython.int, 2)
COMMON = cython.declare(cython.int, 4)
RARE_CLOCK, COMMON_CLOCK = 16, 256  # updates between two tests: few tests are few false alarms,
FACTOR = 10.0  # and allow so many times the delta
# Scores prove too high where fewer of their events are True than they say, by so many standard deviations of the last
# labels (half-life 2,000). A score p counts p, which is close to the best weight where False events that score as True
# ones are three times as many as these, log(1 + 3 odds). One above .9 counts as .9: no single label is to prove it.
RECENT = cython.declare(cython.double, power(0.5, 1.0 / 2_000.0))
PROOF = cython.declare(cython.double, 2.5)
MOVED = cython.declare(cython.double, 4.0)  # of the share of True off the scores, where `expected`
HIGHEST = cython.declare(cython.double, 0.9)
SUSPECT = cython.declare(
    cython.longlong, 10_000
)  # labels for which a small rise of the false alarms, or a cut of the label window, is remembered:
LEAST_OF_A_CLASS = cython.declare(cython.double, 50.0)  # labels in the window before the threshold is fixed


@cython.cclass
class ClassConditional:
    """Hit and false alarm: odds(p) at or above `factor` times the odds of the prior when the threshold was fixed.

    A cut of the label window restarts the others, because it moves their threshold. A rise of the false alarms by less
    than `least` is an alarm once the scores prove too high: scores of a model that learns rise by themselves too, but
    stay right. Where `expected`, a cut of the label window is an alarm only once the share of True is off the scores: a
    model that knows the hour expects a share that depends on it.
    """

    label: AdaptiveWindow
    hits: AdaptiveWindow
    alarms_of_false: AdaptiveWindow
    factor: cython.double  # the odds of the threshold over those of the prior
    least: cython.double  # a change of hits or false alarms by a smaller ratio is no alarm
    threshold: cython.double  # of p; 0 until it is fixed
    expected: cython.bint
    excess: cython.double  # decayed sum of labels minus scores
    excess_spread: cython.double  # its variance, if the scores are right
    suspect_prior: cython.longlong  # labels for which a cut of the label window is still remembered
    wrong: cython.double  # decayed sum of what the scores said above what came
    spread: cython.double  # its variance, if the scores are right
    suspect: cython.longlong  # labels for which a small rise of the false alarms is still remembered
    moved: cython.int
    n_prior: cython.longlong
    n_rare: cython.longlong
    n_common: cython.longlong

    def __cinit__(self) -> None:
        self.label, self.hits, self.alarms_of_false = AdaptiveWindow(), AdaptiveWindow(), AdaptiveWindow()

    def __init__(
        self, delta: float, odds_ratio: float, least_ratio: float = 1.0, expected: bool = False
    ) -> None:
        self.label = AdaptiveWindow(delta)
        self.hits = AdaptiveWindow(min(0.5, FACTOR * delta), RARE_CLOCK)
        self.alarms_of_false = AdaptiveWindow(min(0.5, FACTOR * delta), COMMON_CLOCK)
        self.factor, self.least, self.expected = odds_ratio, least_ratio, expected
        self.excess = self.excess_spread = 0.0
        self.suspect_prior = 0
        self.threshold = self.wrong = self.spread = 0.0
        self.moved = self.suspect = 0
        self.n_prior = self.n_rare = self.n_common = 0

    def update(self, y: Any, p: cython.double, w: cython.double = 1.0) -> None:
        """Take a label, the score that was served, and a weight; raises ValueError where one is out of range."""
        positive: cython.bint = y is True
        if not positive and y is not False:
            positive = checked_label(y)
        if not 0.0 <= p <= 1.0:
            raise ValueError("p: expected P(True), a number in [0, 1]")
        w = checked_weight(w)
        if w > 0.0:
            self.take(positive, p, w)

    @cython.cfunc
    @cython.exceptval(check=False)
    def take(self, y: cython.bint, p: cython.double, w: cython.double) -> cython.void:
        self.moved = 0
        if self.expected:
            self.compare_prior(y, p, w)
        if self.label.add(1.0 if y else 0.0, w):
            if self.expected:
                self.suspect_prior = SUSPECT
            else:
                self.raise_prior()
            self.threshold = self.wrong = self.spread = 0.0
            self.suspect = 0
            self.hits.restart()
            self.alarms_of_false.restart()
        if self.threshold == 0.0:
            self.fix_threshold()
            return
        odds: cython.double = p * (1.0 - self.threshold)
        x: cython.double = odds / (odds + self.threshold * (1.0 - p))
        if y:
            # A rise of the hits, or a fall of the false alarms, is no fault: it cuts the window only.
            if self.hits.add(x, w) and self.least * self.hits.after < self.hits.before:
                self.moved |= RARE
                self.n_rare += 1
        elif self.alarms_of_false.add(x, w):
            if self.alarms_of_false.after > self.least * self.alarms_of_false.before:
                self.raise_common()
            elif self.alarms_of_false.after > self.alarms_of_false.before:
                self.suspect = SUSPECT
        if self.least > 1.0:
            self.weigh(y, p, w)
            if self.suspect > 0:
                self.suspect -= 1
                if self.wrong > PROOF * sqrt(self.spread):
                    self.raise_common()

    @cython.cfunc
    @cython.exceptval(check=False)
    def compare_prior(self, y: cython.bint, p: cython.double, w: cython.double) -> cython.void:
        """Adds a label minus its score; after a cut that is an alarm once the sum is off 0."""
        q: cython.double = min(1.0 - EDGE, max(EDGE, p))
        self.excess = RECENT * self.excess + w * ((1.0 if y else 0.0) - q)
        self.excess_spread = RECENT * RECENT * self.excess_spread + w * w * q * (1.0 - q)
        if self.suspect_prior > 0:
            self.suspect_prior -= 1
            if self.excess * self.excess > MOVED * MOVED * self.excess_spread:
                self.raise_prior()

    @cython.cfunc
    @cython.exceptval(check=False)
    def raise_prior(self) -> cython.void:
        self.moved |= PRIOR
        self.n_prior += 1
        self.suspect_prior = 0
        self.excess = self.excess_spread = 0.0

    @cython.cfunc
    @cython.exceptval(check=False)
    def raise_common(self) -> cython.void:
        self.moved |= COMMON
        self.n_common += 1
        self.suspect = 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def weigh(self, y: cython.bint, p: cython.double, w: cython.double) -> cython.void:
        """Adds what a score said above what came."""
        q: cython.double = min(HIGHEST, max(EDGE, p))
        k: cython.double = w * q
        self.wrong = RECENT * self.wrong + k * (q - (1.0 if y else 0.0))
        self.spread = RECENT * RECENT * self.spread + k * k * q * (1.0 - q)

    @cython.cfunc
    @cython.exceptval(check=False)
    def fix_threshold(self) -> cython.void:
        """Fixes the threshold once enough labels of each class are in the window."""
        w: cython.double = self.label.total_w
        if w <= 0.0:
            return
        n: cython.double = w / self.label.total_w2 * w
        m: cython.double = self.label.mean()
        if n * min(m, 1.0 - m) >= LEAST_OF_A_CLASS:
            odds: cython.double = self.factor * m / (1.0 - m)
            self.threshold = max(EDGE, odds / (1.0 + odds))

    @property
    def drift_detected(self) -> bool:
        """Whether the last update raised an alarm."""
        return bool(self.moved != 0)

    @property
    def found(self) -> int:
        """Which windows were cut by the last update: 1 the label, 2 the hits, 4 the false alarms, or a sum of these."""
        return int(self.moved)

    def evidence(self, which: cython.int) -> tuple[float, float, float]:
        """Means before and after the last cut of a window (1, 2 or 4), and its effective number of updates now."""
        window: AdaptiveWindow = self.label
        if which == RARE:
            window = self.hits
        elif which == COMMON:
            window = self.alarms_of_false
        return float(window.before), float(window.after), window.width

    @property
    def levels(self) -> tuple[float, float, float, float]:
        """The prior, the hits per True, the false alarms per False, and the threshold of p (0: not fixed yet)."""
        means = [float(window.mean()) for window in (self.label, self.hits, self.alarms_of_false)]
        return means[0], means[1], means[2], float(self.threshold)

    @property
    def counts(self) -> tuple[int, int, int]:
        """The alarms so far: of the prior, the rare and the common concept."""
        return int(self.n_prior), int(self.n_rare), int(self.n_common)

    # Plain numbers, so that the compiled and the interpreted twin can load the same state.
    def __getstate__(self) -> dict[str, Any]:
        return {
            "label": self.label.__getstate__(),
            "hits": self.hits.__getstate__(),
            "false_alarms": self.alarms_of_false.__getstate__(),
            "odds_ratio": float(self.factor),
            "least_ratio": float(self.least),
            "expected": bool(self.expected),
            "excess": float(self.excess),
            "excess_spread": float(self.excess_spread),
            "suspect_prior": int(self.suspect_prior),
            "threshold": float(self.threshold),
            "wrong": float(self.wrong),
            "spread": float(self.spread),
            "suspect": int(self.suspect),
            "moved": int(self.moved),
            "prior": int(self.n_prior),
            "rare": int(self.n_rare),
            "common": int(self.n_common),
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(
            state, "label", "hits", "false_alarms", "odds_ratio", "least_ratio", "expected", "excess", "excess_spread",
            "suspect_prior", "threshold", "wrong", "spread", "suspect", "moved", "prior", "rare", "common",
        )  # fmt: skip
        label, hits, alarms = AdaptiveWindow(), AdaptiveWindow(), AdaptiveWindow()
        for window, name in ((label, "label"), (hits, "hits"), (alarms, "false_alarms")):
            window.__setstate__(saved[name])
        odds_ratio = number(saved, "odds_ratio", limits.SMALLEST)
        least_ratio = number(saved, "least_ratio", 1.0)
        threshold = number(saved, "threshold", 0.0, 1.0)
        wrong, spread = number(saved, "wrong"), number(saved, "spread", 0.0)
        suspect, suspect_prior = (whole(saved, name, 0, SUSPECT) for name in ("suspect", "suspect_prior"))
        expected = switch(saved, "expected")
        excess, excess_spread = number(saved, "excess"), number(saved, "excess_spread", 0.0)
        moved = whole(saved, "moved", 0, PRIOR + RARE + COMMON)
        counts = [whole(saved, name) for name in ("prior", "rare", "common")]
        # All of it was checked: nothing is refused from here on.
        self.label, self.hits, self.alarms_of_false = label, hits, alarms
        self.factor, self.least, self.threshold, self.moved = odds_ratio, least_ratio, threshold, moved
        self.wrong, self.spread, self.suspect = wrong, spread, suspect
        self.expected, self.excess, self.excess_spread = expected, excess, excess_spread
        self.suspect_prior = suspect_prior
        self.n_prior, self.n_rare, self.n_common = counts
