# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The length of an event: how large the gradient of a linear model is at its features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import sqrt

    from streamimb._kernels.feature_reader import Reader
    from streamimb._kernels.linear_work import LinearWork
    from streamimb._kernels.row import Row
    from streamimb._kernels.standardizer import Standardizer
else:
    from cython.cimports.libc.math import sqrt
    from cython.cimports.streamimb._kernels.feature_reader import Reader
    from cython.cimports.streamimb._kernels.linear_work import LinearWork
    from cython.cimports.streamimb._kernels.row import Row
    from cython.cimports.streamimb._kernels.standardizer import Standardizer

from streamimb._kernels.ports import IN_HAND
from streamimb._kernels.saved import Entry, entries


@cython.cclass
class FeatureNorm:
    """sqrt(1 + sum of z^2 + number of strings), z the numbers standardised by moments of its own.

    A value that is missing, or of another kind, adds nothing. Fields: feature_norm.pxd.
    """

    def __cinit__(self) -> None:
        # An object made by `__new__` without `__init__` has parts too.
        self.reader, self.moments = Reader(), Standardizer()
        self.work, self.spare = LinearWork(1, 1), Row()

    def __init__(self) -> None:
        self._assemble(Reader(), Standardizer())

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _assemble(self, reader: Reader, moments: Standardizer) -> cython.int:
        if self.spare is None:
            self.spare = Row()
        elif self.spare.busy:
            raise RuntimeError(IN_HAND.format("a sampler"))
        self.reader, self.moments, self.work = reader, moments, LinearWork(1, 1)
        return 0

    @cython.cfunc
    def _read(self, x: Any) -> Row:
        """A row for the event, which has to be released."""
        if type(x) is not dict and not isinstance(x, Mapping):
            raise TypeError(f"x is {type(x).__name__}: criterion='L' reads features, give a dict of them")
        row: Row = (
            Row() if self.spare.busy else self.spare
        )  # busy: a method of a foreign value called the sampler
        row.begin(x)
        return row

    @cython.cfunc
    @cython.exceptval(check=False)
    def _of(self, row: Row) -> cython.double:
        j: cython.Py_ssize_t
        total: cython.double = 1.0
        if self.work.capacity < row.capacity:
            self.work.fit(row.capacity)
        if self.moments.capacity < self.reader.capacity:
            self.moments.fit(self.reader.capacity)
        self.moments.standardise(row, self.work)
        for j in range(row.n):
            total += self.work.zs[j] * self.work.zs[j]
        return sqrt(total + row.n_texts)

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def of(self, x: Any) -> cython.double:
        """The length of an event; changes nothing."""
        row: Row = self._read(x)
        try:
            self.reader.read(row, x)
            length: cython.double = self._of(row)
        finally:
            row.done()
        return length

    @cython.cfunc
    @cython.exceptval(-1.0, check=True)
    def learn(self, x: Any) -> cython.double:
        """The length of an event at the moments before it, which then learn it."""
        row: Row = self._read(x)
        try:
            self.reader.read(row, x)
            length: cython.double = self._of(row)
            if row.strange:
                self.reader.register(row)
                self._of(row)
            self.moments.observe(row, self.work)
        finally:
            row.done()
        return length

    def __getstate__(self) -> dict[str, Any]:
        n: cython.Py_ssize_t = self.reader.presence.numbers
        if self.moments.capacity < self.reader.capacity:
            self.moments.fit(self.reader.capacity)
        return {"reader": self.reader.__getstate__(), "moments": self.moments.state(n)}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "reader", "moments")
        reader: Reader = Reader()
        moments: Standardizer = Standardizer()
        with Entry("reader"):
            reader.__setstate__(saved["reader"])
        moments.resume(saved["moments"], reader.presence.numbers)
        self._assemble(reader, moments)


if not cython.compiled:  # compiled fields start as None
    FeatureNorm.spare = None
