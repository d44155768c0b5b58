"""One update of a metric, as the engine makes it (`update_p`) or as River's loops do (`update`)."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from river import metrics as river_metrics

from benchmarks.rounds import Case, Gate, Group, Side, times_the_cost
from streamimb import metrics

BLOCK = 2_000
REFERENCE = "river.metrics.LogLoss, update(y, p)"


def _events(number: int) -> list[tuple[bool, float]]:
    rng = random.Random(number)
    ps = [rng.betavariate(0.5, 40.0) for _ in range(BLOCK)]
    return [(rng.random() < p, p) for p in ps]


def _side(update: Callable[[bool, float], Any]) -> Side:
    def run(events: list[tuple[bool, float]]) -> None:
        for y, p in events:
            update(y, p)

    return Side(_events, run, BLOCK)


def _case(name: str, gate: Gate, make: Callable[[], Any], method: str = "update_p") -> Case:
    return Case(f"metric {name}, {method}", gate, lambda: _side(getattr(make(), method)))


# River's LogLoss takes about 1 us: a metric is to take at most 1 us an event, one of a ranking at most 2.5 us.
GROUPS = (
    Group(
        REFERENCE,
        lambda: _side(river_metrics.LogLoss().update),
        (
            _case("LogLoss", times_the_cost(0.5), metrics.LogLoss),
            _case("LogLoss", times_the_cost(1.0), metrics.LogLoss, "update"),
            _case("CalibrationRatio", times_the_cost(0.5), metrics.CalibrationRatio),
            _case("ROCAUC", times_the_cost(1.5), metrics.ROCAUC),
            _case("PRAUC", times_the_cost(1.5), metrics.PRAUC),
            _case("ECE", times_the_cost(1.5), metrics.ECE),
            _case("F1 at a threshold", times_the_cost(1.0), lambda: metrics.F1(threshold=0.02)),
            _case("ExpectedPerformance", times_the_cost(2.5), lambda: metrics.ExpectedPerformance(0.02)),
        ),
    ),
)
