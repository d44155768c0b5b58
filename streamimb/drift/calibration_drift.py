"""Whether the served probabilities have become too high or too low."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from streamimb._kernels.metric_sums import RatioSums
from streamimb._kernels.ratio_watch import RatioWatch
from streamimb._kernels.saved import alike, entries, whole
from streamimb._kernels.saved import number as saved_number
from streamimb.drift.detector import Detector
from streamimb.drift.raised import Raised
from streamimb.parameters import checked_half_life, number
from streamimb.protocols import Reading
from streamimb.stats.poisson_interval import observed_interval

LOOK_AT = {
    "scores too high": "Fewer events are True than the scores say: look at missing or late labels, then recalibrate.",
    "scores too low": "More events are True than the scores say: look at new kinds of True events, then recalibrate.",
}
CLOCK = 64  # events between two tests, as in the kernel


class CalibrationDrift(RatioWatch, Detector):  # type: ignore[misc]  # River's update takes x alone
    r"""Tests whether predicted over observed, $\sum p / \sum y$, is off 1.

    The sums are decayed once per True label, so that they cover about the same number of True events however rare the
    class is. The observed number counts as Poisson of the effective size $(\sum wy)^2 / V$, where V is the larger of
    $\sum w^2 y$ and what is to be expected of it, $\sum w^2 p$ in proportion: of a few heavy weights hardly any may
    have been seen on True events. Its interval has ends at z standard deviations: an interval of 95 % would miss 1 in
    one of twenty independent tests. An alarm starts new sums, so a ratio that stays wrong raises another one.

    **Cost**: .1 µs per event, with a test at every 64th; ten floats.

    Parameters
    ----------
    half_life
        True events after which one counts half; above 0. A ratio that is off by $z \sqrt{\log 2 / h}$ is found, .42 at
        the defaults.
    z
        Standard deviations from 1 to the end of the interval at an alarm; above 0. At 5 there was none in 6 million
        calibrated events with base rates of .1, 1 and 10 %.

    Raises
    ------
    ValueError
        Where a parameter is out of range, y is neither True nor False (or 1 or 0), p is not in [0, 1], or a weight is
        negative or not finite.

    Examples
    --------
    >>> import random
    >>> from streamimb import drift
    >>> rng, detector = random.Random(1), drift.CalibrationDrift()
    >>> for i in range(40_000):
    ...     p = rng.betavariate(1, 99)
    ...     detector.update(rng.random() < (p if i < 20_000 else 3 * p), p)
    ...     if detector.drift_detected:
    ...         print(i, detector.alarm.name)
    ...         break
    22783 scores too low

    References
    ----------
    Breslow, Day (1987), Statistical Methods in Cancer Research II, IARC, p. 69: the interval.
    """

    watches = "labelled scores"
    kind = "calibration_drift"
    look_at = LOOK_AT

    def __init__(self, half_life: float = 100, z: float = 5.0) -> None:
        self.half_life = checked_half_life(half_life)
        self.z = number("z", z, lambda given: 0.0 < given <= 100.0, "a number in (0, 100], such as 5")
        self._begin_sums(RatioSums(self.half_life, True), CLOCK)
        self._alarms = Raised(LOOK_AT)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"half_life": 30, "z": 4.0}

    def _forget_alarms(self) -> None:
        self._alarms.clear()

    def _test(self) -> None:
        _, low, high = self.interval
        if low > 1.0 or high < 1.0:
            name = "scores too high" if low > 1.0 else "scores too low"
            n, _, y, _, p = self._sums_now().sums()
            self._alarms.add(name, predicted=p, observed=y, low=low, high=min(high, 1e308), events=n)
            self._begin_sums(RatioSums(self.half_life, True), CLOCK)
            self.drift_detected = True

    @property
    def interval(self) -> tuple[float, float, float]:
        """Predicted over observed and the ends of its interval; nan before the first event, inf where no True came."""
        n, n2, y, y2, p = self._sums_now().sums()
        if n <= 0.0:
            return math.nan, math.nan, math.nan
        if p > 0.0:
            unit = self._expected_squares() / p  # the weight of an effective event
            n2, y2 = max(n2, n * unit), max(y2, y * unit)
        least, most = observed_interval(n, n2, y, y2, z=self.z)
        return (
            p / y if y > 0.0 else math.inf,
            p / most if most > 0.0 else math.inf,
            p / least if least > 0.0 else math.inf,
        )

    def _found(self) -> list[tuple[str, tuple[Any, ...], dict[str, float]]]:
        return self._alarms.now

    def _raised(self) -> Mapping[str, int]:
        return self._alarms.n

    def readings(self) -> Iterator[Reading]:
        """Return the alarms by name, and the ratio with its interval."""
        yield from super().readings()
        ends = dict(zip(("value", "low", "high"), self.interval, strict=True))
        help = f"Predicted over observed since the last alarm, with its interval of {self.z:g} standard deviations."
        yield Reading("calibration_drift_ratio", help, ends, labels=("bound",))

    def __getstate__(self) -> dict[str, Any]:
        return {
            "half_life": self.half_life,
            "z": self.z,
            "_sums": self._sums_now().__getstate__(),
            "_left": self._events_left(),
            "_spread": self._expected_squares(),
            "_alarms": self._alarms.state(),
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "half_life", "z", "_sums", "_left", "_spread", "_alarms")
        fresh = CalibrationDrift(saved["half_life"], saved["z"])
        sums = fresh._sums_now()
        alike(saved["_sums"], sums.__getstate__(), "fade", "per_positive")
        sums.__setstate__(saved["_sums"])
        left = whole(saved, "_left", 1, CLOCK)
        spread = saved_number(saved, "_spread", 0.0, 1.000001 * sums.sums()[1])
        alarms = Raised.resumed(LOOK_AT, saved["_alarms"])
        self._begin_sums(sums, left, spread)
        self.drift_detected = bool(alarms.now)
        vars(self).update(half_life=fresh.half_life, z=fresh.z, _alarms=alarms)
