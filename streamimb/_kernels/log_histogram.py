# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Decayed counts in buckets of equal ratio, and their quantiles."""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import saved

if cython.compiled:
    from cython.cimports.libc.math import exp, log
    from cython.cimports.libc.math import pow as power
else:
    from math import exp, log
    from math import pow as power

TINIEST = cython.declare(cython.double, 2.2250738585072014e-308)  # least number above 0 that is not denormal


@cython.cclass
class LogHistogram:
    """Decayed counts in buckets of equal ratio between `low` and `low * ratio**buckets`."""

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
        self.low, self.ratio, self.decay, self.unit = 1.0, 2.0, 0.5, 1.0
        self.log_ratio = log(self.ratio)
        self.counts = array("d", [0.0, 0.0])  # for an object made by `__new__` without `__init__`

    def __init__(self, half_life: float, low: float, ratio: float, buckets: int) -> None:
        self.low = low
        self.ratio = ratio
        self.buckets = buckets
        self.decay = max(power(0.5, 1.0 / half_life), 1e-100)  # a decay of 0 would divide by zero
        self.log_ratio = log(ratio)
        self.seen = 0
        self.unit = 1.0
        self.total = 0.0
        self.counts = array("d", bytes(8 * (buckets + 2)))

    def add(self, value: cython.double, w: cython.double = 1.0) -> None:
        """Add a value >= 0 of weight w; the first bucket takes values below `low`, the last those above the range."""
        i: cython.Py_ssize_t = 0
        if value >= self.low:
            place: cython.double = log(value / self.low) / self.log_ratio
            i = 1 + int(place) if place < self.buckets else self.buckets + 1
        self.seen += 1
        # Increase the weight of new values instead of decaying all buckets.
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
        """Add the other histogram, as if its values had come after these."""
        i: cython.Py_ssize_t
        d: cython.double = power(self.decay, float(other.seen))
        if (self.low, self.ratio, self.buckets) != (other.low, other.ratio, other.buckets):
            raise ValueError("other: its buckets are not these")
        for i in range(self.buckets + 2):
            self.counts[i] = d * self.counts[i] + self.unit * (other.counts[i] / other.unit)
        self.seen += other.seen
        self.total = d * self.total + other.total

    def __getstate__(self) -> dict[str, Any]:
        return {
            "decay": float(self.decay),
            "low": float(self.low),
            "ratio": float(self.ratio),
            "buckets": int(self.buckets),
            "seen": int(self.seen),
            "unit": float(self.unit),
            "total": float(self.total),
            "counts": bytes(self.counts),
        }

    def __setstate__(self, state: Any) -> None:
        state = saved.entries(state, "decay", "low", "ratio", "buckets", "seen", "unit", "total", "counts")
        decay, seen = saved.number(state, "decay", 1e-100, 1.0), saved.whole(state, "seen")
        low, ratio = saved.number(state, "low", TINIEST), saved.number(state, "ratio", 1.001)
        unit, total = saved.number(state, "unit", 1.0), saved.number(state, "total", 0.0)
        buckets = saved.whole(state, "buckets", 0, 1 << 16)
        counts = saved.numbers(state, "counts", buckets + 2, 0.0)
        self.decay, self.low, self.ratio, self.log_ratio = decay, low, ratio, log(ratio)
        self.seen, self.unit, self.total = seen, unit, total
        self.buckets, self.counts = buckets, counts
