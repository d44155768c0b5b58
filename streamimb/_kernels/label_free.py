# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
# cython: auto_pickle=False
"""The class prior by maximum likelihood on a window of calibrated scores."""

from __future__ import annotations

import cython

from streamimb._kernels import limits

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.event_weight import checked_weight
else:
    from cython.cimports.streamimb._kernels.event_weight import checked_weight

NEAREST = cython.declare(cython.double, limits.NEAREST)
LEAST_INFORMATION = cython.declare(cython.double, 1e-3)  # of a score
MOST_INFORMATION = cython.declare(cython.double, 1e18)
MOST_SHIFT = cython.declare(cython.double, 10.0)  # of the odds, from those of the reference


@cython.cclass
class LabelFree:
    """The estimate, the prior at which scores are calibrated, and the mean information of a score."""

    size: cython.double  # scores that the estimate remembers
    reference: cython.double
    estimate: cython.double
    n: cython.double
    information: cython.double

    def __cinit__(self) -> None:
        self.size, self.reference, self.estimate, self.n, self.information = 3_000.0, 0.05, 0.05, 0.0, 1.0

    def _begin(
        self,
        size: cython.double,
        reference: cython.double,
        estimate: cython.double,
        n: cython.double,
        information: cython.double,
    ) -> None:
        """Go on from these numbers; the caller has validated them."""
        self.size, self.reference, self.estimate = size, reference, estimate
        self.n, self.information = n, information

    def _numbers(self) -> tuple[float, float, float, float]:
        """The reference, the estimate, the decayed number of scores, and the mean information of one."""
        return float(self.reference), float(self.estimate), float(self.n), float(self.information)

    def _refer_to(self, prior: cython.double) -> None:
        """Set the reference, unchecked; the information of a score in log-odds stays what it was.

        Unscaled, the information at a prior near 0 would stop the estimate for tens of thousands of scores.
        """
        moved: cython.double = self.reference * (1.0 - self.reference) / (prior * (1.0 - prior))
        self.information = min(MOST_INFORMATION, moved * moved * self.information)
        self.reference = prior

    def update(self, p: cython.double, w: cython.double = 1.0) -> None:
        """Take a calibrated score of weight w; raises ValueError where either is out of range."""
        if not 0.0 <= p <= 1.0:
            raise ValueError("p: expected P(True), a number in [0, 1]")
        w = checked_weight(w)
        if w > 0.0:
            self._take(min(1.0 - NEAREST, max(NEAREST, p)), w)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _take(self, p: cython.double, w: cython.double) -> cython.void:
        m: cython.double = self.reference
        estimate: cython.double = self.estimate
        likelihood: cython.double = p / (1.0 - p) * (1.0 - m) / m
        slope: cython.double = (likelihood - 1.0) / (1.0 - estimate + estimate * likelihood)
        self.n = min(self.size, self.n + w)
        step: cython.double = min(1.0, w * max(1.0 / (self.n + 100.0), 1.0 / self.size))
        self.information += step * (min(MOST_INFORMATION, slope * slope) - self.information)
        moved: cython.double = estimate + step * slope / max(LEAST_INFORMATION, self.information)
        # One score changes the estimate by a factor of 2 at most.
        moved = max(0.5 * estimate, min(2.0 * estimate, 0.5 + 0.5 * estimate, moved))
        self.estimate = self._bounded(moved)

    @cython.cfunc
    @cython.exceptval(check=False)
    def _bounded(self, estimate: cython.double) -> cython.double:
        m: cython.double = self.reference
        odds: cython.double = estimate / (1.0 - estimate) * (1.0 - m) / m
        bounded: cython.double = min(MOST_SHIFT, max(1.0 / MOST_SHIFT, odds)) * m / (1.0 - m)
        return bounded / (1.0 + bounded)

    def get(self) -> float:
        """Return the estimate, within a factor of 10 of the reference's odds."""
        return self._bounded(self.estimate)
