"""The claims of single samplers, each with its runs: what each promises, and that its correction is right.

`FIGURES` lists them for `benchmarks.figures`: title, function of a seed, goals, seconds of a run. A goal is the name
of a figure, its key among the results, the reference, and the bounds that its mean has to keep.
"""

from __future__ import annotations

import math
import random
from array import array
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from river import base, preprocessing
from river import linear_model as river_linear_model

from benchmarks import streams
from benchmarks.experiments import RIVER
from benchmarks.scores import ratio
from streamimb import CalibratedClassifier, SampledClassifier, sampling
from streamimb.linear_model import LogisticRegression
from streamimb.protocols import Sampler
from streamimb.stats import ClassPrior

Measures = dict[str, float]
Goals = list[tuple[str, str, str, float, float]]
NOT_GATED = (-math.inf, math.inf)
TWO = {False: 0.5, True: 0.5}
SETTLED = 25_000  # events after the tenfold jump of the base rate, from which on sums are compared

SAMPLERS: dict[str, Callable[[], Sampler]] = {
    "ClassBalance under": sampling.ClassBalance,
    "ClassBalance over": lambda: sampling.ClassBalance("over"),
    "ClusterSampler": lambda: sampling.ClusterSampler(budget=0.2),
    "DynamicSampler": lambda: sampling.DynamicSampler(budget=0.2),
    "ErrorBandSampler": lambda: sampling.ErrorBandSampler(mu=0.3),
    "ExampleCosts": lambda: sampling.ExampleCosts(miss=20.0),
}


