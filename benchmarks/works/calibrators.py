"""One event of a calibrator: its probability, and its label."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from river import metrics as river_metrics

from benchmarks.rounds import Case, Gate, Group, Side, times_the_cost
from benchmarks.works.metrics import REFERENCE
from streamimb import calibration

BLOCK = 500
WARM_UP = 10_000  # events that a calibrator has learned: a window is full

Scored = list[tuple[float, bool, dict[str, str]]]


def _scored(number: int, n: int = BLOCK) -> Scored:
    """Scores that are twice too high, with labels and a segment."""
    rng = random.Random(number)
    ps = [rng.betavariate(0.5, 20.0) for _ in range(n)]
    return [(p, rng.random() < 0.5 * p, {"country": rng.choice("abcd")}) for p in ps]


def _log_loss() -> Side:
    update = river_metrics.LogLoss().update

    def run(events: Scored) -> None:
        for p, y, _ in events:
            update(y, p)

    return Side(_scored, run, BLOCK)


def _learned(make: Callable[[], Any]) -> Any:
    calibrator = make()
    for p, y, x in _scored(-1, WARM_UP):
        if getattr(calibrator, "needs_x", False):
            calibrator.learn_one(p, y, 1.0, x=x)
        else:
            calibrator.learn_one(p, y)
    return calibrator


def _calibrates(make: Callable[[], Any]) -> Side:
    calibrator = _learned(make)
    calibrate = calibrator.calibrate_one

    def run(events: Scored) -> None:
        for p, _, _ in events:
            calibrate(p)

    def run_with_x(events: Scored) -> None:
        for p, _, x in events:
            calibrate(p, x=x)

    return Side(_scored, run_with_x if getattr(calibrator, "needs_x", False) else run, BLOCK)


def _learns(make: Callable[[], Any]) -> Side:
    calibrator = _learned(make)
    learn = calibrator.learn_one

    def run(events: Scored) -> None:
        for p, y, _ in events:
            learn(p, y)

    def run_with_x(events: Scored) -> None:
        for p, y, x in events:
            learn(p, y, 1.0, x=x)

    return Side(_scored, run_with_x if getattr(calibrator, "needs_x", False) else run, BLOCK)


def _cases(name: str, make: Callable[[], Any], calibrate: Gate, learn: Gate) -> tuple[Case, Case]:
    return (
        Case(f"calibrator {name}, calibrate_one", calibrate, lambda: _calibrates(make)),
        Case(f"calibrator {name}, learn_one", learn, lambda: _learns(make)),
    )


HALF = times_the_cost(0.5)

# River's LogLoss takes about 1 us: a calibrator is to take at most .5 us, one of a window (amortised over its fits) or
# of segments (two calibrators) a few.
GROUPS = (
    Group(
        REFERENCE,
        _log_loss,
        (
            *_cases("PlattMixture", calibration.PlattMixture, HALF, HALF),
            *_cases("Platt", calibration.Platt, HALF, HALF),
            *_cases("Intercept", calibration.Intercept, HALF, HALF),
            *_cases("Beta", calibration.Beta, HALF, HALF),
            *_cases("OnlinePlatt", calibration.OnlinePlatt, HALF, HALF),
            *_cases("Calibeating", lambda: calibration.Calibeating(calibration.Platt()), HALF, HALF),
            *_cases("Histogram", calibration.Histogram, HALF, HALF),
            *_cases("Hedged", lambda: calibration.Hedged(calibration.Platt(), seed=1), HALF, HALF),
            *_cases("Isotonic", calibration.Isotonic, times_the_cost(2.5), times_the_cost(6.0)),
            *_cases("VennAbers", calibration.VennAbers, times_the_cost(4.0), times_the_cost(7.0)),
            *_cases(
                "Segmented",
                lambda: calibration.Segmented(calibration.Platt(), by="country"),
                times_the_cost(1.5),
                times_the_cost(2.5),
            ),
        ),
    ),
)
