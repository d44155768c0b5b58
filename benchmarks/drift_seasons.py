"""False alarms of the drift detectors where nothing changes but the hour: delays of labels, fields, and base rates.

`WORKS` has the rows, as in `benchmarks.drift_figures`, which has them among its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.drift_streams import LABELS, SEASONAL, daily_rate, label_delays, seasonal_fields
from streamimb import drift

Measures = dict[str, float]
Goals = list[tuple[str, str, str, float, float]]
NOT_GATED = (-math.inf, math.inf)


def seasonal_labels(kind: str, seed: int) -> Measures:
    """Alarms of `LabelDelayDrift` where delays depend on the hour, and days to one once an hour of work takes three.

    56 days of 200 and of 1,440 labels a day, 28 of 5,000 and 14 of 20,000: 511,840 labels.
    """
    found = 0.0
    for a_day, days in ((200, 56), (1_440, 56), (5_000, 28), (20_000, 14)):
        detector = drift.LabelDelayDrift()
        for delay, t in label_delays(kind, seed, days, a_day):
            detector.update(delay, t)
            found += len(detector.alarms)
    detector, at, alarm = drift.LabelDelayDrift(), 28.5, math.inf
    for delay, t in label_delays(kind, seed, 56, 1_440, 3.0, at):
        detector.update(delay, t)
        if detector.drift_detected and alarm == math.inf:
            alarm = (t + delay) / 86_400.0 - at
    return {"alarms": found, "found": float(alarm < math.inf), "days": alarm if alarm < math.inf else 28.0}


def seasonal(a_day: int, seed: int) -> Measures:
    """Alarms of `FeatureDrift` in 500,000 events whose fields depend on the hour."""
    detector, units = drift.FeatureDrift(), 0
    by_field: dict[str, int] = {}
    for x in seasonal_fields(seed, 500_000, a_day):
        detector.update(x)
        for alarm in detector.alarms:
            units += alarm.name == "unit"
            for field in alarm.fields:
                by_field[field] = by_field.get(field, 0) + 1
    most = max((by_field.get(field, 0) for field in SEASONAL), default=0)
    return {"most": float(most), "units": float(units), "still": float(by_field.get("still", 0))}


def seasonal_rate(swing: float, a_day: int, seed: int) -> Measures:
    """Alarms in 200,000 labels whose base rate depends on the hour, as the calibrated scores expect."""
    stream = daily_rate(seed, 200_000, a_day, swing)
    watches: dict[str, Any] = {
        "library": drift.ClassConditionalDrift(),
        "service": drift.ClassConditionalDrift(least_ratio=2.0),
        "expected": drift.ClassConditionalDrift(least_ratio=2.0, expected=True),
    }
    found = dict.fromkeys(
        [f"{name} {what}" for name in watches for what in ("prior", "common concept", "rare concept")]
        + ["scores", "scores of a day", "calibration"],
        0.0,
    )
    scores = {
        "scores": drift.ScoreDrift(least_ratio=1.5, psi=0.5),
        "scores of a day": drift.ScoreDrift(half_life=a_day, least_ratio=1.5, psi=0.5),
    }
    calibration = drift.CalibrationDrift()
    for y, p in zip(stream.y.tolist(), stream.p.tolist(), strict=True):
        for name, detector in watches.items():
            detector.update(y, p)
            for alarm in detector.alarms:
                found[f"{name} {alarm.name}"] += 1.0
        calibration.update(y, p)
        found["calibration"] += calibration.drift_detected
        for name, watch in scores.items():
            watch.update(p)
            found[name] += watch.drift_detected
    return found


WORKS: list[tuple[str, Callable[[int], Measures], Goals, float, int]] = [
    *(
        (
            f"drift, delays that depend on the hour, {kind}",
            partial(seasonal_labels, kind),
            [
                (
                    "alarms in 511,840 quiet labels",
                    "alarms",
                    "0",
                    -math.inf,
                    1.0 if kind == "weekdays" else 0.0,
                ),
                ("three times as late: found", "found", "", *NOT_GATED),
                ("three times as late: days to the alarm, 28: none", "days", "", *NOT_GATED),
            ],
            4.0,
            3,
        )
        for kind in LABELS
    ),
    *(
        (
            f"drift, fields that depend on the hour, {a_day:,} events a day",
            partial(seasonal, a_day),
            [
                ("alarms of the field with most", "most", "<= 3", -math.inf, 3.0),
                ("alarms of a unit", "units", "0", -math.inf, 0.0),
                ("alarms of a field that is still", "still", "0", -math.inf, 0.0),
            ],
            4.0,
            2,
        )
        for a_day in (5_000, 40_000, 200_000)
    ),
    *(
        (
            f"drift, base rate that depends on the hour, +-{swing:g} log-odds, {a_day:,} a day",
            partial(seasonal_rate, swing, a_day),
            [
                ("prior, least_ratio=2", "service prior", "", *NOT_GATED),
                ("the same, expected", "expected prior", "0", -math.inf, 0.0),
                ("common concept", "library common concept", "", *NOT_GATED),
                ("common concept, least_ratio=2", "service common concept", "", *NOT_GATED),
                ("ScoreDrift", "scores", "", *NOT_GATED),
                ("ScoreDrift, half-life of a day", "scores of a day", "0", -math.inf, 0.0),
                ("CalibrationDrift", "calibration", "0", -math.inf, 0.0),
            ],
            2.0,
            4,
        )
        for swing, a_day in ((0.5, 5_000), (0.7, 40_000), (1.0, 20_000))
    ),
]
