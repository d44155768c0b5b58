"""Goals of corrections: sampler × learner × route, keep rates moved from outside, and River's wrappers around ours.

`works` lists them for `benchmarks.figures`: title, runs, goals, seconds of a run. A goal is the
name of a figure, its key among the measures, the reference, and the bounds that its mean has to keep.
"""

from __future__ import annotations

import math
from typing import Any

from benchmarks import outside_rates, tilted_outside
from benchmarks.corrected import CLASS_LEARNERS, LEARNERS, cells, class_cells, corrected, corrected_classes
from benchmarks.outside_rates import moved
from benchmarks.policy_figures import FREE, Goals, Works
from benchmarks.tilted_outside import around
from streamimb.checks.corrections import ERRORS
from tests.laws.table import SAMPLERS

LONG = 20_000  # events
SLOW = {"River GaussianNB": 8_000, "River HoeffdingTreeClassifier": 12_000}
CLASS_SLOW = {"River GaussianNB": 4_000, "River HoeffdingTreeClassifier": 8_000}
FEW_LEARNED = {"BothSampler": 5}  # it learns a tenth of the events: as many times the events
# Its weights fall faster than a tree that counts forgets, see `correction.PriorRatio`: shown, not judged.
UNFOLLOWED = ("ClassWeights effective_number", "River HoeffdingTreeClassifier")
CLASS_ERRORS = {"common": 0.42, "medium": 3.1, "rare": 4.4}  # of the ratio of one event, as `ERROR`
ERROR = 0.033 * LONG**0.5  # of the ratio of one event: the positives that are judged
TABLE_SEEDS = MOVED_SEEDS = 2
TILTED_SEEDS = 3
RATIO = (0.9, 1.1)  # behind the calibrator
# Learners that count and do not forget: two clocks come before a matched and a present rate. NE of the prototype
REMEMBER = {
    "River GaussianNB": ".78: .90, .98",
    "River HoeffdingTreeClassifier": "1.01: 1.13, 1.20",
}
# Mean |log ratio| of tenths where the learner counts, on other streams of 300,000 events, with a prior whose memory was
# chosen for them. `ClassPrior` itself is .23 to .28 away in these streams, so two clocks with it cannot be nearer.
COUNTED = {
    "weight": dict(zip(outside_rates.LAWS, (".224", ".253", ".224", ".215"), strict=True)),
    "lifetime counts": dict(zip(outside_rates.LAWS, (".227", ".934", "1.282", ".638"), strict=True)),
    "current rate": dict(zip(outside_rates.LAWS, (".229", ".240", ".373", ".028"), strict=True)),
    "matched rate": dict(zip(outside_rates.LAWS, (".219", ".247", ".229", ".212"), strict=True)),
    "two clocks, matched": dict(zip(outside_rates.LAWS, (".073", ".100", ".092", ".062"), strict=True)),
}


def works(seeds: int) -> Works:
    """Every run of these figures."""
    return [
        *table(min(seeds, TABLE_SEEDS)),
        *class_table(min(seeds, TABLE_SEEDS)),
        *rates(min(seeds, MOVED_SEEDS)),
        *tilted(min(seeds, TILTED_SEEDS)),
    ]


def table(seeds: int) -> Works:
    """Each cell that is accepted, judged as its law judges it: within four standard errors."""
    found: Works = []
    for sampler in SAMPLERS:
        for learner in LEARNERS:
            goals: Goals = []
            n = SLOW.get(learner, LONG)
            error = ERROR / math.sqrt(n * seeds)
            bounds = (1.0 - ERRORS * error, 1.0 + ERRORS * error)
            expected = f"1 ± {error:.3f}"
            for cell in cells():
                if (cell.sampler, cell.learner) != (sampler, learner):
                    continue
                own = FREE if cell.calibrated else bounds
                goals.append((f"{cell.route}, mean p / true P", f"{cell.route} corrected", expected, *own))
                if cell.calibrated:
                    goals.append((f"{cell.route}, calibrated", f"{cell.route} calibrated", expected, *bounds))
            if goals:
                route = goals[0][1].split()[0]
                goals.append(("  without correction", f"{route} raw", "", *FREE))
                runs: Any = [(corrected, (sampler, learner, n, seed)) for seed in range(seeds)]
                found.append((f"{sampler}, {learner}", runs, goals, 2.0))
    return found


