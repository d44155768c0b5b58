"""The claims of the decision rules on streams with known probabilities: shares, limits, capacities and coverage.

`WORKS` lists them for `benchmarks.figures`: title, function of a seed, goals, seconds of a run, number of seeds. A goal
is the name of a figure, its key among the results, the reference, and the bounds its mean has to keep.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from streamimb import decision
from streamimb.protocols import DecisionRule

Measures = dict[str, float]
Goals = list[tuple[str, str, str, float, float]]
NOT_GATED = (-math.inf, math.inf)
SHARE = 0.005
SETTLING = 5_000  # events after a shift
DAY = 86_400.0


def rare(seed: int, n: int, mean: float = -6.5, sd: float = 1.8) -> list[float]:
    """n calibrated probabilities whose log-odds are normal: about .65 % of the events are positive."""
    found: list[float] = (1.0 / (1.0 + np.exp(-np.random.default_rng(seed).normal(mean, sd, n)))).tolist()
    return found


def acted_on(rule: DecisionRule, p: Sequence[float], times: Sequence[float] | None = None) -> Any:
    """Which events a rule acts on; an event a second where no times are given."""
    threshold, observe = rule.threshold_one, rule.observe_one
    x: dict[str, Any] = {}
    acted = []
    for one, t in zip(p, range(len(p)) if times is None else times, strict=True):
        acted.append(one >= threshold(x, t))
        observe(one, x, t)
    return np.array(acted)


def budget(seed: int) -> Measures:
    """The share of a million events; events until it is back after shifts; half the scores exactly 1."""
    measured = {"share": float(acted_on(decision.AlertBudget(SHARE), rare(seed, 1_000_000)).mean())}
    for name, move in (("up", 1.5), ("down", -1.5)):
        later = []
        for part in range(10):
            rule, key = decision.AlertBudget(SHARE), 100 * seed + part
            acted_on(rule, rare(key, 20_000))
            acted_on(rule, rare(key + 50, SETTLING, mean=-6.5 + move))
            later.append(acted_on(rule, rare(key + 70, SETTLING, mean=-6.5 + move)).mean())
        measured[name] = float(np.mean(later))
    half = np.where(np.random.default_rng(seed).random(200_000) < 0.5, 1.0, rare(seed, 200_000))
    measured["half at 1"] = float(acted_on(decision.AlertBudget(SHARE), half.tolist())[20_000:].mean())
    measured["all 0"] = float(acted_on(decision.AlertBudget(SHARE), [0.0] * 200_000)[40_000:].mean())
    return measured


def capacity(seed: int) -> Measures:
    """Actions of twelve days at 100 a day, three of them with three times the events, and what they found."""
    rng = np.random.default_rng(seed)
    rule = decision.CapacityThreshold(100, DAY)
    used, after = list[int](), list[int]()
    found, best = {"alike": 0.0, "busy": 0.0}, {"alike": 0.0, "busy": 0.0}
    busy = (4, 5, 9)
    for day in range(12):
        n = 30_000 if day in busy else 10_000
        p = np.array(rare(1_000 * seed + day, n))
        times = np.sort(rng.uniform(DAY * day, DAY * (day + 1), n)).tolist()
        acted = acted_on(rule, p.tolist(), times)
        if day > 0:
            (after if day - 1 in busy and day not in busy else used).append(int(acted.sum()))
            kind = "busy" if {day, day - 1} & set(busy) else "alike"
            found[kind] += float(p[acted].sum())
            best[kind] += float(np.sort(p)[-100:].sum())
    return {
        "most": float(max(used + after)),
        "least": float(min(used)),
        "least after": float(min(after)),
        **{f"found, {kind}": found[kind] / best[kind] for kind in found},
    }


def limit(seed: int) -> Measures:
    """Of 5 actions a minute, in a storm with pauses and with wrong times: the most in any minute, and how many."""
    rng = np.random.default_rng(seed)
    gaps = rng.exponential(np.where(rng.random(20_000) < 0.997, 0.1, 100.0))
    right = np.cumsum(gaps)
    wrong = right + np.where(rng.random(20_000) < 0.02, rng.choice([600.0, 5e5, 1e12], 20_000), 0.0)
    measured = {}
    for name, times in (("right", right), ("wrong", wrong)):
        rule = decision.RateLimit(decision.CostThreshold(miss=99.0), actions=5, per_s=60.0)
        at = right[acted_on(rule, [0.99] * 20_000, times.tolist())]
        measured[f"most, {name}"] = float(
            max(i - np.searchsorted(at, t - 60.0, side="right") for i, t in enumerate(at, 1))
        )
        measured[f"actions, {name}"] = float(len(at))
    return measured


def coverage(seed: int) -> Measures:
    """The share of each class whose set has it, where .65 % are positive, and the classes in a set."""
    n = 200_000
    p = rare(seed, n)
    y = (np.random.default_rng(seed + 1_000).random(n) < p).tolist()
    rule = decision.MondrianConformal(0.9)
    covered, of = {False: 0, True: 0}, {False: 0, True: 0}
    size = 0
    for one, label in zip(p, y, strict=True):
        proba = {False: 1.0 - one, True: one}
        said = rule.classes_one(proba)
        size += len(said)
        covered[label] += label in said
        of[label] += 1
        rule.learn_one(proba, label)
    return {
        "negatives": covered[False] / of[False],
        "positives": covered[True] / of[True],
        "size": size / n,
    }


WORKS: list[tuple[str, Callable[[int], Measures], Goals, float, int]] = [
    (
        "decisions, AlertBudget of .0050",
        budget,
        [
            ("share of a million events", "share", ".0048-.0052", 0.0048, 0.0052),
            ("5,000 after log-odds + 1.5", "up", ".0050", 0.0045, 0.0055),
            ("5,000 after log-odds - 1.5", "down", ".0050", 0.0045, 0.0055),
            ("half the scores are exactly 1", "half at 1", ".0050", 0.0048, 0.0052),
            ("all scores are exactly 0", "all 0", ".0050", 0.0048, 0.0052),
        ],
        8.0,
        4,
    ),
    (
        "decisions, CapacityThreshold of 100 a day",
        capacity,
        [
            ("most of a day", "most", "<= 100", -math.inf, 100.0),
            ("least of a day", "least", "", 90.0, math.inf),
            ("least after a day with 3 x events", "least after", "", *NOT_GATED),
            ("found of the 100 likeliest", "found, alike", "", 0.95, math.inf),
            ("  of days with 3 x events, and the next", "found, busy", "", *NOT_GATED),
        ],
        1.0,
        5,
    ),
    (
        "decisions, RateLimit of 5 a minute",
        limit,
        [
            ("most in any minute", "most, right", "<= 5", -math.inf, 5.0),
            ("actions", "actions, right", "", *NOT_GATED),
            ("most, 2 % dated ahead", "most, wrong", "<= 5", -math.inf, 5.0),
            ("actions, 2 % dated ahead", "actions, wrong", "", *NOT_GATED),
        ],
        0.3,
        5,
    ),
    (
        "decisions, MondrianConformal of 90 %",
        coverage,
        [
            ("coverage of negatives", "negatives", ".90", 0.89, 0.91),
            ("coverage of positives, .65 %", "positives", ".90", 0.89, 0.91),
            ("classes in a set", "size", "", *NOT_GATED),
        ],
        1.5,
        5,
    ),
]
