"""Every run of `benchmarks.truth`, and what its figures have to keep.

Each `*_figures` module lists works of its own as plain tuples: title, runs, goals, seconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from benchmarks import (
    boosted_figures,
    calibrator_figures,
    class_experiments,
    correction_figures,
    decision_figures,
    distortions,
    drift_figures,
    experiments,
    hoeffding_figures,
    learner_figures,
    loss_figures,
    metric_figures,
    moa_ensembles,
    policy_figures,
    propensity_figures,
    sampler_figures,
    streams,
    synthesized,
)


class Goal(NamedTuple):
    """A figure of a run, what the prototype had, and the bounds its mean has to keep."""

    figure: str
    measure: str
    prototype: str
    low: float = -math.inf
    high: float = math.inf


Runs = list[tuple[Callable[..., Any], tuple[Any, ...]]]


class Work(NamedTuple):
    """Runs of one kind; `seconds` is a guess that puts the long ones first."""

    title: str
    runs: Runs
    goals: Sequence[Goal]
    seconds: float


REGIME_GOALS = {  # d of the prototype, goal of d
    "stat": (0.0026, 0.004),
    "shift": (0.0013, 0.003),
    "drift": (0.0009, 0.003),
    "jump": (0.0015, 0.003),
    "down": (0.0005, 0.002),
}
AFTER_GOALS = {"jump": ("1.01", 0.9, 1.1), "down": ("1.10", 0.9, 1.2)}
OUTSIDE_GOALS = {"const": "+.0043", "ramp": "+.0030", "jump": "+.0034", "controlled": "+.0025"}
RIVER_GOALS = {
    "scaler|LogisticRegression": (0.024, 0.027, "unsampled .061", 7.0),
    "GaussianNB": (0.020, 0.024, "unsampled .018", 14.0),
    "HoeffdingTreeClassifier": (0.021, 0.024, "unsampled .221", 14.0),
}
RIVER_DRAWS = {"HoeffdingTreeClassifier": 4}  # times the seeds: one draw has a standard deviation of .0045
REAL_GOALS = {  # NE of the prototype, tolerance, a guess of the seconds a seed takes
    "handbook_apr_jul": (0.5115, 0.004, 4.0),
    "kdd99_10pct": (0.0801, 0.006, 3.0),
    "covertype_2v4": (0.0148, 0.004, 0.6),
    "hflights_2011": (0.8885, 0.004, 0.6),
    "gmsc": (0.9263, 0.004, 0.4),
    "bank_marketing": (0.7757, 0.004, 0.2),
    "bitcoin_otc": (0.5025, 0.004, 0.1),
    "talkingdata_100k": (0.586, 0.006, 0.3),
}
REAL_D = 0.005  # on at least all real streams but one
RIVER_SAMPLER = {"handbook_apr_jul": (200_000, "16.1"), "kdd99_10pct": (150_000, "6.4")}
SYNTHESIZED = {  # events
    "LogisticRegression": 60_000,
    "River scaler|LogisticRegression": 30_000,
    "River HoeffdingTreeClassifier": 30_000,
}
HARD_REPLAY_D = 0.0005
START_SEEDS = 40
RATIO = (0.9, 1.1)  # of the sums of p and of the truth
BASE_RATES = (0.05, 0.01, 0.003)  # of the distorted scores


def seeded(function: Callable[..., Any], *arguments: Any, seeds: int) -> Runs:
    """A run for each seed."""
    return [(function, (*arguments, seed)) for seed in range(seeds)]


def works(seeds: int) -> list[Work]:
    """Every run there is."""
    found = []
    for kind, (prototype, most) in REGIME_GOALS.items():
        goals = [
            Goal("d", "d", f"{prototype:+.4f}", high=most),
            Goal("d, both calibrated", "d_calibrated", f"{prototype:+.4f}", high=most),
            Goal("mean p / mean true P", "ratio", "1.02-1.04", 0.94, 1.07),
            Goal("tm - tm of all data", "tenths_excess", "-.04-0", high=0.02),
        ]
        if kind in AFTER_GOALS:
            after, low, high = AFTER_GOALS[kind]
            goals.append(Goal("15,000 after the jump", "after", after, low, high))
        found.append(Work(f"regime {kind}", seeded(experiments.regime, kind, seeds=seeds), goals, 1.0))
    found.append(
        Work(
            "regime stat, first 2,000",
            seeded(experiments.start, seeds=START_SEEDS),
            [Goal("sum p / sum true P", "ratio", "1.17", 0.8, 1.3)],
            0.1,
        )
    )
    for law, prototype_d in OUTSIDE_GOALS.items():
        goals = [Goal("d", "d", prototype_d, high=0.006), Goal("mean p / mean true P", "ratio", "")]
        runs = seeded(experiments.outside, law, seeds=seeds)
        found.append(Work(f"outside keep rate {law}, drift", runs, goals, 2.0))
    for learner, (prototype, most, unsampled, seconds) in RIVER_GOALS.items():
        goals = [
            Goal("NE - oracle's NE", "regret", f"{prototype:.3f} ({unsampled})", high=most),
            Goal("mean p / mean true P", "ratio", ""),
        ]
        draws = range(seeds * RIVER_DRAWS.get(learner, 1))
        # Gated on the reference's two streams; on others only printed.
        runs = [(experiments.river, (learner, seed % 2, seed)) for seed in draws]
        found.append(Work(f"River {learner}", runs, goals, seconds))
        elsewhere = [(experiments.river, (learner, 2 + seed, seed)) for seed in draws]
        beside = [Goal("NE - oracle's NE", "regret", ""), Goal("mean p / mean true P", "ratio", "")]
        found.append(Work(f"  on other streams, {learner}", elsewhere, beside, seconds))
    found.extend(calibrator_works(seeds))
    found.append(
        Work(
            "six classes, a tenth kept",
            seeded(class_experiments.tail6, seeds=seeds),
            [
                Goal("log loss of the true P", "oracle", ".6173"),
                Goal("log loss of all events", "full", ".6225"),
                Goal("d of log loss, by score", "score d", "+.0065", high=0.008),
                Goal("d, by score, calibrated", "score d calibrated", "+.0065", high=0.008),
                Goal("d, uniform", "uniform d", "+.0076"),
                *class_goals(".99-1.07"),
                *(
                    Goal(f"ratio of class {k}", f"ratio calibrated class {k}", prototype)
                    for k, prototype in enumerate(("1.00", "1.01", "1.01", "1.01", "1.07", ".95"))
                ),
            ],
            20.0,
        )
    )
    for figures in (policy_figures, correction_figures, calibrator_figures, loss_figures):
        for title, runs, goals_of, seconds in figures.works(seeds):
            found.append(Work(title, runs, [Goal(*goal) for goal in goals_of], seconds))
    found.extend(synthesis_works(seeds))
    for title, function, goals_of, seconds in sampler_figures.FIGURES:
        found.append(Work(title, seeded(function, seeds=seeds), [Goal(*goal) for goal in goals_of], seconds))
    fixed_works = (
        *drift_figures.WORKS,
        *decision_figures.WORKS,
        *metric_figures.WORKS,
        *propensity_figures.WORKS,
    )
    for title, function, goals_of, seconds, fixed in fixed_works:
        found.append(Work(title, seeded(function, seeds=fixed), [Goal(*goal) for goal in goals_of], seconds))
    if streams.data_folder().is_dir():
        found.extend(real_works(seeds))
    return found


def calibrator_works(seeds: int) -> list[Work]:
    """The default calibrator alone: on distorted scores, and on learners of River's that are not sampled."""
    found = []
    for base_rate in BASE_RATES:
        for name in distortions.DISTORTIONS:
            goals = [
                Goal("sum p / sum true P", "ratio", "", 0.95, 1.05),
                Goal("NE - best increasing map's", "excess", "", high=0.01),
            ]
            runs = seeded(distortions.distorted, name, base_rate, seeds=seeds)
            found.append(Work(f"score {base_rate:.1%}, {name}", runs, goals, 0.002 / base_rate))
    for learner in experiments.FOREIGN:
        goals = [
            Goal("sum p / sum true P, second half", "ratio", "", 0.95, 1.05),
            Goal("sum y / sum true P, second half", "labels", ""),
        ]
        runs = seeded(experiments.foreign, learner, seeds=seeds)
        found.append(Work(f"calibrated {learner}", runs, goals, 4.0))
    return found


