"""Metrics that measured something, and for each entry of their states what it cannot be."""

from __future__ import annotations

import math
from typing import Any

from streamimb import metrics
from tests.parameters.class_cases import HALF_LIFE

NAN = math.nan


def measured(made: Any, *value: Any) -> Any:
    """A metric that was given events, or these arguments, 30 times."""
    for i in range(30):
        made.update(*(value or (i % 4 == 0, 0.25)))
    return made


CASES: dict[str, tuple[Any, dict[str, list[Any]]]] = {
    "LogLoss": (
        lambda: measured(metrics.LogLoss(50)),
        {
            "half_life": HALF_LIFE,
            "_sums": [
                None,
                {},
                0.5,
                metrics.LogLoss(60).__getstate__()["_sums"],
                {**measured(metrics.LogLoss(50)).__getstate__()["_sums"], "loss": 1e4},
            ],
        },
    ),
    "NormalizedEntropy": (
        lambda: measured(metrics.NormalizedEntropy(50)),
        {"half_life": HALF_LIFE, "_loss": [None, 0.5, metrics.LogLoss(60), metrics.BaseRate(50)]},
    ),
    "BaseRate": (
        lambda: measured(metrics.BaseRate(50)),
        {"half_life": HALF_LIFE, "_sums": [None, {}, metrics.BaseRate(60).__getstate__()["_sums"]]},
    ),
    "CalibrationRatio": (
        lambda: measured(metrics.CalibrationRatio(50)),
        {
            "half_life": HALF_LIFE,
            "per": ["positive", None, 1],
            "_sums": [
                None,
                metrics.CalibrationRatio(60).__getstate__()["_sums"],
                metrics.CalibrationRatio(50, "positive").__getstate__()["_sums"],
                {**measured(metrics.CalibrationRatio(50)).__getstate__()["_sums"], "y2": 2.0**40},
                {**measured(metrics.CalibrationRatio(50)).__getstate__()["_sums"], "n2": 2.0**40},
                {**measured(metrics.CalibrationRatio(50)).__getstate__()["_sums"], "orphans2": 1.0},
                {**measured(metrics.CalibrationRatio(50)).__getstate__()["_sums"], "n2": 1.0},
                {**measured(metrics.CalibrationRatio(50)).__getstate__()["_sums"], "y": 2.0**40},
            ],
        },
    ),
    "ROCAUC": (
        lambda: measured(metrics.ROCAUC(50)),
        {"half_life": HALF_LIFE, "_sums": [None, {}, metrics.ROCAUC(60).__getstate__()["_sums"]]},
    ),
    "F1": (
        lambda: measured(metrics.F1("a", half_life=50), "a", "b"),
        {
            "half_life": HALF_LIFE,
            "threshold": [0.0, 1.5, "x"],
            "positive": [2.5, (1,)],
            "_sums": [None, {}, metrics.F1(half_life=60).__getstate__()["_sums"]],
        },
    ),
    "ExpectedPerformance": (
        lambda: measured(metrics.ExpectedPerformance(0.1, half_life=50)),
        {
            "half_life": HALF_LIFE,
            "threshold": [0.0, None],
            "miss": [-1.0, None],
            "review": [NAN],
            "served": [None, {}, metrics.ExpectedPerformance(0.1, half_life=60).__getstate__()["served"]],
            "came": [
                {**metrics.ExpectedPerformance(0.1, half_life=50).__getstate__()["came"], "held": wrong}
                for wrong in (None, b"", bytes(63), bytes(72), b"\xff" * 64)
            ],
        },
    ),
}
