"""Goals of the calibrators: published figures, rare streams, every kind of score, many classes.

`works` lists them for `benchmarks.figures`: title, runs, goals, seconds of a run. A goal is the
name of a figure, its key among the measures, the reference, and the bounds that its mean has to keep.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from benchmarks import (
    calibrator_inputs,
    calibrator_weights,
    class_calibration,
    published_calibration,
    rare_calibration,
)
from benchmarks.streams import data_folder

Goals = list[tuple[str, str, str, float, float]]
Runs = list[tuple[Callable[..., Any], tuple[Any, ...]]]
Works = list[tuple[str, Runs, Goals, float]]
FREE = (-math.inf, math.inf)
INPUT_SEEDS = 2
NOISE = 1e-5  # of a log loss of .0040 over 492,000 events


def works(seeds: int) -> Works:
    """Every run of the calibrators."""
    return [*_simulated(seeds), *(_real() if data_folder().is_dir() else [])]


def _simulated(seeds: int) -> Works:
    rare: Goals = [
        ("NE of the scores", "base", "", *FREE),
        ("quantile bins, NE - that", "quantile", "+.016", -math.inf, 0.02),
        ("  without forgetting", "quantile for ever", "", -math.inf, 0.02),
        ("fixed bins, NE - that", "fixed", "+.141", 0.05, math.inf),
        ("Histogram, NE - that", "histogram", "", *FREE),
        ("NE of the scores after the shift", "base later", "", *FREE),
        ("Platt, NE - that", "Platt later", "", -math.inf, 0.0),
        ("OnlinePlatt, NE - that", "OnlinePlatt later", "", *FREE),
        ("quantile bins, NE - that", "quantile later", "", *FREE),
    ]
    weights: Goals = []
    for name in calibrator_weights.CALIBRATORS:
        default = name == "PlattMixture"
        most, bounds = (0.002, (0.95, 1.05)) if default else (math.inf, FREE)
        for propensity in calibrator_weights.PROPENSITIES:
            at = f"{name}, propensity {propensity:g}"
            weights.append((f"{at}, NE - the truth's", f"{name} {propensity} d", "", -math.inf, most))
            weights.append(("  mean p / mean true P", f"{name} {propensity} ratio", "", *bounds))
    defaults, every = list(calibrator_inputs.default_goals()), list(calibrator_inputs.every_goal())
    return [
        ("calibrators, rare scores", [(rare_calibration.rare, (seed,)) for seed in range(seeds)], rare, 3.0),
        (
            "calibrators, labels weigh 1/propensity",
            [(calibrator_weights.weighed, (seed,)) for seed in range(8)],
            weights,
            2.0,
        ),
        (
            "default calibrator behind each input",
            [(calibrator_inputs.default, (seed,)) for seed in range(INPUT_SEEDS)],
            defaults,
            45.0,
        ),
        ("every calibrator behind each input", [(calibrator_inputs.every, (0,))], every, 60.0),
    ]


def _real() -> Works:
    published: Goals = [
        (f"CE of {name}", name, f"{mean:.5f}", mean - 2.0 * error, mean + 2.0 * error)
        for name, (mean, error) in published_calibration.PUBLISHED.items()
    ]
    classes: Goals = [("log loss, not calibrated", "alone", ".0040", *FREE)]
    for name in ("alone", "PlattMixture", "Temperature", "VectorScaling"):
        bounds = FREE if name == "alone" else (-math.inf, NOISE)
        classes.append((f"{name}, log loss - that", f"{name} d", "", *bounds))
        classes.append(("  least ratio of a class", f"{name} least", "", 0.95, math.inf))
        classes.append(("  largest ratio of a class", f"{name} largest", "", -math.inf, 1.05))
    runs = [(published_calibration.bank, (run,)) for run in range(published_calibration.RUNS)]
    return [
        ("calibrators, published figures", runs, published, 0.1),
        ("calibrators, kdd99 attack_class", [(class_calibration.attacks, ())], classes, 60.0),
    ]
