"""Each parameter of each metric, with values that it must refuse."""

from __future__ import annotations

import math
from typing import Any

from streamimb import metrics
from tests.parameters.wrong_values import NO_COUNT, NO_NUMBER, NO_RATE, NO_SIZE, but_none

NO_MEMORY = tuple(value for value in NO_SIZE if value != math.inf)  # of a metric: inf is all events
NO_COST = (*NO_NUMBER, -1.0, 1e16)
NO_FIELD = (None, "", 3, 0.5, ["user"])

METRICS: list[tuple[Any, dict[str, Any], dict[str, tuple[Any, ...]]]] = [
    *[
        (kind, {}, {"half_life": NO_MEMORY})
        for kind in (
            metrics.BaseRate,
            metrics.BrierScore,
            metrics.CalibrationSlope,
            metrics.LogLoss,
            metrics.NormalizedEntropy,
            metrics.PRAUC,
            metrics.ROCAUC,
            metrics.SmoothECE,
        )
    ],
    *[
        (kind, {}, {"half_life": NO_MEMORY, "threshold": but_none((*NO_RATE, 1.0))})
        for kind in (metrics.CohenKappa, metrics.GMean, metrics.MCC)
    ],
    *[
        (
            kind,
            {},
            {
                "half_life": NO_MEMORY,
                "threshold": but_none((*NO_RATE, 1.0)),
                "positive": (2.5, (1, 2), math.nan),
            },
        )
        for kind in (metrics.F1, metrics.Recall)
    ],
    (
        metrics.ExpectedPerformance,
        {"threshold": 0.1},
        {"threshold": (*NO_RATE, 1.0), "miss": NO_COST, "review": NO_COST, "half_life": NO_MEMORY},
    ),
    (
        metrics.GAUC,
        {"by": "user"},
        {
            "by": NO_FIELD,
            "users": (*NO_COUNT, 1_000_001),
            "events": (*NO_COUNT, 1, 1_001),
            "half_life": NO_MEMORY,
        },
    ),
    (
        metrics.PrecisionAtK,
        {"time": "t"},
        {"time": NO_FIELD, "k": (*NO_COUNT, 10_001), "period_s": NO_SIZE, "half_life": (*NO_SIZE, 100.5)},
    ),
    (
        metrics.Savings,
        {},
        {
            "miss": (None, "", -1.0, 1e16, math.nan, [1.0]),
            "review": (None, "", -1.0, 1e16, math.nan, [1.0]),
            "threshold": but_none((*NO_RATE, 1.0)),
            "half_life": NO_MEMORY,
        },
    ),
    (
        metrics.Segmented,
        {"metric": metrics.LogLoss(), "by": "country"},
        {"metric": (None, "LogLoss", metrics.LogLoss), "by": NO_FIELD, "segments": (*NO_COUNT, 61)},
    ),
    (
        metrics.Windowed,
        {"metric": metrics.LogLoss()},
        {
            "metric": (
                None,
                "LogLoss",
                metrics.LogLoss,
                metrics.PrecisionAtK("t"),
                metrics.Windowed(metrics.MCC()),
            ),
            "events": (*NO_COUNT, 10**12 + 1),
        },
    ),
    (
        metrics.ValueRecall,
        {"value": "amount", "threshold": 0.1},
        {"value": NO_FIELD, "threshold": (*NO_RATE, 1.0), "half_life": NO_MEMORY},
    ),
    (metrics.ECE, {}, {"half_life": NO_MEMORY, "bins": (*NO_COUNT, 1, 1_001)}),
    (metrics.ReliabilityCurve, {}, {"half_life": NO_MEMORY, "bins": (*NO_COUNT, 1, 101)}),
    (metrics.Lift, {}, {"half_life": NO_MEMORY, "share": (*NO_RATE, 1.0)}),
    (metrics.RecallAtBudget, {}, {"half_life": NO_MEMORY, "budget": (*NO_RATE, 1.0)}),
    (metrics.CalibrationRatio, {}, {"half_life": NO_MEMORY, "per": ("day", None, 1)}),
]
