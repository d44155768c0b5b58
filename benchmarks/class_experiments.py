"""Runs on streams of more than two classes, predict then learn: each returns plain numbers under short names.

Our K-class learner on all events, and sampled to the same budget uniformly and by score; of each the log loss, of the
sampled one also the sum of p over the sum of the truth by class, macro recall, and the geometric mean of recalls. The
balanced decision is the class with the largest p_k / m_k; m_k: the share of class k so far.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np

from benchmarks import class_streams
from benchmarks.scores import WARM_UP
from streamimb import CalibratedClassifier, SampledClassifier
from streamimb.linear_model import SoftmaxRegression
from streamimb.sampling import ScoreUnderSampler, UnderSampler

Measures = dict[str, float]
Rows = Iterable[tuple[dict[Any, Any], str]]
LEAST = 1e-9  # probability of a label, in the log loss
MANY = 1_000  # events from which on the ratio of a class is judged


class Tally:
    """What was served of each class, from `WARM_UP` on."""

    def __init__(self) -> None:
        self.loss = 0.0
        self.sums: defaultdict[str, float] = defaultdict(float)
        self.found: Counter[str] = Counter()

    def add(self, p: dict[str, float], y: str, met: Counter[str]) -> None:
        """Add the answer for an event of class y; `met`: the events of each class before it."""
        self.loss -= math.log(max(LEAST, p.get(y, 0.0)))
        for k, q in p.items():
            self.sums[k] += q
        self.found[y] += max(p, key=lambda k: p[k] / max(0.5, met[k])) == y

    def recalls(self, labels: Counter[str]) -> list[float]:
        """The share of the events of each class for which it was decided."""
        return [self.found[k] / n for k, n in labels.items()]


def sampled(sampler: Any, seed: int) -> Any:
    """Ours under a sampler, with the default calibrator for each class."""
    return CalibratedClassifier(SampledClassifier(SoftmaxRegression(), sampler, seed=seed))


def _run(rows: Rows, budget: float, seeds: Iterable[int], truth: dict[str, float] | None) -> list[Measures]:
    """One entry per seed of the draws; `truth`: the true sum of P of each class, None: its events."""
    everything = SampledClassifier(
        SoftmaxRegression(), UnderSampler(keep_rate=1.0), seed=0
    )  # at two anchors too
    all_events = Tally()
    compared = [
        (name, seed, sampled(sampler(keep_rate=budget), seed), Tally(), Tally())
        for seed in seeds
        for name, sampler in (("score", ScoreUnderSampler), ("uniform", UnderSampler))
    ]
    met: Counter[str] = Counter()
    labels: Counter[str] = Counter()
    for i, (x, y) in enumerate(rows):
        served = i >= WARM_UP
        if served:
            labels[y] += 1
            all_events.add(everything.predict_proba_one(x), y, met)
            for _, _, model, alone, calibrated in compared:
                alone.add(model.classifier.predict_proba_one(x), y, met)
                calibrated.add(model.predict_proba_one(x), y, met)
        everything.learn_one(x, y)
        for _, _, model, _, _ in compared:
            model.learn_one(x, y)
        met[y] += 1
    n = labels.total()
    true = labels if truth is None else truth
    judged = [k for k in labels if labels[k] >= MANY]
    found: dict[int, Measures] = {}
    for name, seed, model, alone, calibrated in compared:
        own = found.setdefault(seed, {"full": all_events.loss / n})
        own[f"{name} alone"], own[name] = alone.loss / n, calibrated.loss / n
        own[f"{name} d"] = (alone.loss - all_events.loss) / n
        own[f"{name} d calibrated"] = (calibrated.loss - all_events.loss) / n
        if name == "score":
            recalls = calibrated.recalls(labels)
            own["recall"] = float(np.mean(recalls))
            own["full recall"] = float(np.mean(all_events.recalls(labels)))
            own["G-mean"] = float(np.exp(np.mean(np.log(np.maximum(1e-9, recalls)))))
            own["kept"] = model.kept_share
            for how, tally in (("alone", alone), ("calibrated", calibrated)):
                ratios = {k: tally.sums[k] / true[k] for k in labels}
                own |= {f"ratio {how} {k}": ratio for k, ratio in ratios.items()}
                own[f"least ratio {how}"] = min(ratios[k] for k in judged)
                own[f"largest ratio {how}"] = max(ratios[k] for k in judged)
    return list(found.values())


def tail6(seed: int) -> Measures:
    """Six classes with known P(k|x), a tenth kept."""
    stream = class_streams.tail6(seed)
    sums = stream.p[WARM_UP:].sum(0).tolist()
    truth = {f"class {k}": total for k, total in enumerate(sums)}
    (measured,) = _run(stream.rows(), 0.1, [seed], truth)
    picked = [int(y.split()[1]) for y in stream.y]
    said = stream.p[np.arange(len(picked)), picked][WARM_UP:]
    return {**measured, "oracle": float(-np.log(said).mean())}


def attacks(seeds: int) -> list[Measures]:
    """kdd99's classes of attacks, 4.8 % kept: a mean rate of .05; all seeds of the draws beside each other."""
    return _run(class_streams.attacks(), 0.05, range(seeds), None)