def class_goals(ratios: str) -> list[Goal]:
    """What is asked of any stream of more than two classes."""
    return [
        Goal("least ratio of a frequent class", "least ratio calibrated", ratios, low=RATIO[0]),
        Goal("largest ratio of a frequent class", "largest ratio calibrated", ratios, high=RATIO[1]),
        Goal("largest, not calibrated", "largest ratio alone", ratios),
        Goal("macro recall by p_k / m_k", "recall", ""),
        Goal("the same of all events", "full recall", ""),
        Goal("G-mean by p_k / m_k", "G-mean", ""),
        Goal("kept share at the end", "kept", ""),
    ]


def synthesis_works(seeds: int) -> list[Work]:
    """Each synthesizer under a sampler that makes copies; HardReplay's NE is not worse than that of copies."""
    found = []
    for learner, n in SYNTHESIZED.items():
        goals = [
            Goal(f"{name}, mean p / base rate", f"{name} ratio", "", *RATIO)
            for name in synthesized.SYNTHESIZERS
        ]
        goals += [Goal(f"{name}, NE - NE of copies", f"{name} d", "") for name in synthesized.SYNTHESIZERS]
        at = next(i for i, goal in enumerate(goals) if goal.measure == "HardReplay d")
        goals[at] = goals[at]._replace(high=HARD_REPLAY_D)
        goals.append(Goal("HardReplay, kept of the rarer class", "kept of the rarer class", "", low=100.0))
        goals.append(Goal("copies, mean p / base rate", "copies ratio", ""))
        goals.append(Goal("unsampled, mean p / base rate", "unsampled ratio", ""))
        runs = [(synthesized.synthesized, (learner, seed, n)) for seed in range(min(seeds, 3))]
        found.append(Work(f"synthesis {learner}", runs, goals, n / 1_000))
    return found