def long_run(name: str, learner: str, seed: int) -> Measures:
    """Mean p over mean true P, 25,000 events after the base rate jumped from .5 % to 5 %: corrected, and calibrated."""
    stream = streams.regime("jump", seed)
    made = RIVER[learner]() if learner in RIVER else LogisticRegression()
    model = CalibratedClassifier(SampledClassifier(made, SAMPLERS[name](), seed=seed))
    corrected, calibrated = array("d"), array("d")
    for x, y in stream.rows():
        scores, _ = model.scores_one(x)
        corrected.append(scores.corrected)
        calibrated.append(scores.calibrated)
        model.learn_one(x, y)
    settled = slice(len(stream.y) // 2 + SETTLED, None)
    truth = stream.p[settled]
    return {
        "ratio": ratio(np.array(corrected)[settled], truth),
        "calibrated": ratio(np.array(calibrated)[settled], truth),
    }


def tail6(seed: int, n: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Features (n, 12) and labels 0 to 5: six classes with shares .6 .3 .08 .015 .004 .001."""
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=(12, 6)) * 0.55
    x = rng.normal(size=(n, 12))
    share = np.array([0.6, 0.3, 0.08, 0.015, 0.004, 0.001])
    b = np.log(share)

    def softmax(z: NDArray[np.float64]) -> NDArray[np.float64]:
        e = np.exp(z - z.max(1, keepdims=True))
        normed: NDArray[np.float64] = e / e.sum(1, keepdims=True)
        return normed

    for _ in range(60):
        b += np.log(share / softmax(x[:20_000] @ weights + b).mean(0))
    p = softmax(x @ weights + b)
    y: NDArray[np.int64] = (p.cumsum(1) < rng.random(n)[:, None]).sum(1).clip(0, 5)
    return x, y


class Uniform(base.Base):
    """Every event is kept at one rate, whatever its class is, but the first of each class."""

    depends_on_x = False
    draws = True

    def __init__(self, keep_rate: float) -> None:
        self.keep_rate = keep_rate
        self._met: set[Any] = set()

    def rates_one(self, x: Any, p: Any, prior: Any) -> dict[Any, float]:
        return {label: self.keep_rate if label in self._met else 1.0 for label in p}

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: float = 1.0) -> None:
        self._met.add(y)


def tail_recall(sampler: Sampler, seed: int, n: int = 60_000) -> Measures:
    """Recall of the three rarest of six classes by the balanced decision, argmax p / prior, and copies per event.

    River's softmax regression behind a scaler, over the second half.
    """
    x, y = tail6(seed, n)
    model = SampledClassifier(
        preprocessing.StandardScaler() | river_linear_model.SoftmaxRegression(), sampler, seed=seed
    )
    prior, hits, counts = ClassPrior(), np.zeros(6), np.zeros(6)
    for i, (values, label) in enumerate(zip(x.tolist(), y.tolist(), strict=True)):
        event = dict(enumerate(values))
        p = model.predict_proba_one(event)
        if i >= n // 2:
            m = prior.over(p)
            hits[label] += max(p, key=lambda k: p[k] / m[k]) == label
            counts[label] += 1
        model.learn_one(event, label)
        prior.update(label, 1.0)
    recalls = hits / counts
    return {"tail": float(recalls[3:].mean()), "all": float(recalls.mean()), "kept": model.kept_share}


def amounts(seed: int) -> Iterator[tuple[dict[str, Any], bool, float]]:
    """Events at .5 %, then 5 %, each with an amount that is lost where it is missed, and its true P."""
    stream = streams.regime("jump", seed)
    sizes = np.random.default_rng(1_000 + seed).lognormal(3.0, 1.0, len(stream.y)).tolist()
    for (x, y), size, p in zip(stream.rows(), sizes, stream.p.tolist(), strict=True):
        yield {**x, "amount": size}, y, p


def expected_cost(seed: int) -> Measures:
    """The cost of an alarm at a raw score of 1/2, over that at the best threshold of a grid, by the true P."""
    model = SampledClassifier(LogisticRegression(), sampling.ExampleCosts("amount", 5.0), seed=seed)
    raw, corrected, truth, sizes = array("d"), array("d"), array("d"), array("d")
    for x, y, p in amounts(seed):
        scores, _ = model.scores_one(x)
        raw.append(scores.raw)
        corrected.append(scores.corrected)
        truth.append(p)
        sizes.append(x["amount"])
        model.learn_one(x, y)
    late = slice(len(raw) // 2 + SETTLED, None)
    found, real, amount = np.array(raw)[late], np.array(truth)[late], np.array(sizes)[late]

    def cost(threshold: float) -> float:
        alarm: NDArray[np.bool_] = found >= threshold
        return float(np.where(alarm, (1.0 - real) * 5.0, real * amount).sum())

    best = min(cost(1.0 / (1.0 + math.exp(-z / 20.0))) for z in range(-60, 61))
    return {"excess": cost(0.5) / best - 1.0, "ratio": ratio(np.array(corrected)[late], real)}


def filtered(seed: int) -> Measures:
    """A filter keeps a quarter of a 5 % stream, by two features; the labels of the kept alone are learned.

    Over the second half: the share of features whose weighted mean among the kept is within two standard errors of the
    mean of all, and without weights; the prior and the mean p over all events, against the true P; the effective sample
    size per kept event.
    """
    stream = streams.regime("jump", seed)
    rows, labels, truth = stream.x[50_000:], stream.y[50_000:], stream.p[50_000:]
    chance = 1.0 / (1.0 + np.exp(1.5 - 1.2 * rows[:, 0] + 0.8 * rows[:, 1]))
    kept = np.random.default_rng(1_000 + seed).random(len(rows)) < chance
    sampler = sampling.DensityRatio()
    model = SampledClassifier(LogisticRegression(), sampler, seed=seed)
    weights, p = np.zeros(len(rows)), np.zeros(len(rows))
    for i, values in enumerate(rows.tolist()):
        x = dict(enumerate(values))
        p[i] = model.predict_proba_one(x)[True]
        weights[i] = sampler.rates_one(x, TWO, TWO)[True]
        sampler.observe_one(x, bool(kept[i]))
        if kept[i]:
            model.learn_one(x, bool(labels[i]))
    late = slice(len(rows) // 2, None)

    def within(w: NDArray[np.float64]) -> float:
        chosen, used = rows[late][kept[late]], w[late][kept[late], None]
        centre = rows[late].mean(0)
        error = np.sqrt((used**2 * (chosen - centre) ** 2).sum(0)) / used.sum()
        return float((np.abs((used * (chosen - centre)).sum(0) / used.sum()) <= 2.0 * error).mean())

    used = weights[late][kept[late]]
    return {
        "within": within(weights),
        "unweighted": within(np.ones(len(rows))),
        "ratio": ratio(p[late], truth[late]),
        "prior": model._prior.rate / float(truth.mean()),
        "effective": float(used.sum() ** 2 / (used**2).sum() / len(used)),
    }


def groups(n: int, seed: int) -> Iterator[tuple[dict[str, Any], bool, int]]:
    """Events of two classes, each of three groups of 70, 25 and 5 %; the base rate moves from 2 % to 20 % half-way."""
    rng = random.Random(seed)
    for i in range(n):
        y = rng.random() < (0.02 if i < n // 2 else 0.2)
        group = rng.choices(range(3), (0.7, 0.25, 0.05))[0]
        x, z = ((0.0, 0.0), (6.0, 0.0), (0.0, 6.0))[group]
        yield {"a": rng.gauss(x + 10.0 * y, 0.7), "b": rng.gauss(z + 10.0 * y, 0.7)}, y, group


def cluster_masses(seed: int, n: int = 120_000) -> Measures:
    """The learned mass of each true group over its part of the budget, in the last third; each group is a cluster."""
    sampler, prior = sampling.ClusterSampler(0.3, n_clusters=3, max_copies=1_000.0), ClassPrior()
    mass = np.zeros((2, 3))
    for i, (x, y, group) in enumerate(groups(n, seed)):
        now = prior.get()
        rates = sampler.rates_one(x, now, now)
        if i >= 2 * n // 3:
            mass[int(y), group] += rates[y]
        sampler.learn_one(x, y, now, rates, now)
        prior.update(y, 1.0)
    parts = mass / (0.05 * (n - 2 * n // 3))
    return {
        f"{label}, {group}": float(parts[int(label), group]) for label in (False, True) for group in range(3)
    }


def tail_gain(seed: int, n: int = 60_000) -> Measures:
    """What DynamicSampler gains in recall over equal caps at the same budget."""
    dynamic = tail_recall(sampling.DynamicSampler(budget=0.1), seed, n)
    capped = tail_recall(sampling.UnderSampler(keep_rate=0.1), seed, n)
    uniform = tail_recall(Uniform(0.1), seed, n)
    return {
        "tail": dynamic["tail"] - capped["tail"],
        "all": dynamic["all"] - capped["all"],
        "uniform": dynamic["tail"] - uniform["tail"],
        "kept": dynamic["kept"],
    }


FIGURES: list[tuple[str, Callable[[int], Measures], Goals, float]] = [
    (
        "ExampleCosts, raw score of 1/2",
        expected_cost,
        [
            ("cost / best on a grid - 1", "excess", "", -math.inf, 0.001),
            ("mean p / mean true P", "ratio", "", 0.95, 1.05),
        ],
        2.0,
    ),
    (
        "ClusterSampler, base rate x 10",
        cluster_masses,
        [
            (f"{label}, group of {size}", f"{label}, {group}", "1", 0.9, 1.1)
            for label in (False, True)
            for group, size in enumerate(("70 %", "25 %", "5 %"))
        ],
        4.0,
    ),
    (
        "DensityRatio, a quarter kept upstream",
        filtered,
        [
            ("features within 2 se, weighted", "within", ".95", 0.9, 1.0),
            ("features within 2 se, unweighted", "unweighted", "", -math.inf, 0.92),
            ("mean p of all / mean true P", "ratio", "", 0.95, 1.05),
            ("prior / mean true P", "prior", "", 0.85, 1.15),
            ("effective sample size per kept", "effective", "", *NOT_GATED),
        ],
        3.0,
    ),
    (
        "DynamicSampler, six classes, budget .1",
        tail_gain,
        [
            ("tail recall - UnderSampler's", "tail", "", 0.0, math.inf),
            ("tail recall - uniform's", "uniform", "", 0.0, math.inf),
            ("macro recall - UnderSampler's", "all", "", 0.0, math.inf),
            ("copies per event", "kept", ".1", 0.09, 0.11),
        ],
        20.0,
    ),
    *(
        (
            f"{name}, {learner}",
            partial(long_run, name, learner),
            [
                ("mean p / mean true P, long run", "ratio", "", *bounds),
                ("  calibrated", "calibrated", "", 0.95, 1.05),
            ],
            4.0,
        )
        for name, learner, bounds in (
            ("ClassBalance under", "ours", (0.9, 1.1)),
            ("ClassBalance under", "scaler|LogisticRegression", (0.9, 1.1)),
            ("ClassBalance over", "ours", (0.95, 1.05)),
            ("ClassBalance over", "scaler|LogisticRegression", NOT_GATED),
            ("ClusterSampler", "ours", (0.9, 1.1)),
            ("ClusterSampler", "scaler|LogisticRegression", NOT_GATED),
            ("DynamicSampler", "ours", (0.9, 1.1)),
            ("DynamicSampler", "scaler|LogisticRegression", NOT_GATED),
            ("ErrorBandSampler", "ours", (0.95, 1.05)),
            ("ErrorBandSampler", "scaler|LogisticRegression", NOT_GATED),
            ("ExampleCosts", "ours", (0.95, 1.05)),
            ("ExampleCosts", "scaler|LogisticRegression", NOT_GATED),
        )
    ),
]
