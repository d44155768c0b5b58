# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Three numbers for each category, from the labels that came before: its rate, its recent rate, and how often it came.

A value of a field of strings has a slot, found by its hash: the labels N of its events and their positives S, and both
again with a short memory (n, s). With m the share of positives in the stream, the numbers are

    log((S + 10 m) / (N + 10) / m),  log((s + 3 m) / (n + 3) / m),  log(1 + N)

so that a value without labels has 0, 0, 0. Values whose hashes share a slot share its counts.
"""

from __future__ import annotations

from array import array
from typing import Any

import cython

from streamimb._kernels import limits, tree_work

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import log

    from streamimb._kernels.row import Row
else:
    from cython.cimports.libc.math import log
    from cython.cimports.streamimb._kernels.row import Row

from streamimb._kernels.large_buffer import zeros
from streamimb._kernels.memos import EVENT, refuse_beyond
from streamimb._kernels.saved import entries, number, refused
from streamimb._kernels.string_table import checked_table, fill, sparse

EACH = cython.declare(cython.Py_ssize_t, 4)  # numbers per slot
STATISTICS = cython.declare(cython.Py_ssize_t, tree_work.STRING_COLUMNS)  # numbers per string
LONG = cython.declare(cython.double, 10.0)  # labels at the share m that a value has before its first
SHORT = cython.declare(cython.double, 3.0)  # the same for the short memory
FADE = cython.declare(cython.double, 0.5 ** (1.0 / 20.0))  # of the short memory, per label of the value
BASE_FADE = cython.declare(cython.double, 0.5 ** (1.0 / 50_000.0))  # of m, per label
LARGEST = limits.WEIGHT_CAP * limits.WEIGHT_CAP
LARGEST_STATISTIC = 1_500.0  # a ratio of two doubles has a smaller logarithm


@cython.cclass
class CategoryStatistics:
    """Fields are declared in category_statistics.pxd."""

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has valid buffers too.
        self.table = array("d")

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self.table = zeros("d", 0)
        self.positives, self.labels = 0.5, 10.0

    @cython.cfunc
    @cython.exceptval(check=False)
    def at(self, row: Row, j: cython.Py_ssize_t) -> cython.Py_ssize_t:
        """The position in the table of the j-th string of a row."""
        return cython.cast(cython.Py_ssize_t, row.hashes[j] >> (64 - self.bits)) * EACH

    @cython.cfunc
    @cython.exceptval(check=False)
    def compute(self, row: Row, statistics: cython.double[::1]) -> cython.void:
        """Writes the three numbers of every string of a row, one string after the other."""
        i: cython.Py_ssize_t
        j: cython.Py_ssize_t
        m: cython.double = self.positives / self.labels
        if len(self.table) == 0:
            for j in range(STATISTICS * row.n_texts):
                statistics[j] = 0.0
            return
        for j in range(row.n_texts):
            i = self.at(row, j)
            statistics[STATISTICS * j] = log((self.table[i] + LONG * m) / ((self.table[i + 3] + LONG) * m))
            statistics[STATISTICS * j + 1] = log(
                (self.table[i + 1] + SHORT * m) / ((self.table[i + 2] + SHORT) * m)
            )
            statistics[STATISTICS * j + 2] = log(1.0 + self.table[i + 3])

    @cython.cfunc
    def observe(self, row: Row, y: cython.bint, w: cython.double) -> cython.void:
        """Counts a label of weight w > 0 for every string of the row, and for the share of the stream."""
        i: cython.Py_ssize_t
        j: cython.Py_ssize_t
        if row.n_texts > 0 and len(self.table) == 0:
            self.table = zeros("d", EACH << self.bits)
        for j in range(row.n_texts):
            i = self.at(row, j)
            self.table[i + 1] *= FADE
            self.table[i + 2] = FADE * self.table[i + 2] + w
            self.table[i + 3] += w
            if y:
                self.table[i] += w
                self.table[i + 1] += w
        self.positives = BASE_FADE * self.positives + (w if y else 0.0)
        self.labels = BASE_FADE * self.labels + w

    # ------------------------------------------------------------------ the statistics in a memo

    @cython.cfunc
    def remember(self, row: Row, statistics: cython.double[::1]) -> list[Any]:
        """The statistics of a row for its memo: in the order of the hashes, as equal events may differ in theirs."""
        i: cython.Py_ssize_t
        k: cython.Py_ssize_t
        memo: list[Any] = []
        for i in by_hash(row):
            for k in range(STATISTICS * i, STATISTICS * (i + 1)):
                memo.append(statistics[k])
        return memo

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def recall(self, row: Row, statistics: cython.double[::1], first: cython.Py_ssize_t) -> cython.int:
        """Writes the statistics as they were when the event was served, from its memo, where they start at `first`."""
        i: cython.Py_ssize_t
        k: cython.Py_ssize_t
        n: cython.Py_ssize_t = first
        if row.memo[0] != STATISTICS * row.n_texts:
            raise ValueError(EVENT)
        for i in by_hash(row):
            for k in range(STATISTICS * i, STATISTICS * (i + 1)):
                statistics[k] = row.memo[n]
                n += 1
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def length(self, memo: Any, first: cython.Py_ssize_t) -> cython.Py_ssize_t:
        """How many statistics a memo has from `first`; raises ValueError where they cannot be those of an event."""
        n: cython.Py_ssize_t = cython.cast(cython.Py_ssize_t, float(memo[0]))
        refuse_beyond(memo, first, first + n, LARGEST_STATISTIC)
        return n

    def memory_bytes(self) -> int:
        """Bytes of the table."""
        return 8 * len(self.table)

    def __getstate__(self) -> dict[str, Any]:
        return {
            "table": sparse(self.table, EACH, 1),
            "positives": float(self.positives),
            "labels": float(self.labels),
        }

    def resume(self, state: Any) -> None:
        """Take over a saved state of a table of the same bits, after all of it was checked."""
        saved = entries(state, "table", "positives", "labels")
        table = checked_table(saved["table"], self.bits, EACH, 1)
        positives = number(saved, "positives", limits.LEAST_NORMAL, LARGEST)
        labels = number(saved, "labels", positives, LARGEST)
        if table is not None and not all(0.0 <= value <= LARGEST for value in table[1]):
            raise refused("table", "counts of categories, none below 0")
        self.table = zeros("d", 0)
        if table is not None:
            self.table = zeros("d", EACH << self.bits)
            fill(self.table, EACH, table)
        self.positives, self.labels = positives, labels


@cython.cfunc
def by_hash(row: Row) -> list[int]:
    """The strings of a row by their hashes; strings of one hash have the same statistics."""
    j: cython.Py_ssize_t
    hashes = [row.hashes[j] for j in range(row.n_texts)]
    return sorted(range(len(hashes)), key=hashes.__getitem__)
