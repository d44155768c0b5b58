"""Whether labels come later or sooner than before."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from streamimb._kernels.adaptive_window import AdaptiveWindow
from streamimb._kernels.delay_window import DelayWindow
from streamimb._kernels.saved import alike, entries
from streamimb.drift.detector import Detector
from streamimb.drift.raised import Raised
from streamimb.protocols import Reading
from streamimb.stats.adwin import checked_delta

LOOK_AT = {
    "labels later": "Labels take longer to come: ask their source, and do not count events without a label as False.",
    "labels sooner": "Labels come sooner: a shorter wait may do; check that they are final.",
}
DOUBLINGS = 32.0  # 2**32 s are 136 years; as in the kernel


class LabelDelayDrift(DelayWindow, Detector):
    r"""An adaptive window on the logarithm of the delay from an event to its label.

    `update` takes the delay in seconds of each label when it comes. $\log_2(1 + delay) / 32$ goes to a `stats.ADWIN`;
    a cut of its window is an alarm. Labels that do not come at all have no delay: the engine reports these as "late
    labels" by the time of the events that wait.

    **Cost**: .1 µs per label; 5 kB.

    Parameters
    ----------
    delta
        Bound on the probability of a false cut at each test, in (0, 1).

    Raises
    ------
    ValueError
        Where `delta` is out of range, or a delay is negative or not finite.

    Examples
    --------
    >>> import random
    >>> from streamimb import drift
    >>> rng, detector = random.Random(1), drift.LabelDelayDrift()
    >>> for i in range(4_000):
    ...     detector.update(rng.expovariate(1 / 3600) * (1 if i < 2_000 else 3))
    ...     if detector.drift_detected:
    ...         print(i, detector.alarm.name, round(detector.alarm.evidence["after_s"]))
    2239 labels later 5510

    References
    ----------
    Bifet, A. and Gavaldà, R. (2007). Learning from time-changing data with adaptive windowing. SDM, 443-448.
    """

    watches = "delays"
    kind = "label_delay_drift"
    look_at = LOOK_AT

    def __init__(self, delta: float = 0.002) -> None:
        self.delta = checked_delta(delta)
        self._begin_window(AdaptiveWindow(self.delta))
        self._alarms = Raised(LOOK_AT)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"delta": 0.01}

    def _forget_alarms(self) -> None:
        self._alarms.clear()

    def _judge(self) -> None:
        window = self._window_now()
        before, after = map(_seconds, window.means)
        name = "labels later" if after > before else "labels sooner"
        self._alarms.add(name, before_s=before, after_s=after, labels=window.width)
        self.drift_detected = True

    def _found(self) -> list[tuple[str, tuple[Any, ...], dict[str, float]]]:
        return self._alarms.now

    def _raised(self) -> Mapping[str, int]:
        return self._alarms.n

    def readings(self) -> Iterator[Reading]:
        """Return the alarms by name, and the typical delay."""
        yield from super().readings()
        typical = _seconds(self._window_now().get())
        yield Reading("label_delay_typical_s", "Geometric mean of the delay of labels.", typical, unit="s")

    def __getstate__(self) -> dict[str, Any]:
        return {
            "delta": self.delta,
            "_window": self._window_now().__getstate__(),
            "_alarms": self._alarms.state(),
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "delta", "_window", "_alarms")
        fresh = LabelDelayDrift(saved["delta"])
        window = fresh._window_now()
        alike(saved["_window"], window.__getstate__(), "delta", "clock")
        window.__setstate__(saved["_window"])
        alarms = Raised.resumed(LOOK_AT, saved["_alarms"])
        self._begin_window(window)
        self.drift_detected = bool(alarms.now)
        vars(self).update(delta=fresh.delta, _alarms=alarms)


def _seconds(mean: float) -> float:
    return math.exp2(DOUBLINGS * mean) - 1.0