def real_works(seeds: int) -> list[Work]:
    found = [
        Work(
            "real kdd99 attack_class, 4.8 % kept",
            [(class_experiments.attacks, (seeds,))],
            [
                Goal("log loss of all events", "full", ".0040", high=0.0045),
                Goal("log loss, by score", "score alone", ".0050", high=0.0055),
                Goal("log loss, by score, calibrated", "score", ".0050", high=0.0055),
                Goal("log loss, uniform", "uniform alone", ".0082"),
                *class_goals("1.00-1.06"),
                *(
                    Goal(f"ratio of {k}", f"ratio calibrated {k}", prototype)
                    for k, prototype in (("r2l", "1.06"), ("u2r", "1.41"))
                ),
            ],
            40.0 * seeds,
        )
    ]
    for name, (n, ne) in RIVER_SAMPLER.items():
        goals = [Goal(f"NE, first {n:,} rows", "ne", ne), Goal("mean p / base rate", "ratio", "")]
        runs = seeded(experiments.river_sampler, name, n, seeds=seeds)
        found.append(Work(f"River RandomUnderSampler {name}", runs, goals, 3.0))
    for name, (prototype, tolerance, seconds) in REAL_GOALS.items():
        goals = [
            Goal("NE", "ne", f"{prototype:.4f}", high=prototype + tolerance),
            Goal("d", "d", ""),
            Goal("d, both calibrated", "d_calibrated", ""),
            Goal("mean p / base rate", "ratio", ""),
            Goal("kept share at the end", "kept", ""),
        ]
        found.append(Work(f"real {name}", [(experiments.real, (name, seeds))], goals, seconds * seeds))
    for learners in (learner_figures, boosted_figures, hoeffding_figures, moa_ensembles):
        for title, runs, goals_of, seconds in learners.works(seeds):
            found.append(Work(title, runs, [Goal(*goal) for goal in goals_of], seconds))
    return found
