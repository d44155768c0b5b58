"""Wrong states of what an engine over classes by name keeps; `test_states` runs them with all others."""

from __future__ import annotations

import math
from typing import Any

from streamimb import metrics, stats
from streamimb.engine.class_measures import ClassMeasures
from streamimb.metrics.served import ServedMetrics
from streamimb.metrics.served_classes import ServedClasses
from streamimb.protocols import ByClass

HALF_LIFE = [0, -1.0, math.nan, math.inf, "100", None, True, 7]
P = {"a": (0.5, 0.25, 0.25), "b": (0.5, 0.75, 0.75)}


def served() -> ServedClasses:
    made = ServedClasses(("a", "b"), 50)
    for i in range(30):
        made.add(ByClass("ab"[i % 3 == 0], P), "ab"[i % 4 == 0])
    made.orphan("b")
    return made


def measures() -> ClassMeasures:
    made = ClassMeasures(("a", "b"), 50)
    for i in range(60):
        made.served.add(ByClass("a", P), "ab"[i % 4 == 0])
        made.delay("ab"[i % 4 == 0], float(i))
    return made


QUANTILES, PAIRS = [stats.DecayedQuantiles(), stats.DecayedQuantiles()], [[2.0, 1.0], [0.0, 0.0]]
DELAYS: list[Any] = [  # of two classes
    None,
    {},
    {"of": QUANTILES[:1], "pairs": PAIRS, "last": None},
    {"of": [QUANTILES[0], 3], "pairs": PAIRS, "last": None},
    {"of": [stats.DecayedQuantiles(7)] * 2, "pairs": PAIRS, "last": None},
    {"of": QUANTILES, "pairs": PAIRS[:1], "last": None},
    {"of": QUANTILES, "pairs": [[1.0, 2.0], [0.0, 0.0]], "last": None},
    {"of": QUANTILES, "pairs": [[math.nan, 0.0], [0.0, 0.0]], "last": None},
    {"of": QUANTILES, "pairs": PAIRS, "last": [2, 1.0]},
    {"of": QUANTILES, "pairs": PAIRS, "last": [0, -1.0]},
    {"of": QUANTILES, "pairs": PAIRS, "last": [True, 1.0]},
]
SERVED: dict[str, list[Any]] = {
    "classes": [None, (), ("a",), ("a", "a"), ("a", 1), ("a", "b", "c"), tuple(map(str, range(101)))],
    "half_life": HALF_LIFE,
    "log_loss": [None, (), metrics.LogLoss(), metrics.BaseRate(50)],
    "of": [None, (), (ServedMetrics(50),), (ServedMetrics(50), ServedMetrics(60)), (1, 2)],
    "recalls": [None, (), (stats.DecayedMean(50),), (stats.DecayedMean(60),) * 2, (1.0, 0.5)],
}
MEASURES: dict[str, list[Any]] = {
    "served": [None, ServedMetrics(50), ServedClasses(("a", "b", "c"), 50)],
    "delays": DELAYS,
}
