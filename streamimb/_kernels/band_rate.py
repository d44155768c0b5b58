# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Another sampler's rates, at the height of a normal band over the absolute error instead of at the error itself."""

from __future__ import annotations

from typing import Any

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import exp

    from streamimb._kernels.ports import Rates
    from streamimb._kernels.prior_bank import PriorBank
    from streamimb._kernels.row import Row
else:
    from cython.cimports.libc.math import exp
    from cython.cimports.streamimb._kernels.ports import Rates
    from cython.cimports.streamimb._kernels.prior_bank import PriorBank
    from cython.cimports.streamimb._kernels.row import Row

# By name: Cython reads the literal True as index 1, without a bounds check where p is a list.
TRUE: Any = True
NAN = cython.declare(cython.double, float("nan"))


@cython.cclass
class BandRate(Rates):
    """Rates of `scored`, a sampler whose rates grow with the error e = 1 - p_k, at exp(-((e - mu) / sigma)^2 / 2)."""

    scored: Rates
    centre: cython.double
    width: cython.double

    def __cinit__(self) -> None:
        self.scored = Rates()
        self.width = 1.0

    def __init__(self, scored: Rates, centre: float, width: float) -> None:
        self.by_event = self.draws_copies = True
        self.scored = scored
        self.centre, self.width = float(centre), float(width)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _height(self, error: cython.double) -> cython.double:
        """The height of the band, in [0, 1]; NaN, which `scored` refuses, where the error is no probability."""
        if not 0.0 <= error <= 1.000001:
            return NAN
        z: cython.double = (error - self.centre) / self.width
        return exp(-0.5 * z * z)

    @cython.cfunc
    def _heights(self, p: Any) -> dict[Any, float]:
        """Probabilities whose errors are the heights of the band at the errors of p."""
        heights: dict[Any, float] = {}
        height: cython.double
        if len(p) == 2 and False in p and True in p:
            height = self._height(float(p[TRUE]))
            heights[False], heights[True] = 1.0 - height, height
            return heights
        for label in p:
            heights[label] = 1.0 - self._height(1.0 - float(p[label]))
        return heights

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def ask(self, row: Row, prior: PriorBank) -> cython.int:
        p: cython.double = row.p
        own = row.pilot
        try:
            if own is None:
                row.p = self._height(p)
            else:
                row.pilot = self._heights(own)
            self.scored.ask(row, prior)
        finally:
            row.p, row.pilot = p, own
        return 0

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def note(self, row: Row, y: Any, w: cython.double, prior: PriorBank) -> cython.int:
        p: cython.double = row.p
        own = row.pilot
        try:
            if own is None:
                row.p = self._height(p)
            else:
                row.pilot = self._heights(own)
            self.scored.note(row, y, w, prior)
        finally:
            row.p, row.pilot = p, own
        return 0

    def rates_one(self, x: Any, p: Any, prior: Any) -> Any:
        """Return the rate of each class of p."""
        scored: Any = self.scored
        return scored.rates_one(x, self._heights(p), prior)

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: cython.double = 1.0) -> None:
        """Learn from one labelled event, drawn or not, and its rates; w = 0 changes nothing."""
        scored: Any = self.scored
        scored.learn_one(x, y, self._heights(p), rates, prior, w)
