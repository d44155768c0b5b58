"""Goals of samplers: trained odds of those that copy, and the efficiency of the events that are kept.

`works` lists them for `benchmarks.figures`: title, runs, goals, seconds of a run. A goal is the
name of a figure, its key among the measures, the reference, and the bounds that its mean has to keep.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from benchmarks.efficiency import SAMPLERS, efficiency
from benchmarks.trained_odds import trained_odds

Goals = list[tuple[str, str, str, float, float]]
Runs = list[tuple[Callable[..., Any], tuple[Any, ...]]]
Works = list[tuple[str, Runs, Goals, float]]
FREE = (-math.inf, math.inf)
ODDS = {"stat": (0.95, 1.05), "stat1": (0.9, 1.1), "drift": (0.9, 1.1)}  # over the whole stream
TENTHS = (0.7, 1.3)  # in every tenth, while the base rate moves sevenfold
EVENTS = 1_000_000
REPETITIONS = 100
EXACT = (0.85, 1.15)
# most squared error over that of uniform rates: of a design, and whether the pilot is wrong
UNIFORM = {
    ("normal", False): {"score .1": 0.55, "score .5": 0.6, "L .1": 0.5, "L .5": 0.6},
    ("normal", True): dict.fromkeys(SAMPLERS, 1.3),
    ("lognormal", True): {"score .5": 1.3, "L .5": 1.3},
}


def works(seeds: int) -> Works:
    """Every run of these samplers."""
    found: Works = []
    for kind, bounds in ODDS.items():
        tenths = TENTHS if kind == "drift" else FREE
        goals: Goals = [
            ("OverSampler, odds / target", "over", "", *bounds),
            ("  in the highest tenth", "highest", "", -math.inf, tenths[1]),
            ("  in the lowest tenth", "lowest", "", tenths[0], math.inf),
            ("  copies per event", "over copies", "1.25", *FREE),
            ("BothSampler, share / target", "both share", "", 0.95, 1.05),
            ("  copies / budget", "both copies", "", 0.95, 1.05),
        ]
        runs: Runs = [(trained_odds, (kind, EVENTS, seed)) for seed in range(seeds)]
        found.append((f"trained odds, {kind}", runs, goals, 12.0))
    for name in ("normal", "lognormal"):
        for wrong in (False, True):
            most = UNIFORM.get((name, wrong), {})
            goals = [("uniform, error / exact", "uniform / exact", "", *FREE)]
            for key in SAMPLERS:
                exact = FREE if wrong else EXACT
                goals.append((f"{key}, error / exact", f"{key} / exact", "", *exact))
                goals.append(
                    (f"{key}, error / uniform", f"{key} / uniform", "", -math.inf, most.get(key, math.inf))
                )
                goals.append((f"{key}, kept / asked", f"{key} kept", "", 0.95, 1.05))
            title = f"efficiency, {name}, {'wrong' if wrong else 'good'} pilot"
            found.append((title, [(efficiency, (name, wrong, 200_000, REPETITIONS))], goals, 200.0))
    return found
