"""Each parameter of each decision rule, with values that it must refuse."""

from __future__ import annotations

import math
from typing import Any

from streamimb import decision, stats
from tests.parameters.wrong_values import NO_COUNT, NO_RATE, NO_SIZE

DECISIONS: list[Any] = [
    (
        decision.AlertBudget,
        {},
        {"share": (*NO_RATE, 1.0), "step": (*NO_SIZE, 10.1), "start": (*NO_RATE, 1.0)},
    ),
    (
        decision.CapacityThreshold,
        {"capacity": 5},
        {"capacity": NO_COUNT, "period_s": NO_SIZE, "half_life": NO_SIZE},
    ),
    (
        decision.CostThreshold,
        {"miss": 1.0},
        {
            **dict.fromkeys(("miss", "false_alarm", "hit"), (-1.0, math.nan, math.inf, "", {})),
            "unknown": ((1.0, 1.0), (1.0, 1.0, -1.0), [1.0, 1.0, 0.0], 1.0, ("a", 1.0, 0.0)),
        },
    ),
    (decision.FBetaThreshold, {}, {"beta": (*NO_SIZE, 101.0), "half_life": NO_SIZE}),
    (
        decision.MondrianConformal,
        {},
        {"coverage": (*NO_RATE, 1.0), "step": (*NO_SIZE, 10.1)},
    ),
    (
        decision.RateLimit,
        {"rule": decision.AlertBudget(), "actions": 5},
        {
            "rule": (None, 0.5, "budget", decision.AlertBudget, stats.ClassPrior()),
            "actions": NO_COUNT,
            "per_s": NO_SIZE,
        },
    ),
]
