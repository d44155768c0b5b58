# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Decayed sums over served probabilities and their labels, a ring of the last ones; a decayed log histogram.

One call per measured event. Knows no metric by name (that is `metrics`), no engine, no clock.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels.saved import entries, flags, number, numbers, refused, row, whole

if cython.compiled:
    from cython.cimports.libc.math import exp, log, pow
else:
    from math import exp, log, pow

LN2: cython.double = 0.6931471805599453
TINY: cython.double = 1e-15
DUST: cython.double = 1e-200  # below it a sum counts as 0: denormal numbers are slow
SAVED = ("half_life", "window_n", "seen", "sums", "lost", "orphaned", "positives", "recent", "ps", "ys")
TINIEST = 5e-324  # least number above 0
MOST = (1 << 63) - 1  # count
RECENT: cython.double = 50.0  # positives


@cython.cclass
class ServedSums:
    """Decayed sums of weight, positives, predictions and losses; each measured event decays them once.

    The *recent* sums of the calibrated probability decay once per positive instead, with a half-life of
    `RECENT` positives: they hold about as many positives however rare the class is.
    """

    half_life: cython.double
    window_n: cython.Py_ssize_t
    decay: cython.double
    seen: cython.longlong
    n: cython.double
    n2: cython.double
    y: cython.double
    y2: cython.double
    raw: cython.double
    corrected: cython.double
    calibrated: cython.double
    loss: cython.double
    lost: cython.double
    orphans: cython.double
    orphans2: cython.double
    recent_decay: cython.double
    positives: cython.longlong
    recent_n: cython.double
    recent_n2: cython.double
    recent_y: cython.double
    recent_y2: cython.double
    recent_p: cython.double
    recent_orphans: cython.double
    recent_orphans2: cython.double
    capacity: cython.Py_ssize_t
    used: cython.Py_ssize_t
    at: cython.Py_ssize_t
    ps: cython.double[::1]
    ys: cython.uchar[::1]

    def __cinit__(self) -> None:
        self.half_life, self.window_n, self.decay, self.recent_decay = 1.0, 1, 0.5, 0.5
        self._room(1)

    def __init__(self, half_life: float, window_n: int) -> None:
        self.half_life, self.window_n = half_life, window_n
        self.decay = exp(-LN2 / self.half_life)
        self.recent_decay = exp(-LN2 / RECENT)
        self.seen = self.positives = self.used = self.at = 0
        self.n = self.n2 = self.y = self.y2 = 0.0
        self.raw = self.corrected = self.calibrated = self.loss = self.lost = 0.0
        self.orphans = self.orphans2 = self.recent_orphans = self.recent_orphans2 = 0.0
        self.recent_n = self.recent_n2 = self.recent_y = self.recent_y2 = self.recent_p = 0.0
        self._room(min(window_n, 256))

    @cython.cfunc
    def _room(self, capacity: cython.Py_ssize_t) -> None:
        n: cython.Py_ssize_t = self.used
        self.ps = array("d", (bytes(self.ps)[: 8 * n] if n else b"") + bytes(8 * (capacity - n)))
        self.ys = array("B", (bytes(self.ys)[:n] if n else b"") + bytes(capacity - n))
        self.capacity = capacity

    def add(
        self,
        raw: cython.double,
        corrected: cython.double,
        calibrated: cython.double,
        y: cython.bint,
        w: cython.double = 1.0,
    ) -> None:
        """One event of weight w: its three probabilities as served, and its class."""
        d: cython.double = self.decay
        hit: cython.double = 1.0 if y else 0.0
        p: cython.double = calibrated if y else 1.0 - calibrated
        if p < TINY:
            p = TINY
        self.seen += 1
        self.n = d * self.n + w
        self.n2 = d * d * self.n2 + w * w
        self.y = d * self.y + w * hit
        self.y2 = d * d * self.y2 + w * w * hit
        if self.y2 < DUST:
            self.y2 = 0.0
            if self.y < DUST:
                self.y = 0.0
        self.raw = d * self.raw + w * raw
        self.corrected = d * self.corrected + w * corrected
        self.calibrated = d * self.calibrated + w * calibrated
        self.loss = d * self.loss - w * log(p)
        if self.lost > 0.0:
            self.lost = d * self.lost
            if self.lost < DUST:
                self.lost = 0.0
            self.orphans = d * self.orphans
            self.orphans2 = d * d * self.orphans2
            if self.orphans2 < DUST:
                self.orphans = self.orphans2 = 0.0
        if y:
            self._fade_recent(self.recent_decay)
            self.positives += 1
            self.recent_y += w
            self.recent_y2 += w * w
        self.recent_n += w
        self.recent_n2 += w * w
        self.recent_p += w * calibrated
        if self.used == self.capacity and self.capacity < self.window_n:
            self._room(min(2 * self.capacity, self.window_n))
        self._put(calibrated, 1 if y else 0)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _fade_recent(self, d: cython.double) -> cython.void:
        self.recent_n = d * self.recent_n
        self.recent_n2 = d * d * self.recent_n2
        self.recent_y = d * self.recent_y
        self.recent_y2 = d * d * self.recent_y2
        self.recent_p = d * self.recent_p
        self.recent_orphans = d * self.recent_orphans
        self.recent_orphans2 = d * d * self.recent_orphans2
        if self.recent_p < DUST:
            self.recent_p = 0.0
        if self.recent_orphans2 < DUST:
            self.recent_orphans = self.recent_orphans2 = 0.0

    def lose(self) -> None:
        """One event that was served and will not be measured."""
        self.lost += 1.0

    def orphan(self, y: cython.bint) -> None:
        """One label whose event was not found: the event was never measured, or was measured as a negative."""
        self.lost += 1.0
        if y:
            self.orphans += 1.0
            self.orphans2 += 1.0
            self.recent_orphans += 1.0
            self.recent_orphans2 += 1.0

    def measured_share(self) -> float:
        """Decayed share of events that were measured; 1 where none was lost."""
        return float(self.n / (self.n + self.lost)) if self.lost > 0.0 else 1.0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _put(self, p: cython.double, y: cython.uchar) -> cython.void:
        if self.used < self.capacity:
            self.ps[self.used] = p
            self.ys[self.used] = y
            self.used += 1
        else:
            self.ps[self.at] = p
            self.ys[self.at] = y
            self.at += 1
            if self.at == self.capacity:
                self.at = 0

    def window(self) -> tuple[bytes, bytes]:
        """The last probabilities (doubles) and classes (bytes), oldest first."""
        n: cython.Py_ssize_t = self.used
        at: cython.Py_ssize_t = self.at
        ps = bytes(self.ps)[: 8 * n]
        ys = bytes(self.ys)[:n]
        return ps[8 * at :] + ps[: 8 * at], ys[at:] + ys[:at]

    def sums(self) -> tuple[float, ...]:
        """(n, n2, y, y2, raw, corrected, calibrated, loss)."""
        return self.n, self.n2, self.y, self.y2, self.raw, self.corrected, self.calibrated, self.loss

    def orphaned(self) -> tuple[float, float]:
        """Decayed sums of orphaned positives: (weights, squares of weights)."""
        return float(self.orphans), float(self.orphans2)

    def recent_sums(self) -> tuple[float, ...]:
        """(n, n2, y, y2, calibrated, orphans, orphans2), decayed per positive."""
        recent = self.recent_n, self.recent_n2, self.recent_y, self.recent_y2
        return *recent, self.recent_p, self.recent_orphans, self.recent_orphans2

    def absorb(self, other: ServedSums) -> None:
        """As if the events of the other had come after these."""
        d: cython.double = pow(self.decay, float(other.seen))
        ps: cython.double[::1]
        i: cython.Py_ssize_t
        self.seen += other.seen
        self.n = d * self.n + other.n
        self.n2 = d * d * self.n2 + other.n2
        self.y = d * self.y + other.y
        self.y2 = d * d * self.y2 + other.y2
        self.raw = d * self.raw + other.raw
        self.corrected = d * self.corrected + other.corrected
        self.calibrated = d * self.calibrated + other.calibrated
        self.loss = d * self.loss + other.loss
        self.lost = d * self.lost + other.lost
        self.orphans = d * self.orphans + other.orphans
        self.orphans2 = d * d * self.orphans2 + other.orphans2
        self._fade_recent(pow(self.recent_decay, float(other.positives)))
        self.positives += other.positives
        self.recent_n += other.recent_n
        self.recent_n2 += other.recent_n2
        self.recent_y += other.recent_y
        self.recent_y2 += other.recent_y2
        self.recent_p += other.recent_p
        self.recent_orphans += other.recent_orphans
        self.recent_orphans2 += other.recent_orphans2
        raw_ps, raw_ys = other.window()
        if len(raw_ys) == 0:
            return
        ps = array("d", raw_ps)
        for i in range(len(raw_ys)):
            if self.used == self.capacity and self.capacity < self.window_n:
                self._room(min(2 * self.capacity, self.window_n))
            self._put(ps[i], raw_ys[i])

    def __getstate__(self) -> dict[str, Any]:
        ps, ys = self.window()
        return {
            "half_life": float(self.half_life),
            "window_n": int(self.window_n),
            "seen": int(self.seen),
            "sums": self.sums(),
            "lost": float(self.lost),
            "orphaned": self.orphaned(),
            "positives": int(self.positives),
            "recent": self.recent_sums(),
            "ps": ps,
            "ys": ys,
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, *SAVED)
        half_life, window_n = number(saved, "half_life", TINIEST), whole(saved, "window_n", 1, MOST)
        seen, lost = whole(saved, "seen", 0, MOST), number(saved, "lost", 0.0)
        positives = whole(saved, "positives", 0, seen)
        sums, orphaned = row(saved, "sums", 8, 0.0), row(saved, "orphaned", 2, 0.0)
        recent = row(saved, "recent", 7, 0.0)
        if max(sums[2], *sums[4:7]) > 1.000001 * sums[0] or max(recent[2], recent[4]) > 1.000001 * recent[0]:
            raise refused("sums", "positives and probabilities that are at most the events")
        weighed = (
            *sums[:4],
            *orphaned,
            *recent[:4],
            *recent[5:],
        )  # sums of weights and of their squares in turn
        for total, squares in zip(weighed[::2], weighed[1::2], strict=True):
            if squares > 0.0 and not (total > 0.0 and squares / total > 0.0):
                raise refused("sums", "squares of weights only where there are weights")
        ys = flags(saved, "ys")
        ps = numbers(saved, "ps", len(ys), 0.0, 1.0)
        if len(ys) > window_n:
            raise refused("ys", "at most window_n events")
        self.half_life, self.window_n, self.seen, self.positives = half_life, window_n, seen, positives
        self.decay, self.recent_decay, self.lost = exp(-LN2 / half_life), exp(-LN2 / RECENT), lost
        self.n, self.n2, self.y, self.y2 = sums[:4]
        self.raw, self.corrected, self.calibrated, self.loss = sums[4:]
        self.orphans, self.orphans2 = orphaned
        self.recent_n, self.recent_n2, self.recent_y, self.recent_y2 = recent[:4]
        self.recent_p, self.recent_orphans, self.recent_orphans2 = recent[4:]
        self.used, self.at, self.ps, self.ys = len(ys), 0, ps, ys
        self._room(max(len(ys), min(window_n, 256)))


