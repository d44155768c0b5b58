# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Sums of log likelihood ratios of scores (CUSUM), and decayed histograms of their log-odds, compared by the PSI."""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.saved import entries, number, numbers, refused, whole

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import log
    from math import pow as power

    from streamimb._kernels.event_weight import checked_weight
else:
    from cython.cimports.libc.math import log
    from cython.cimports.libc.math import pow as power
    from cython.cimports.streamimb._kernels.event_weight import checked_weight

BINS = cython.declare(cython.int, 20)
LOWEST = cython.declare(cython.double, -9.0)  # log-odds: below it the first bin, from 9 on the last
CLOCK = cython.declare(cython.longlong, 1_024)  # updates between two comparisons of the histograms
SHARE_FLOOR = cython.declare(cython.double, 1e-4)  # of a bin, so that an empty one has a finite logarithm
LARGEST_UNIT = cython.declare(cython.double, 1e100)
LARGEST_SUM = cython.declare(cython.double, 1e30)
NEAREST = cython.declare(cython.double, limits.NEAREST)
ROSE = cython.declare(cython.int, 1)
FELL = cython.declare(cython.int, 2)
SHAPE = cython.declare(cython.int, 4)


@cython.cclass
class ScoreCusum:
    """The reference is slow, the present fast; an alarm makes the present the reference."""

    slow_fade: cython.double
    fast_fade: cython.double
    up: cython.double  # the odds of the mean score for which the rise is tested, over those of the reference
    bound: cython.double  # of the sums
    least: cython.double  # a change of the odds of the mean by a smaller ratio is no alarm
    most_psi: cython.double
    warm_n: cython.longlong
    seen: cython.longlong  # since the last alarm
    slow_unit: cython.double
    fast_unit: cython.double
    slow: cython.double[::1]  # weights of the bins, the sum of p, the sum of weights
    fast: cython.double[::1]
    rise: cython.double
    fall: cython.double
    index: cython.double  # PSI
    moved: cython.int
    before: cython.double
    after: cython.double
    n_rose: cython.longlong
    n_fell: cython.longlong
    n_shape: cython.longlong

    def __cinit__(self) -> None:
        self.slow, self.fast = array("d", bytes(8 * (BINS + 2))), array("d", bytes(8 * (BINS + 2)))
        self.slow_unit = self.fast_unit = 1.0

    def __init__(
        self, slow: float, fast: float, ratio: float, limit: float, most_psi: float, least_ratio: float = 1.0
    ) -> None:
        self.slow, self.fast = array("d", bytes(8 * (BINS + 2))), array("d", bytes(8 * (BINS + 2)))
        self.slow_unit = self.fast_unit = 1.0
        self.slow_fade, self.fast_fade = power(0.5, 1.0 / slow), power(0.5, 1.0 / fast)
        self.up, self.bound, self.most_psi = ratio, limit, most_psi
        self.least, self.warm_n = least_ratio, int(fast)
        self.seen = self.moved = 0
        self.rise = self.fall = self.index = self.before = self.after = 0.0
        self.n_rose = self.n_fell = self.n_shape = 0

    def update(self, p: cython.double, w: cython.double = 1.0) -> None:
        """Take one score of weight w; raises ValueError where either is out of range."""
        if not 0.0 <= p <= 1.0:
            raise ValueError("p: expected P(True), a number in [0, 1]")
        w = checked_weight(w)
        if w > 0.0:
            self.take(min(1.0 - NEAREST, max(NEAREST, float(p))), w)

    @cython.cfunc
    @cython.exceptval(check=False)
    def take(self, p: cython.double, w: cython.double) -> cython.void:
        self.moved = 0
        self.seen += 1
        if self.seen > self.warm_n:
            self.test(p, w)
        place: cython.double = log(p / (1.0 - p)) - LOWEST
        i: cython.int = 0
        if place > 0.0:
            i = min(BINS - 1, 1 + cython.cast(cython.int, place))
        self.slow_unit = self.slow_unit / self.slow_fade
        self.fast_unit = self.fast_unit / self.fast_fade
        self.slow[i] += self.slow_unit * w
        self.fast[i] += self.fast_unit * w
        self.slow[BINS] += self.slow_unit * w * p
        self.fast[BINS] += self.fast_unit * w * p
        self.slow[BINS + 1] += self.slow_unit * w
        self.fast[BINS + 1] += self.fast_unit * w
        if self.slow_unit > LARGEST_UNIT:
            for i in range(BINS + 2):
                self.slow[i] /= self.slow_unit
            self.slow_unit = 1.0
        if self.fast_unit > LARGEST_UNIT:
            for i in range(BINS + 2):
                self.fast[i] /= self.fast_unit
            self.fast_unit = 1.0
        if self.seen % CLOCK == 0:
            self.compare()
        if self.moved:
            self.renew()

    @cython.cfunc
    @cython.exceptval(check=False)
    def test(self, p: cython.double, w: cython.double) -> cython.void:
        """Adds log((1 - m')/(1 - m) (1 - p) + m'/m p) to both sums: its exponential has the mean 1 at a mean of m."""
        m: cython.double = min(1.0 - NEAREST, max(NEAREST, self.slow[BINS] / self.slow[BINS + 1]))
        more: cython.double = self.up * m / (1.0 - m + self.up * m)
        less: cython.double = m / (m + self.up * (1.0 - m))
        self.rise += w * log((1.0 - more) / (1.0 - m) * (1.0 - p) + more / m * p)
        self.fall += w * log((1.0 - less) / (1.0 - m) * (1.0 - p) + less / m * p)
        self.rise = min(LARGEST_SUM, max(0.0, self.rise))
        self.fall = min(LARGEST_SUM, max(0.0, self.fall))
        if self.rise > self.bound:
            self.rise = self.bound
            if self.odds_moved() >= self.least:
                self.moved = ROSE
                self.n_rose += 1
        elif self.fall > self.bound:
            self.fall = self.bound
            if self.odds_moved() <= 1.0 / self.least:
                self.moved = FELL
                self.n_fell += 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def odds_moved(self) -> cython.double:
        """The odds of the present mean score over those of the reference."""
        m: cython.double = min(1.0 - NEAREST, max(NEAREST, self.slow[BINS] / self.slow[BINS + 1]))
        now: cython.double = min(1.0 - NEAREST, max(NEAREST, self.fast[BINS] / self.fast[BINS + 1]))
        return now / (1.0 - now) * (1.0 - m) / m

    @cython.cfunc
    @cython.exceptval(check=False)
    def compare(self) -> cython.void:
        """PSI = sum of (b - a) log(b / a), a and b the shares of a bin in the reference and at present."""
        i: cython.int
        a: cython.double
        b: cython.double
        self.index = 0.0
        for i in range(BINS):
            a = max(SHARE_FLOOR, self.slow[i] / self.slow[BINS + 1])
            b = max(SHARE_FLOOR, self.fast[i] / self.fast[BINS + 1])
            self.index += (b - a) * log(b / a)
        if self.index > self.most_psi and self.moved == 0 and self.seen > self.warm_n:
            self.moved = SHAPE
            self.n_shape += 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def renew(self) -> cython.void:
        """Makes the present the reference."""
        i: cython.int
        self.before = min(1.0, self.slow[BINS] / self.slow[BINS + 1])
        self.after = min(1.0, self.fast[BINS] / self.fast[BINS + 1])
        self.rise = self.fall = 0.0
        self.seen = 0
        for i in range(BINS + 2):
            self.slow[i] = self.fast[i] / self.fast_unit * self.slow_unit

    @property
    def drift_detected(self) -> bool:
        """Whether the last update raised an alarm."""
        return bool(self.moved != 0)

    @property
    def found(self) -> int:
        """What the last update found: 1 scores rose, 2 they fell, 4 their shape changed; 0 nothing."""
        return int(self.moved)

    @property
    def means(self) -> tuple[float, float]:
        """The mean score of the reference and of the present; 0 before the first update."""
        if self.slow[BINS + 1] <= 0.0:
            return 0.0, 0.0
        return min(1.0, self.slow[BINS] / self.slow[BINS + 1]), min(
            1.0, self.fast[BINS] / self.fast[BINS + 1]
        )

    @property
    def changed(self) -> tuple[float, float]:
        """The mean scores before and after the last alarm; 0 and 0 before the first."""
        return float(self.before), float(self.after)

    @property
    def sums(self) -> tuple[float, float, float]:
        """The sums for a rise and for a fall, and the PSI when it was computed last."""
        return float(self.rise), float(self.fall), float(self.index)

    @property
    def counts(self) -> tuple[int, int, int]:
        """The alarms so far."""
        return int(self.n_rose), int(self.n_fell), int(self.n_shape)

    # Plain numbers and bytes, so that the compiled and the interpreted twin can load the same state.
    def __getstate__(self) -> dict[str, Any]:
        return {
            "slow_fade": float(self.slow_fade), "fast_fade": float(self.fast_fade), "up": float(self.up),
            "limit": float(self.bound), "least_ratio": float(self.least), "most_psi": float(self.most_psi),
            "warm_n": int(self.warm_n),
            "seen": int(self.seen), "slow_unit": float(self.slow_unit), "fast_unit": float(self.fast_unit),
            "slow": bytes(self.slow), "fast": bytes(self.fast), "rise": float(self.rise), "fall": float(self.fall),
            "psi": float(self.index), "moved": int(self.moved), "before": float(self.before),
            "after": float(self.after), "rose": int(self.n_rose), "fell": int(self.n_fell),
            "shape": int(self.n_shape),
        }  # fmt: skip

    def __setstate__(self, state: Any) -> None:
        saved = entries(
            state, "slow_fade", "fast_fade", "up", "limit", "least_ratio", "most_psi", "warm_n", "seen", "slow_unit",
            "fast_unit",
            "slow", "fast", "rise", "fall", "psi", "moved", "before", "after", "rose", "fell", "shape",
        )  # fmt: skip
        fades = [number(saved, name, limits.SMALLEST, 1.0) for name in ("slow_fade", "fast_fade")]
        bounds = [number(saved, name, limits.SMALLEST) for name in ("up", "limit", "most_psi")]
        least = number(saved, "least_ratio", 1.0)
        units = [number(saved, name, 1.0, LARGEST_UNIT) for name in ("slow_unit", "fast_unit")]
        counts = [whole(saved, name) for name in ("warm_n", "seen", "rose", "fell", "shape")]
        moved = whole(saved, "moved", 0, SHAPE)
        sums = [number(saved, name, 0.0, LARGEST_SUM) for name in ("rise", "fall", "psi")]
        means = [number(saved, name, 0.0, 1.0) for name in ("before", "after")]
        histograms = [numbers(saved, name, BINS + 2, 0.0, 1e130) for name in ("slow", "fast")]
        for one in histograms:
            if one[BINS] > one[BINS + 1] * (1.0 + 1e-6) or (one[BINS + 1] == 0.0) != (not any(one[:BINS])):
                raise refused("slow", "bins, a sum of probabilities and a sum of weights that agree")
        if (histograms[0][BINS + 1] > 0.0) != (histograms[1][BINS + 1] > 0.0):
            raise refused("fast", "a histogram of the same events as slow")
        if counts[1] > 0 and histograms[0][BINS + 1] == 0.0:
            raise refused("seen", "no events where the histograms are empty")
        # All of it was checked: nothing is refused from here on.
        self.slow_fade, self.fast_fade = fades
        self.up, self.bound, self.most_psi = bounds
        self.least = least
        self.slow_unit, self.fast_unit = units
        self.warm_n, self.seen, self.n_rose, self.n_fell, self.n_shape = counts
        self.moved = moved
        self.rise, self.fall, self.index = sums
        self.before, self.after = means
        self.slow, self.fast = histograms
