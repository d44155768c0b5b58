"""The default calibrator behind scores that are right, where labels of a sample weigh 1/propensity."""

from __future__ import annotations

import math
import random
from typing import Any

from river import base

from streamimb import CalibratedClassifier, calibration

N = 100_000
WARM_UP = 20_000  # events that are not scored
SURE = 0.05  # P(True) above which the label always comes
PROPENSITIES = (1.0, 0.1, 0.05, 0.02)  # of the other events
CALIBRATORS = {"PlattMixture": calibration.PlattMixture, "Platt": calibration.Platt}


class Said(base.Classifier):
    """A classifier that answers the true probability, which stands in the event."""

    def learn_one(self, x: Any, y: Any, w: float = 1.0, **kwargs: Any) -> None:
        """Learns nothing."""

    def predict_proba_one(self, x: Any, **kwargs: Any) -> dict[Any, float]:
        return {True: x["p"], False: 1.0 - x["p"]}


def weighed(seed: int) -> dict[str, float]:
    """NE of calibrated scores minus that of the truth, and their mean over its mean, by calibrator and propensity."""
    measured = {}
    for name, make in CALIBRATORS.items():
        for propensity in PROPENSITIES:
            rng = random.Random(seed)
            model = CalibratedClassifier(Said(), make())
            lost = served = true = 0.0
            for i in range(N):
                p = 1.0 / (1.0 + math.exp(5.0 - rng.gauss(0.0, 1.2)))
                if i >= WARM_UP:
                    q = model.predict_proba_one({"p": p})[True]
                    lost += p * math.log(p / q) + (1.0 - p) * math.log((1.0 - p) / (1.0 - q))
                    served, true = served + q, true + p
                given = 1.0 if p > SURE else propensity
                if rng.random() < given:
                    model.learn_one({"p": p}, rng.random() < p, w=1.0 / given)
            rate = true / (N - WARM_UP)
            entropy = -rate * math.log(rate) - (1.0 - rate) * math.log1p(-rate)
            measured[f"{name} {propensity} d"] = lost / (N - WARM_UP) / entropy
            measured[f"{name} {propensity} ratio"] = served / true
    return measured
