# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""How often each number is present in the learned events, and which numbers an event lacks.

A number is expected while it is present in at least half of the recent events. Only an expected number can be
missing: a name that occurs now and then is absent from most events, and its absence carries no information.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.row import Row
else:
    from cython.cimports.streamimb._kernels.row import Row

from streamimb._kernels.saved import entries, listed, numbers, wholes

GROWTH = cython.declare(cython.double, 1.0006933874625807)  # 2^(1/1000): counts halve every 1,000 events
ROOM = cython.declare(cython.double, 1e100)  # beyond this, all weights are divided by `unit`


@cython.cclass
class Presence:
    """Fields are declared in presence.pxd.

    **Cost**: O(1) for an event with all numbers, else O(numbers in the event + expected numbers); it does not grow
    with the number of slots.
    """

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self.share, self.expected = array("d"), array("q")

    def __init__(self) -> None:
        self.numbers, self.capacity = 0, 8
        self.unit, self.total, self.whole = 1.0, 0.0, 0.0
        self.share = array("d", bytes(64))
        self.expected, self.awaited, self.stamp = (
            array("q", bytes(64)),
            array("q", bytes(64)),
            array("q", bytes(64)),
        )
        self.n_expected = self.searches = 0

    @cython.cfunc
    def add(self) -> cython.Py_ssize_t:
        """Adds the slot of a number that no event had so far; returns it."""
        slot: cython.Py_ssize_t = self.numbers
        if slot == self.capacity:
            more = bytes(8 * self.capacity)
            self.share = array("d", bytes(self.share) + more)
            self.expected = array("q", bytes(self.expected) + more)
            self.awaited = array("q", bytes(self.awaited) + more)
            self.stamp = array("q", bytes(self.stamp) + more)
            self.capacity *= 2
        self.share[slot] = -self.whole  # no event so far had this number, so share + whole is 0
        self.numbers = slot + 1
        return slot

    @cython.cfunc
    @cython.exceptval(check=False)
    def find_gaps(self, row: Row) -> cython.void:
        """Finds the expected numbers that the event lacks, in slot order: absent, None, NaN, or too large."""
        j: cython.Py_ssize_t
        k: cython.Py_ssize_t
        m: cython.Py_ssize_t = 0
        if row.n < self.numbers and self.n_expected > 0:
            self.searches += 1
            for j in range(row.n):
                self.stamp[row.slots[j]] = self.searches
            for j in range(self.n_expected):
                k = self.expected[j]
                if self.stamp[k] != self.searches:
                    row.gaps[m] = k
                    m += 1
        row.n_gaps = m

    @cython.cfunc
    @cython.exceptval(check=False)
    def note(self, row: Row) -> cython.void:
        """Counts which numbers were present in a learned event.

        A number that becomes frequent enough is in the event, and one that becomes too rare is among its gaps, so no
        other numbers need to be checked.
        """
        j: cython.Py_ssize_t
        k: cython.Py_ssize_t
        half: cython.double
        unit: cython.double = self.unit
        self.total += unit
        half = 0.5 * self.total
        if row.n == self.numbers:
            self.whole += unit
            if self.n_expected < self.numbers:
                for k in range(self.numbers):
                    if self.awaited[k] == 0 and self.share[k] + self.whole >= half:
                        self._expect(k)
        else:
            for j in range(row.n):
                k = row.slots[j]
                self.share[k] += unit
                if self.share[k] + self.whole >= half and self.awaited[k] == 0:
                    self._expect(k)
            for j in range(row.n_gaps):
                k = row.gaps[j]
                if self.share[k] + self.whole < half:
                    self._forget(k)
        self.unit = unit * GROWTH
        if self.unit > ROOM:
            for k in range(self.numbers):
                self.share[k] /= self.unit
            self.total /= self.unit
            self.whole /= self.unit
            self.unit = 1.0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _expect(self, slot: cython.Py_ssize_t) -> cython.void:
        j: cython.Py_ssize_t = self.n_expected
        while j > 0 and self.expected[j - 1] > slot:
            self.expected[j] = self.expected[j - 1]
            j -= 1
        self.expected[j] = slot
        self.awaited[slot] = 1
        self.n_expected += 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def _forget(self, slot: cython.Py_ssize_t) -> cython.void:
        j: cython.Py_ssize_t
        m: cython.Py_ssize_t = 0
        for j in range(self.n_expected):
            if self.expected[j] != slot:
                self.expected[m] = self.expected[j]
                m += 1
        self.n_expected = m
        self.awaited[slot] = 0

    def __getstate__(self) -> dict[str, Any]:
        return {
            "share": bytes(self.share)[: 8 * self.numbers],
            "expected": bytes(self.expected)[: 8 * self.n_expected],
            "weights": (float(self.unit), float(self.total), float(self.whole)),
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "share", "expected", "weights")
        share = numbers(saved, "share")
        n: cython.Py_ssize_t = len(share)
        expected = wholes(saved, "expected", None, -1)
        weights = tuple(listed(saved, "weights"))
        if list(expected) != sorted(set(expected)) or not all(0 <= slot < n for slot in expected):
            raise ValueError("state: the expected numbers must be slots of numbers, in increasing order")
        if len(weights) != 3 or not all(type(part) is float and 0.0 <= part <= 1e110 for part in weights):
            raise ValueError("state: the weights of presence must be three numbers in [0, 1e110]")
        if not (weights[0] >= 1.0 and all(-1e110 <= part <= 1e110 for part in share)):
            raise ValueError("state: the presence of a number is out of range")
        Presence.__init__(self)
        for _ in range(n):
            self.add()
        for slot in expected:
            self._expect(slot)
        self.share = array("d", bytes(share) + bytes(8 * (self.capacity - n)))
        self.unit, self.total, self.whole = weights
