"""Calibration of all classes behind our K-class learner on kdd99's attack classes; nothing is sampled."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import Any

from benchmarks import class_streams
from benchmarks.scores import WARM_UP
from streamimb.calibration import PlattMixture, Temperature, VectorScaling
from streamimb.compose import CalibratedClassifier
from streamimb.linear_model import SoftmaxRegression

LEAST = 1e-9
MANY = 200  # events of a class from which on its ratio is judged


class Tally:
    """Log loss and sums by class of what was served."""

    def __init__(self) -> None:
        self.loss = 0.0
        self.sums: defaultdict[Any, float] = defaultdict(float)

    def add(self, p: dict[Any, float], y: Any) -> None:
        """Add the answer for an event of class y."""
        self.loss -= math.log(max(LEAST, p.get(y, 0.0)))
        for k, q in p.items():
            self.sums[k] += q


def attacks() -> list[dict[str, float]]:
    """Log loss without a calibrator; with each, the difference and the least and largest ratio of a class."""
    separate = CalibratedClassifier(SoftmaxRegression(), PlattMixture())
    joint: dict[str, Any] = {"Temperature": Temperature(), "VectorScaling": VectorScaling()}
    tallies = {name: Tally() for name in ("alone", "PlattMixture", *joint)}
    labels: Counter[Any] = Counter()
    for i, (x, y) in enumerate(class_streams.attacks()):
        p = separate.classifier.predict_proba_one(x)
        served = i >= WARM_UP
        if served:
            labels[y] += 1
            tallies["alone"].add(p, y)
            tallies["PlattMixture"].add(separate.predict_proba_one(x), y)
        separate.learn_one(x, y)
        for name, calibrator in joint.items():
            if served:
                tallies[name].add(calibrator.calibrate_one(p), y)
            if p:
                calibrator.learn_one(p, y)
    n = labels.total()
    found = {"alone": tallies["alone"].loss / n}
    for name, tally in tallies.items():
        ratios = [tally.sums[k] / labels[k] for k in labels if labels[k] >= MANY]
        found[f"{name} least"], found[f"{name} largest"] = min(ratios), max(ratios)
        found[f"{name} d"] = (tally.loss - tallies["alone"].loss) / n
    return [found]
