# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The time on which two thirds of the most recent event times agree.

The engine calls it once per event.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import limits
from streamimb._kernels.saved import entries, number, refused, row, whole

MOST = 1 << 20  # most times stored
FINITE = cython.declare(cython.double, limits.FINITE)  # finite number


@cython.cclass
class EventTimes:
    """The last `size` event times, in order of arrival and in order of time, and the time on which they agree.

    `now` moves forward to x when two thirds of the times kept are x or later, and back to x when two thirds
    are x or earlier. Before the first time it is minus infinity.

    Cost: O(1) per time in order, a pass over at most `size` numbers for others.
    """

    size: cython.Py_ssize_t
    used: cython.Py_ssize_t
    at: cython.Py_ssize_t
    start: cython.Py_ssize_t
    now: cython.double
    ring: cython.double[::1]
    order: cython.double[::1]  # `used` numbers sorted from `start` on; the window moves up with time

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has buffers too.
        self._fill(1, [], float("-inf"))

    def __init__(self, size: int) -> None:
        if not 1 <= size <= MOST:
            raise ValueError(f"size={size!r}: expected 1 to {MOST}")
        self._fill(size, [], float("-inf"))

    @cython.cfunc
    def _fill(self, size: int, times: list[float], now: cython.double) -> None:
        self.size = size
        self.used = len(times)
        self.at = 0
        self.start = 0
        self.now = now
        self.ring = array("d", times + [0.0] * (size - len(times)))
        self.order = array("d", sorted(times) + [0.0] * (8 * size - len(times)))

    def add(self, t: cython.double) -> float:
        """Take one time and return `now`; a time that is not finite changes nothing."""
        if not -FINITE <= t <= FINITE:
            return self.now
        t = t + 0.0  # -0.0 becomes 0.0: equal times then have equal bits in any order
        self._place(t)
        if self.order[self.start + self.used // 3] > self.now:
            self.now = self.order[self.start + self.used // 3]
        elif self.order[self.start + 2 * (self.used - 1) // 3] < self.now:
            self.now = self.order[self.start + 2 * (self.used - 1) // 3]
        return self.now

    @cython.cfunc
    @cython.exceptval(check=False)
    def _place(self, t: cython.double) -> cython.void:
        i: cython.Py_ssize_t
        last: cython.Py_ssize_t
        old: cython.double
        if self.used < self.size:
            i = self.start + self.used
            self.ring[self.used] = t
            self.used += 1
        else:
            old = self.ring[self.at]
            self.ring[self.at] = t
            self.at += 1
            if self.at == self.size:
                self.at = 0
            last = self.start + self.used - 1
            i = self.start
            if self.order[i] == old and self.order[last] <= t:
                self.start += 1
                i = last + 1
                if i == 8 * self.size:
                    for i in range(self.used - 1):
                        self.order[i] = self.order[self.start + i]
                    self.start = 0
                    i = self.used - 1
                self.order[i] = t
                return
            while self.order[i] != old:
                i += 1
            while i < last and self.order[i + 1] < t:
                self.order[i] = self.order[i + 1]
                i += 1
        while i > self.start and self.order[i - 1] > t:
            self.order[i] = self.order[i - 1]
            i -= 1
        self.order[i] = t

    def lead(self) -> float:
        """How far the median of the times kept is ahead of `now`; 0 where it is not, or before any time."""
        middle: cython.Py_ssize_t = self.start + self.used // 2
        if self.used == 0 or self.order[middle] <= self.now:
            return 0.0
        return float(self.order[middle] - self.now)

    def events_until(self, t: cython.double) -> float:
        """The number of times to expect from the newest one kept until t, at their mean rate; 0 where t is before."""
        first: cython.double
        newest: cython.double
        if self.used < 2:
            return 0.0
        first, newest = self.order[self.start], self.order[self.start + self.used - 1]
        if not t > newest > first:
            return 0.0
        return (t - newest) * (self.used - 1) / (newest - first)

    def __getstate__(self) -> dict[str, Any]:
        at: cython.Py_ssize_t = self.at
        times = [float(t) for t in self.ring][: self.used]
        return {"size": int(self.size), "now": float(self.now), "times": times[at:] + times[:at]}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "size", "now", "times")
        size, times = whole(saved, "size", 1, MOST), row(saved, "times")
        if len(times) > size:
            raise refused("times", "at most size entries")
        now = float("-inf")
        if times:
            now = number(saved, "now")
        elif saved["now"] != now:
            raise refused("now", "minus infinity where there are no times")
        self._fill(size, times, now)
