# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Sums of predicted and observed, decayed once per True label, that are tested at every 64th event."""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels.event_label import checked_label

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.event_weight import checked_weight
    from streamimb._kernels.metric_sums import RatioSums
else:
    from cython.cimports.streamimb._kernels.event_weight import checked_weight
    from cython.cimports.streamimb._kernels.metric_sums import RatioSums

CLOCK = cython.declare(cython.int, 64)  # events between two tests
HALF = "a RatioWatch is one half of a CalibrationDrift"


@cython.cclass
class RatioWatch:
    """A subclass has `_test()`, which is called at every 64th event, and `_forget_alarms()`."""

    of_now: RatioSums
    left: cython.int
    spread: (
        cython.double
    )  # sum of w^2 p, decayed as the squares of the sums are: the variance of those observed
    drift_detected = cython.declare(cython.bint, visibility="public")

    def __cinit__(self) -> None:
        self.of_now, self.left = RatioSums(100.0, True), CLOCK

    def _begin_sums(self, sums: RatioSums, left: cython.int, spread: cython.double = 0.0) -> None:
        """Go on with these sums, and so many events before the next test; the caller has validated them."""
        self.of_now, self.left, self.spread, self.drift_detected = sums, left, spread, False

    def _sums_now(self) -> RatioSums:
        return self.of_now

    def _expected_squares(self) -> float:
        return float(self.spread)

    def _events_left(self) -> int:
        return int(self.left)

    def update(self, y: Any, p: cython.double, w: cython.double = 1.0) -> None:
        """Take a label, the score that was served, and a weight; raises ValueError where one is out of range."""
        positive: cython.bint = y is True
        if not positive and y is not False:
            positive = checked_label(y)
        if not 0.0 <= p <= 1.0:
            raise ValueError("p: expected P(True), a number in [0, 1]")
        w = checked_weight(w)
        if w == 0.0:
            return
        if self.drift_detected:
            self.drift_detected = False
            self._forget_alarms()
        self.of_now._take(positive, p, w)
        if positive:
            self.spread *= self.of_now.fade * self.of_now.fade
        self.spread += w * w * p
        self.left -= 1
        if self.left <= 0:
            self.left = CLOCK
            self._test()

    def _test(self) -> None:
        """Compare predicted and observed; a subclass implements it."""
        raise NotImplementedError(HALF)

    def _forget_alarms(self) -> None:
        """Forget the alarms of the update before; a subclass implements it."""
        raise NotImplementedError(HALF)
