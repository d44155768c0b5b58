"""Labels of a sample whose propensities are known: what an engine serves and measures, over the truth of all events.

`WORKS` lists them for `benchmarks.figures`, as `drift_figures` does.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from functools import partial

from streamimb.compose import recipes
from streamimb.engine import BothReported, Engine
from streamimb.events import Event, Label, Score

Measures = dict[str, float]
Goals = list[tuple[str, str, str, float, float]]
N = 30_000
LATE = 2_000  # events between an event and its label


def sampled(seed: int, *, weighed: bool) -> Measures:
    """A rule that sees more than the model has all of its alerts labelled; one in ten of the other events is."""
    rng = random.Random(seed)
    engine = Engine(
        recipes.linear(seed=seed),
        BothReported(ttl_s=20_000.0),
        roles={"pi": "propensity"} if weighed else None,
    )
    served = truth = all_truth = 0.0
    labels: list[Label | None] = []
    for i in range(N):
        a, b = rng.gauss(0.0, 1.0), rng.gauss(0.0, 1.0)
        p = 1.0 / (1.0 + math.exp(4.0 - 1.2 * a - 0.8 * b))
        y = rng.random() < p
        propensity = 1.0 if rng.gauss(2.0 * y, 1.0) > 1.5 else 0.1
        said = engine.on_event(Event(f"e{i}", float(i), {"a": a, "b": b}))
        if not isinstance(said, Score):
            raise TypeError("an event was refused")
        asked = rng.random() < propensity
        labels.append(Label(f"e{i}", float(i + LATE), y, propensity) if asked else None)
        if i >= LATE and (label := labels[i - LATE]) is not None:
            engine.on_label(label)
        all_truth += p
        if i >= N // 2:
            served, truth = served + said.p, truth + p
    measured = engine.metrics.served
    return {
        "served": served / truth,
        "base rate": measured.base_rate.get() * N / all_truth,
        "ratio": measured.calibrated.get(),
    }


def _work(
    name: str, weighed: bool, bounds: tuple[float, float]
) -> tuple[str, Callable[[int], Measures], Goals, float, int]:
    goals: Goals = [
        ("served / truth, second half", "served", "1", *bounds),
        ("measured base rate / truth", "base rate", "1", *bounds),
        ("measured calibration ratio", "ratio", "1", *bounds),
    ]
    return name, partial(sampled, weighed=weighed), goals, 1.0, 8


WORKS = [
    _work("labels of a sample, weighed by their propensity", True, (0.9, 1.1)),
    _work("labels of a sample, as they are", False, (-math.inf, math.inf)),
]
