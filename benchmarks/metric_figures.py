"""The claims of the metrics and of the prior without labels, on streams with known truth.

`WORKS` as in `benchmarks.decision_figures`.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
from river import metrics as river_metrics

from benchmarks.decision_figures import NOT_GATED, Goals, Measures
from streamimb import metrics
from streamimb.stats import ClassPrior, LabelFreePrior

N = 100_000
KINDS = ("plain", "weighted", "narrow", "moved", ".15 %")
HALF_LIVES = (5_000, math.inf)
TENFOLD = math.log(10.0)
MILLION = 1_000_000


def stream(kind: str, seed: int, n: int = N) -> tuple[Any, Any, Any]:
    """Labels, scores and weights of a calibrated stream of about 1 % positives: scores narrow or moving, or weights."""
    rng = np.random.default_rng(seed)
    base = 0.0015 if kind == ".15 %" else 0.01
    p = 1.0 / (1.0 + np.exp(-(1.4 * rng.normal(size=n) + math.log(base) - 0.9)))
    y = rng.random(n) < p
    w = rng.exponential(size=n) + 0.05 if kind == "weighted" else np.ones(n)
    if kind == "narrow":
        p = 0.5 + 1e-4 * p
    if kind == "moved":
        p = p * np.linspace(1.0, 0.1, n)
    return y, p, w


def exact(y: Any, p: Any, w: Any) -> tuple[float, float]:
    """The area under the ROC curve and the average precision, ties as one step."""
    order = np.argsort(-p, kind="stable")
    p, hits, misses = p[order], (w * y)[order], (w * ~y)[order]
    ends = np.r_[np.nonzero(np.diff(p))[0], len(p) - 1]
    tp, fp = np.cumsum(hits)[ends], np.cumsum(misses)[ends]
    up, right = np.diff(np.r_[0.0, tp]), np.diff(np.r_[0.0, fp])
    area = float((right * (tp - 0.5 * up)).sum() / tp[-1] / fp[-1])
    return area, float((up * tp / (tp + fp)).sum() / tp[-1])


def ranking(seed: int) -> Measures:
    """The largest error of each area over kinds of streams and half-lives."""
    worst = {"ROCAUC": 0.0, "PRAUC": 0.0}
    for kind in KINDS:
        y, p, w = stream(kind, seed)
        for half_life in HALF_LIVES:
            kept = w * 0.5 ** (np.arange(N - 1, -1, -1) / half_life)
            for make, truth in zip((metrics.ROCAUC, metrics.PRAUC), exact(y, p, kept), strict=True):
                metric = make(half_life)
                for event in zip(y.tolist(), p.tolist(), w.tolist(), strict=True):
                    metric.update(*event)
                worst[make.__name__] = max(worst[make.__name__], abs(metric.get() - truth))
    return worst


def box(seed: int, n: int = 20_000) -> Measures:
    """A calibrated model, and one that ranks a little worse and says 50 times the odds: areas, and recall at .5."""
    rng = np.random.default_rng(seed)
    z = 1.6 * rng.normal(size=n) - 6.0
    y = rng.random(n) < 1.0 / (1.0 + np.exp(-z))
    worse = z + 0.5 * rng.normal(size=n) + math.log(50.0)
    measured: Measures = {}
    for name, odds in (("calibrated", z), ("uncorrected", worse)):
        p = 1.0 / (1.0 + np.exp(-odds))
        ours, theirs = metrics.ROCAUC(math.inf), river_metrics.ROCAUC()
        for hit, one in zip(y.tolist(), p.tolist(), strict=True):
            ours.update(hit, one)
            theirs.update(hit, one)
        area, _ = exact(y, p, np.ones(n))
        measured[f"exact, {name}"] = area
        measured[f"error, {name}"] = abs(ours.get() - area)
        measured[f"River, {name}"] = float(theirs.get())
        measured[f"recall at .5, {name}"] = float((p[y] >= 0.5).mean())
    measured["River, difference"] = measured["River, calibrated"] - measured["River, uncorrected"]
    measured["exact, difference"] = measured["exact, calibrated"] - measured["exact, uncorrected"]
    return measured


def expected(seed: int, streams: int = 200) -> Measures:
    """The share of streams in which what came lies in the interval that was expected."""
    names = ("positives", "precision", "recall", "cost")
    held = dict.fromkeys(names, 0.0)
    for part in range(streams):
        metric = metrics.ExpectedPerformance(0.05, half_life=math.inf)
        y, p, _ = stream("plain", 1_000 * seed + part, 6_000)
        for hit, one in zip(y.tolist(), p.tolist(), strict=True):
            metric.serve(one)
            metric.update(hit, one)
        before, came = metric.expected(), metric.measured()
        for name in names:
            interval = getattr(before, name)
            held[name] += (interval.low <= getattr(came, name).value <= interval.high) / streams
    return held


def without_labels(seed: int) -> Measures:
    """The prior from scores calibrated at 5 %: of streams with other rates, its furthest from 5 %, and cuts by labels.

    A cut of `ClassPrior` shortens its longest memory. Scores without labels cut nothing.
    """
    rng = random.Random(seed)
    measured: Measures = {}
    furthest = 0.0
    for rate in (0.02, 0.05, 0.2):
        estimate, total = LabelFreePrior(prior=0.05), 0.0
        for i in range(40_000):
            estimate.update(rng.betavariate(2, 19) if rng.random() < rate else rng.betavariate(1, 20))
            if i >= 10_000:
                total += estimate.get() / 30_000
        measured[f"{rate:g}"] = total / rate
    for extreme in (0.0, 1.0, 1e-9, 0.999):
        estimate = LabelFreePrior(prior=0.05)
        for _ in range(5_000):
            estimate.update(extreme)
            m = estimate.get()
            furthest = max(furthest, abs(math.log(m / (1.0 - m)) - math.log(0.05 / 0.95)))
    measured["furthest"] = furthest
    prior, cuts, longest = ClassPrior(), 0, 0.0
    for _ in range(MILLION):
        prior.update(rng.random() < 0.05)
        mass = prior.longest[1]
        cuts += mass < 0.9 * longest
        longest = mass
    measured["false cuts"] = float(cuts)
    return measured


WORKS: list[tuple[str, Callable[[int], Measures], Goals, float, int]] = [
    (
        "metrics, error of the ranking, 10 streams",
        ranking,
        [
            ("ROCAUC, largest", "ROCAUC", "<= .002", -math.inf, 0.002),
            ("PRAUC, largest", "PRAUC", "<= .002", -math.inf, 0.002),
        ],
        8.0,
        3,
    ),
    (
        "metrics, ROCAUC and .5 at .8 %",
        box,
        [
            ("exact area, calibrated", "exact, calibrated", ".865", *NOT_GATED),
            ("exact area, uncorrected", "exact, uncorrected", ".853", *NOT_GATED),
            ("ours - exact", "error, calibrated", "", -math.inf, 0.001),
            ("River, calibrated", "River, calibrated", ".742", *NOT_GATED),
            ("River, uncorrected", "River, uncorrected", ".849", *NOT_GATED),
            ("exact, calibrated - uncorrected", "exact, difference", "", 0.0, math.inf),
            ("River, calibrated - uncorrected", "River, difference", "", -math.inf, 0.0),
            ("recall at .5, calibrated", "recall at .5, calibrated", "", *NOT_GATED),
            ("recall at .5, uncorrected", "recall at .5, uncorrected", "", *NOT_GATED),
        ],
        1.0,
        4,
    ),
    (
        "metrics, ExpectedPerformance, held by 95 %",
        expected,
        [(name, name, ".95", 0.92, 0.98) for name in ("positives", "precision", "recall", "cost")],
        1.0,
        4,
    ),
    (
        "prior without labels, reference 5 %",
        without_labels,
        [
            ("estimate / truth of 2 %", "0.02", "1", 0.8, 1.2),
            ("estimate / truth of 5 %", "0.05", "1", 0.9, 1.1),
            ("estimate / truth of 20 %", "0.2", "1", 0.9, 1.1),
            ("furthest, log-odds", "furthest", "ln 10 = 2.303", -math.inf, TENFOLD + 1e-9),
            ("ClassPrior, cuts in 10^6 quiet labels", "false cuts", "", *NOT_GATED),
        ],
        2.0,
        3,
    ),
]
