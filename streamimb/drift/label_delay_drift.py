"""Whether labels come later or sooner than at the same hours of the days before."""

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


class LabelDelayDrift(DelayWindow, Detector):  # type: ignore[misc]  # update: River's takes x alone
    r"""An adaptive window on the logarithm of the delay from an event to its label, and the same hours of days before.

    `update(x, t)` takes the delay x of each label in seconds when it comes, and the time t of its event.
    $\log_2(1 + x) / 32$ goes to a `stats.ADWIN`. Labels that came by now are short ones, the more so the younger their
    events are: shortly after a start only short delays can have ended, and after the last event only long ones are
    left. So labels are judged when their event is as old as a horizon, which covers three labels of four or more: then
    all labels of that age are in that take no longer, and their delays have one distribution as long as delays do not
    change. The price is that a change is found a horizon later. Time is that of the latest event with a label.

    Delays often depend on the hour: labels come in a nightly batch, or in office hours. So a cut of the window is an
    alarm only if the newest labels, of 20 minutes to a day, differ from those of the same hours on each of the seven
    days before: by a factor of 1.5, by more than these days differ among themselves, and by five standard errors. One
    day before is enough, but not where the window is cut at all hours: there a whole day is compared with seven whole
    days, and a factor of 1.2 is enough. So there is no alarm on the first day, nor in the first week where delays
    depend on the hour; and none of a part of less than 20 labels, or for two days after an alarm. Where labels take
    longer at weekends, the first two weeks may raise alarms, and later only what is later still is found. Where the
    horizon is longer than 6 days, 2, 4, 8 ... days stand for one.

    A horizon that covers less is replaced by a longer one, from which on the window begins anew. If the labels within
    the new one take longer than labels beyond the old one explain, that is an alarm too. A horizon does not shrink.

    Labels that do not come at all have no delay: the engine reports these as `labels_overdue`.

    **Cost**: .1 µs per label; 32 kB, the sums over 1,024 slots of 20 minutes.

    Parameters
    ----------
    delta
        Bound on the probability of a false cut at each test, in (0, 1).

    Raises
    ------
    ValueError
        Where `delta` is out of range, a delay is negative or not finite, or a time is not finite.

    Examples
    --------
    >>> import random
    >>> from streamimb import drift
    >>> rng, detector = random.Random(1), drift.LabelDelayDrift()
    >>> for i in range(4_000):
    ...     detector.update(rng.expovariate(1 / 3600) * (1 if i < 2_000 else 3), t=60.0 * i)
    ...     if detector.drift_detected:
    ...         print(i, detector.alarm.name, round(detector.alarm.evidence["after_s"]))
    2911 labels later 3787

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

    def _judge(self, before: float, after: float) -> None:
        name = "labels later" if after > before else "labels sooner"
        self._alarms.add(
            name,
            before_s=_seconds(before),
            after_s=_seconds(after),
            labels=self._window_now().width,
            within_s=self.horizon_s,
        )
        self.drift_detected = True

    def _found(self) -> list[tuple[str, tuple[Any, ...], dict[str, float]]]:
        return self._alarms.now

    def _raised(self) -> Mapping[str, int]:
        return self._alarms.n

    def readings(self) -> Iterator[Reading]:
        """Return the alarms by name, and the typical delay."""
        yield from super().readings()
        typical = _seconds(DOUBLINGS * self._window_now().get())
        yield Reading(
            "label_delay_typical_s",
            "Geometric mean of the delay of labels within the horizon.",
            typical,
            unit="s",
        )
        yield Reading(
            "label_delay_horizon_s",
            "Age of an event at which its labels are judged.",
            self.horizon_s,
            unit="s",
        )

    def __getstate__(self) -> dict[str, Any]:
        return {
            "delta": self.delta,
            "_window": self._window_now().__getstate__(),
            "_slots": self._slots_now(),
            "_alarms": self._alarms.state(),
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "delta", "_window", "_slots", "_alarms")
        fresh = LabelDelayDrift(saved["delta"])
        window = fresh._window_now()
        alike(saved["_window"], window.__getstate__(), "delta", "clock")
        window.__setstate__(saved["_window"])
        alarms = Raised.resumed(LOOK_AT, saved["_alarms"])
        fresh._resume_slots(saved["_slots"])
        self._begin_window(window)
        self._resume_slots(saved["_slots"])
        self.drift_detected = bool(alarms.now)
        vars(self).update(delta=fresh.delta, _alarms=alarms)


def _seconds(doublings: float) -> float:
    return math.exp2(doublings) - 1.0