def class_table(seeds: int) -> Works:
    """Each cell of a learner of many classes: each of three classes within four standard errors, calibrated."""
    found: Works = []
    for sampler in SAMPLERS:
        for learner in CLASS_LEARNERS:
            goals: Goals = []
            n = CLASS_SLOW.get(learner, LONG) * FEW_LEARNED.get(sampler, 1)
            for cell in class_cells():
                if (cell.sampler, cell.learner) != (sampler, learner):
                    continue
                for name, error in CLASS_ERRORS.items():
                    error /= math.sqrt(n * seeds)
                    bounds = (1.0 - ERRORS * error, 1.0 + ERRORS * error)
                    if (sampler, learner) == UNFOLLOWED:
                        bounds = FREE
                    measure = f"{cell.route} calibrated {name}"
                    goals.append((f"{cell.route}, p / P of {name}", measure, f"1 ± {error:.3f}", *bounds))
                goals.append(("  not calibrated", f"{cell.route} corrected rare", "", *FREE))
            if goals:
                route = goals[0][1].split()[0]
                goals.append(("  without correction", f"{route} raw rare", "", *FREE))
                runs: Any = [(corrected_classes, (sampler, learner, n, seed)) for seed in range(seeds)]
                found.append((f"3 classes: {sampler}, {learner}", runs, goals, 3.0))
    return found


def rates(seeds: int) -> Works:
    """The keep rate moves from outside, or is controlled, while the base rate moves sevenfold."""
    found: Works = []
    for learner in outside_rates.LEARNERS:
        for law in outside_rates.LAWS:
            goals: Goals = []
            for way in outside_rates.ways(learner):
                counted = COUNTED.get(way, {}).get(law, "") if learner == "cell counts" else ""
                least = 0.6 if counted and way == "lifetime counts" and law in ("ramp", "jump") else -math.inf
                goals.append((f"{way}, |log ratio|", f"{way} tenths", counted, least, math.inf))
                goals.append(("  NE - oracle's", f"{way} regret", "", *FREE))
                if (bounds := bounds_of(learner, law, way)) != FREE:
                    goals.append(("  mean p / mean true P", f"{way} ratio", "1", *bounds))
            if law == "jump" and learner in REMEMBER:
                for hand in ("matched rate", "current rate"):
                    goals.append(
                        (f"prior, NE - {hand}'s", f"prior - {hand}", REMEMBER[learner], -math.inf, 0.0)
                    )
            runs: Any = [(moved, (learner, law, seed)) for seed in range(seeds)]
            found.append((f"keep rate {law}, {learner}", runs, goals, 5.0))
    return found


def bounds_of(learner: str, law: str, way: str) -> tuple[float, float]:
    """Bounds of a ratio: behind the calibrator; and alone where the sampler controls what our learner is given."""
    if way in ("offset, calibrated", "prior, calibrated"):
        return RATIO
    if way == "weight, calibrated" and learner == "River HoeffdingTreeClassifier":
        return RATIO
    return RATIO if law == "controlled" and way == "prior" and learner == "LogisticRegression" else FREE


def tilted(seeds: int) -> Works:
    """What nothing can refuse: a sampled classifier inside a wrapper that changes the stream."""
    return [
        (
            f"SampledClassifier inside {name}",
            [(around, (name, seed)) for seed in range(seeds)],
            [("mean p / mean true P", "ratio", reference, *(RATIO if name == "nothing" else FREE))],
            2.0,
        )
        for name, reference in tilted_outside.REFERENCES.items()
    ]
