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


def _described(number: int) -> list[tuple[bool, float, dict[str, Any]]]:
    """Events with a user, a country, a value and a time."""
    rng = random.Random(number)
    return [
        (
            y,
            p,
            {
                "user": f"u{rng.randrange(1_000)}",
                "country": rng.choice("abcd"),
                "amount": rng.expovariate(0.02),
                "t": float(BLOCK * number + i),
            },
        )
        for i, (y, p) in enumerate(_events(number))
    ]


def _with_x(name: str, gate: Gate, make: Callable[[], Any]) -> Case:
    def side() -> Side:
        update = make().update

        def run(events: list[tuple[bool, float, dict[str, Any]]]) -> None:
            for y, p, x in events:
                update(y, p, 1.0, x)

        return Side(_described, run, BLOCK)

    return Case(f"metric {name}, update with x", gate, side)


def _case(name: str, gate: Gate, make: Callable[[], Any], method: str = "update_p") -> Case:
    return Case(f"metric {name}, {method}", gate, lambda: _side(getattr(make(), method)))


# River's LogLoss takes about .5 us: a metric is to take at most 1 us an event, one of a ranking at most 2.5 us.
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
            _case(
                "Recall at a threshold", times_the_cost(1.0), lambda: metrics.Recall(threshold=0.02), "update"
            ),
            _case("MCC at a threshold", times_the_cost(1.0), lambda: metrics.MCC(threshold=0.02), "update"),
            _with_x("ValueRecall", times_the_cost(1.3), lambda: metrics.ValueRecall("amount", 0.02)),
            _with_x("Savings", times_the_cost(1.5), lambda: metrics.Savings("amount", 2.0)),
            _with_x("GAUC", times_the_cost(2.0), lambda: metrics.GAUC("user")),
            _with_x("PrecisionAtK", times_the_cost(2.0), lambda: metrics.PrecisionAtK("t", 20, 2_000.0)),
            _with_x(
                "Segmented CalibrationRatio",
                times_the_cost(1.5),
                lambda: metrics.Segmented(metrics.CalibrationRatio(), by="country"),
            ),
            _case(
                "Windowed LogLoss", times_the_cost(1.5), lambda: metrics.Windowed(metrics.LogLoss()), "update"
            ),
            _case("ExpectedPerformance", times_the_cost(0.5), lambda: metrics.ExpectedPerformance(0.02)),
        ),
    ),
)
