# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""ADWIN: a window that drops its old part when the means of its old and its new part differ.

The window is an exponential histogram: row r holds at most five buckets, each with the sums of 2^r updates.
"""

from __future__ import annotations

from array import array
from math import fsum, isclose
from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.saved import entries, number, numbers, refused, switch, whole, wholes

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import fabs, log, sqrt

    from streamimb._kernels.event_weight import checked_weight
else:
    from cython.cimports.libc.math import fabs, log, sqrt
    from cython.cimports.streamimb._kernels.event_weight import checked_weight

ROWS = cython.declare(cython.int, 32)
MOST = cython.declare(cython.int, 5)  # buckets of one row between two updates
WIDTH = cython.declare(cython.int, 6)  # places of one row: one more while a bucket is added
LEAST_N = cython.declare(cython.double, 5.0)  # effective updates on each side of a cut
LEAST_WEIGHT = cython.declare(cython.double, 1e-100)  # the square of a smaller one could be 0
ROUNDING = cython.declare(cython.double, 1e-6)  # relative, of sums in a state
WEIGHT_CAP = cython.declare(cython.double, limits.WEIGHT_CAP)
LARGEST_CLOCK = 1 << 40


@cython.cclass
class AdaptiveWindow:
    """Means of values in [0, 1]; fields are declared in adaptive_window.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has buffers too.
        self._begin(0.002, 32)

    def __init__(self, delta: float = 0.002, clock: int = 32) -> None:
        self._begin(delta, clock)

    @cython.cfunc
    def _begin(self, delta: cython.double, clock: cython.longlong) -> Any:
        self.risk, self.every = float(delta), clock
        self.counts = array("q", bytes(8 * ROWS))
        self.w, self.w2 = array("d", bytes(8 * ROWS * WIDTH)), array("d", bytes(8 * ROWS * WIDTH))
        self.s, self.ss = array("d", bytes(8 * ROWS * WIDTH)), array("d", bytes(8 * ROWS * WIDTH))
        self.moved = False
        self.before = self.after = 0.0
        self.restart()

    @cython.cfunc
    @cython.exceptval(check=False)
    def restart(self) -> cython.void:
        """Empties the window."""
        r: cython.int
        for r in range(ROWS):
            self.counts[r] = 0
        self.rows = 1
        self.tick = 0
        self.total_w = self.total_w2 = self.total_s = self.total_ss = 0.0

    def update(self, x: cython.double, w: cython.double = 1.0) -> None:
        """Add one value in [0, 1] of weight w; raises ValueError where either is out of range."""
        if not 0.0 <= x <= 1.0:
            raise ValueError("x: expected a number in [0, 1]: scale the values to that range")
        w = checked_weight(w)
        if w > 0.0:
            self.add(float(x), w)

    @cython.cfunc
    @cython.exceptval(check=False)
    def add(self, x: cython.double, w: cython.double) -> cython.bint:
        """Add a value of weight w > 0; returns whether the window was cut."""
        w = min(w, WEIGHT_CAP)
        self.moved = False
        if w < LEAST_WEIGHT:
            return False
        self.put(w, w * w, w * x, w * x * x)
        self.tick += 1
        if self.tick >= self.every:
            self.tick = 0
            self.moved = self.cut()
        return self.moved

    @cython.cfunc
    @cython.exceptval(check=False)
    def put(self, w: cython.double, w2: cython.double, s: cython.double, ss: cython.double) -> cython.void:
        """Adds a bucket of one update; two of the oldest buckets of a row that is too long become one of the next."""
        row: cython.int = 0
        at: cython.int
        i: cython.int
        self.total_w += w
        self.total_w2 += w2
        self.total_s += s
        self.total_ss += ss
        while True:
            at = row * WIDTH + cython.cast(cython.int, self.counts[row])
            self.w[at], self.w2[at], self.s[at], self.ss[at] = w, w2, s, ss
            self.counts[row] += 1
            if self.counts[row] <= MOST:
                return
            at = row * WIDTH
            w, w2 = self.w[at] + self.w[at + 1], self.w2[at] + self.w2[at + 1]
            s, ss = self.s[at] + self.s[at + 1], self.ss[at] + self.ss[at + 1]
            for i in range(at, at + WIDTH - 2):
                self.w[i], self.w2[i], self.s[i], self.ss[i] = (
                    self.w[i + 2],
                    self.w2[i + 2],
                    self.s[i + 2],
                    self.ss[i + 2],
                )
            self.counts[row] -= 2
            row += 1
            if row == ROWS:  # 2^33 updates and more: the oldest are forgotten
                self.sum_up()
                return
            if row == self.rows:
                self.rows += 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def sum_up(self) -> cython.void:
        """Computes the totals again, so that rounding does not add up."""
        r: cython.int
        i: cython.int
        self.total_w = self.total_w2 = self.total_s = self.total_ss = 0.0
        for r in range(self.rows - 1, -1, -1):
            for i in range(r * WIDTH, r * WIDTH + cython.cast(cython.int, self.counts[r])):
                self.total_w += self.w[i]
                self.total_w2 += self.w2[i]
                self.total_s += self.s[i]
                self.total_ss += self.ss[i]

    @cython.cfunc
    @cython.exceptval(check=False)
    def drop_oldest(self) -> cython.void:
        i: cython.int
        at: cython.int
        while self.counts[self.rows - 1] == 0 and self.rows > 1:
            self.rows -= 1
        at = (self.rows - 1) * WIDTH
        for i in range(at, at + cython.cast(cython.int, self.counts[self.rows - 1]) - 1):
            self.w[i], self.w2[i], self.s[i], self.ss[i] = (
                self.w[i + 1],
                self.w2[i + 1],
                self.s[i + 1],
                self.ss[i + 1],
            )
        self.counts[self.rows - 1] -= 1
        while self.counts[self.rows - 1] == 0 and self.rows > 1:
            self.rows -= 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def cut(self) -> cython.bint:
        """Drops the part before the clearest cut until the means of no two parts differ; returns whether one did."""
        found: cython.bint = False
        old: cython.int = self.find_cut(True)
        while old > 0:
            found = True
            while old > 0:
                self.drop_oldest()
                old -= 1
            old = self.find_cut(False)
        return found

    @cython.cfunc
    @cython.exceptval(check=False)
    def find_cut(self, first: cython.bint) -> cython.int:
        """The buckets before the clearest cut, 0 where there is none; notes its means where `first`."""
        seen: cython.int = 0
        found: cython.int = 0
        r: cython.int
        i: cython.int
        w: cython.double = 0.0
        w2: cython.double = 0.0
        s: cython.double = 0.0
        old: cython.double
        new: cython.double
        n: cython.double
        n_old: cython.double
        n_new: cython.double
        inverse: cython.double
        excess: cython.double
        clearest: cython.double = 0.0
        self.sum_up()
        if self.total_w2 <= 0.0:
            return 0
        n = self.total_w / self.total_w2 * self.total_w
        if n < 2.0 * LEAST_N:
            return 0
        mean: cython.double = self.total_s / self.total_w
        variance: cython.double = max(0.0, self.total_ss / self.total_w - mean * mean)
        confidence: cython.double = log(2.0 * log(n) / self.risk)
        for r in range(self.rows - 1, -1, -1):
            for i in range(r * WIDTH, r * WIDTH + cython.cast(cython.int, self.counts[r])):
                w += self.w[i]
                w2 += self.w2[i]
                s += self.s[i]
                seen += 1
                if w2 >= self.total_w2 or w >= self.total_w:
                    break
                n_old = w / w2 * w
                n_new = (self.total_w - w) / (self.total_w2 - w2) * (self.total_w - w)
                if n_old < LEAST_N or n_new < LEAST_N:
                    continue
                old = s / w
                new = min(1.0, max(0.0, (self.total_s - s) / (self.total_w - w)))
                inverse = 1.0 / n_old + 1.0 / n_new
                excess = fabs(old - new) - sqrt(2.0 * inverse * variance * confidence)
                excess -= 2.0 / 3.0 * inverse * confidence
                if excess > clearest:
                    clearest, found = excess, seen
                    if first:
                        self.before, self.after = old, new
        return found

    @cython.cfunc
    @cython.exceptval(check=False)
    def mean(self) -> cython.double:
        """The mean over the window; 0 while it is empty."""
        return min(1.0, self.total_s / self.total_w) if self.total_w > 0.0 else 0.0

    def get(self) -> float:
        """Return the mean over the window; 0 while it is empty."""
        return self.mean()

    @property
    def drift_detected(self) -> bool:
        """Whether the last update cut the window."""
        return bool(self.moved)

    @property
    def means(self) -> tuple[float, float]:
        """The means before and after the last cut; 0 and 0 before the first."""
        return self.before, self.after

    @property
    def width(self) -> float:
        """The effective number of updates in the window: (sum of weights)² / sum of squares."""
        return self.total_w / self.total_w2 * self.total_w if self.total_w2 > 0.0 else 0.0

    # Plain numbers and bytes, so that the compiled and the interpreted twin can load the same state.
    def __getstate__(self) -> dict[str, Any]:
        used = [
            i
            for r in range(self.rows)
            for i in range(r * WIDTH, r * WIDTH + cython.cast(cython.int, self.counts[r]))
        ]
        return {
            "delta": self.risk,
            "clock": int(self.every),
            "tick": int(self.tick),
            "counts": bytes(array("q", [self.counts[r] for r in range(self.rows)])),
            "w": bytes(array("d", [self.w[i] for i in used])),
            "w2": bytes(array("d", [self.w2[i] for i in used])),
            "s": bytes(array("d", [self.s[i] for i in used])),
            "ss": bytes(array("d", [self.ss[i] for i in used])),
            "totals": bytes(array("d", [self.total_w, self.total_w2, self.total_s, self.total_ss])),
            "moved": bool(self.moved),
            "before": self.before,
            "after": self.after,
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(
            state, "delta", "clock", "tick", "counts", "w", "w2", "s", "ss", "totals", "moved", "before", "after"
        )  # fmt: skip
        delta, clock = number(saved, "delta", limits.SMALLEST, 1.0), whole(saved, "clock", 1, LARGEST_CLOCK)
        tick = whole(saved, "tick", 0, clock - 1)
        counts = wholes(saved, "counts", None, 0, MOST)
        if not 0 < len(counts) <= ROWS or (len(counts) > 1 and counts[len(counts) - 1] == 0):
            raise refused("counts", f"the number of buckets of 1 to {ROWS} rows, the last one not empty")
        n = sum(counts)
        w, w2 = numbers(saved, "w", n, LEAST_WEIGHT), numbers(saved, "w2", n, limits.SMALLEST)
        s, ss = numbers(saved, "s", n, 0.0), numbers(saved, "ss", n, 0.0)
        above = 1.0 + ROUNDING
        if not all(ss[i] <= s[i] * above and s[i] <= w[i] * above for i in range(n)):
            raise refused("s", "sums of values in [0, 1], at most the weight of each bucket")
        if not all(w2[i] <= w[i] * w[i] * above for i in range(n)) or not all(one <= 1e40 for one in w):
            raise refused("w", "weights of buckets, with squares that fit")
        totals = numbers(saved, "totals", 4, 0.0)
        for total, parts in zip(totals, (w, w2, s, ss), strict=True):
            if not isclose(total, fsum(parts), rel_tol=ROUNDING):
                raise refused("totals", "the sums of all buckets")
        moved = switch(saved, "moved")
        before, after = number(saved, "before", 0.0, 1.0), number(saved, "after", 0.0, 1.0)
        # All of it was checked: nothing is refused from here on.
        self._begin(delta, clock)
        self.rows, self.tick, self.moved = len(counts), tick, moved
        self.before, self.after = before, after
        i: cython.int = 0
        for r in range(len(counts)):
            self.counts[r] = counts[r]
            for k in range(r * WIDTH, r * WIDTH + counts[r]):
                self.w[k], self.w2[k], self.s[k], self.ss[k] = w[i], w2[i], s[i], ss[i]
                i += 1
        self.total_w, self.total_w2, self.total_s, self.total_ss = totals
