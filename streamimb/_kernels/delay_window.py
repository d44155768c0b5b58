# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""An adaptive window on the logarithms of delays."""

from __future__ import annotations

import cython

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import log2

    from streamimb._kernels.adaptive_window import AdaptiveWindow
else:
    from cython.cimports.libc.math import log2
    from cython.cimports.streamimb._kernels.adaptive_window import AdaptiveWindow

DOUBLINGS = cython.declare(cython.double, 32.0)  # 2^32 s are 136 years
LARGEST = cython.declare(cython.double, 1e300)
HALF = "a DelayWindow is one half of a LabelDelayDrift"


@cython.cclass
class DelayWindow:
    """A subclass has `_judge()`, which is called when the window was cut, and `_forget_alarms()`."""

    window: AdaptiveWindow
    drift_detected = cython.declare(cython.bint, visibility="public")

    def __cinit__(self) -> None:
        self.window = AdaptiveWindow()

    def _begin_window(self, window: AdaptiveWindow) -> None:
        """Go on with this window."""
        self.window, self.drift_detected = window, False

    def _window_now(self) -> AdaptiveWindow:
        return self.window

    def update(self, x: cython.double) -> None:
        """Take the delay of a label in seconds; raises ValueError where it is negative or not finite."""
        if not 0.0 <= x <= LARGEST:
            raise ValueError(
                "x: expected the seconds from an event to its label, a finite number of at least 0"
            )
        if self.drift_detected:
            self.drift_detected = False
            self._forget_alarms()
        if self.window.add(min(1.0, log2(1.0 + x) / DOUBLINGS), 1.0):
            self._judge()

    def _judge(self) -> None:
        """Name the cut of the window; a subclass implements it."""
        raise NotImplementedError(HALF)

    def _forget_alarms(self) -> None:
        """Forget the alarms of the update before; a subclass implements it."""
        raise NotImplementedError(HALF)