@cython.cclass
class LogHistogram:
    """Decayed counts in buckets of equal ratio between `low` and `low * ratio**buckets`."""

    half_life: cython.double
    low: cython.double
    ratio: cython.double
    buckets: cython.Py_ssize_t
    decay: cython.double
    log_ratio: cython.double
    seen: cython.longlong
    unit: cython.double
    total: cython.double
    counts: cython.double[::1]

    def __cinit__(self) -> None:
        self.half_life, self.low, self.ratio, self.buckets, self.unit = 1.0, 1.0, 2.0, 0, 1.0
        self._derive()
        self.counts = array("d", [0.0, 0.0])

    def __init__(self, half_life: float, low: float, ratio: float, buckets: int) -> None:
        self.half_life = half_life
        self.low = low
        self.ratio = ratio
        self.buckets = buckets
        self._derive()
        self.seen = 0
        self.unit = 1.0
        self.total = 0.0
        self.counts = array("d", bytes(8 * (buckets + 2)))

    @cython.cfunc
    def _derive(self) -> None:
        self.decay = exp(-LN2 / self.half_life)
        self.log_ratio = log(self.ratio)

    def add(self, value: cython.double, w: cython.double = 1.0) -> None:
        """One value >= 0 of weight w; the first bucket is what is below `low`, the last what is beyond."""
        i: cython.Py_ssize_t = 0
        if value >= self.low:
            place: cython.double = log(value / self.low) / self.log_ratio
            i = 1 + int(place) if place < self.buckets else self.buckets + 1
        self.seen += 1
        # New values grow in weight instead of all buckets shrinking.
        self.unit = self.unit / self.decay
        self.counts[i] += self.unit * w
        self.total = self.decay * self.total + w
        if self.unit > 1e100:
            self._settle()

    @cython.cfunc
    def _settle(self) -> None:
        i: cython.Py_ssize_t
        for i in range(self.buckets + 2):
            self.counts[i] = self.counts[i] / self.unit
        self.unit = 1.0

    def quantile(self, q: cython.double) -> float:
        """The value below which a share q of the weight lies, interpolated by ratio; nan when empty."""
        i: cython.Py_ssize_t
        whole: cython.double = 0.0
        for i in range(self.buckets + 2):
            whole += self.counts[i]
        if whole <= 0.0:
            return float("nan")
        left: cython.double = q * whole
        for i in range(self.buckets + 2):
            if self.counts[i] >= left and self.counts[i] > 0.0:
                if i == 0:
                    return float(self.low * left / self.counts[i])
                if i == self.buckets + 1:
                    return float(self.low * exp(self.log_ratio * self.buckets))
                return float(self.low * exp(self.log_ratio * (i - 1 + left / self.counts[i])))
            left -= self.counts[i]
        return float(self.low * exp(self.log_ratio * self.buckets))

    def weight(self) -> float:
        """Decayed weight of the values seen."""
        return float(self.total)

    def absorb(self, other: LogHistogram) -> None:
        """As if the values of the other had come after these."""
        i: cython.Py_ssize_t
        if (self.low, self.ratio, self.buckets) != (other.low, other.ratio, other.buckets):
            raise ValueError("other: its buckets are not these")
        d: cython.double = pow(self.decay, float(other.seen))
        for i in range(self.buckets + 2):
            self.counts[i] = self.counts[i] / self.unit * d + other.counts[i] / other.unit
        self.unit = 1.0
        self.seen += other.seen
        self.total = d * self.total + other.total

    def __getstate__(self) -> dict[str, Any]:
        return {
            "half_life": float(self.half_life),
            "low": float(self.low),
            "ratio": float(self.ratio),
            "buckets": int(self.buckets),
            "seen": int(self.seen),
            "unit": float(self.unit),
            "total": float(self.total),
            "counts": bytes(self.counts),
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "half_life", "low", "ratio", "buckets", "seen", "unit", "total", "counts")
        half_life, low = number(saved, "half_life", TINIEST), number(saved, "low", TINIEST)
        ratio, total = number(saved, "ratio", 1.001), number(saved, "total", 0.0)
        unit, seen = number(saved, "unit", 1.0), whole(saved, "seen", 0, MOST)
        buckets = whole(saved, "buckets", 0, 1 << 16)
        counts = numbers(saved, "counts", buckets + 2, 0.0)
        self.half_life, self.low, self.ratio, self.buckets = half_life, low, ratio, buckets
        self._derive()
        self.seen, self.unit, self.total, self.counts = seen, unit, total, counts
