"""Wrappers of River's around a sampled classifier of ours: they change the stream that it sees, and it cannot know.

Our own wrappers and the engine refuse such a model; used alone, nothing can refuse it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from river import base, ensemble, imblearn

from benchmarks import streams
from benchmarks.experiments import served
from benchmarks.scores import WARM_UP, ratio
from streamimb import SampledClassifier
from streamimb.linear_model import LogisticRegression

N = 30_000
WEIGHT = 10.0  # of positives, as a caller gives it
HALVES = {False: 0.5, True: 0.5}
MODELS = 3


class Weighing(base.Base):
    """A caller that gives positives a weight, while the sampled classifier corrects for its own sampler only."""

    def __init__(self, model: SampledClassifier) -> None:
        self.model = model

    def learn_one(self, x: Any, y: bool) -> None:
        self.model.learn_one(x, y, w=WEIGHT if y else 1.0)

    def predict_proba_one(self, x: Any) -> Any:
        return self.model.predict_proba_one(x)


AROUND: dict[str, Callable[[Any, int], Any]] = {
    "nothing": lambda model, seed: model,
    "RandomUnderSampler": lambda model, seed: imblearn.RandomUnderSampler(model, HALVES, seed=seed),
    "RandomOverSampler": lambda model, seed: imblearn.RandomOverSampler(model, HALVES, seed=seed),
    "RandomSampler": lambda model, seed: imblearn.RandomSampler(model, HALVES, seed=seed),
    "HardSamplingClassifier": lambda model, seed: imblearn.HardSamplingClassifier(
        model, size=30, p=0.2, seed=seed
    ),
    "AdaBoostClassifier": lambda model, seed: ensemble.AdaBoostClassifier(model, n_models=MODELS, seed=seed),
    "BOLEClassifier": lambda model, seed: ensemble.BOLEClassifier(model, n_models=MODELS, seed=seed),
    "ADWINBoostingClassifier": lambda model, seed: ensemble.ADWINBoostingClassifier(
        model, n_models=MODELS, seed=seed
    ),
    "a caller's class weights": lambda model, seed: Weighing(model),
    "BaggingClassifier": lambda model, seed: ensemble.BaggingClassifier(model, n_models=MODELS, seed=seed),
}


# what docs/double_correction.md says
REFERENCES = {
    "nothing": "1",
    "RandomUnderSampler": "11.3",
    "RandomOverSampler": "9.6",
    "RandomSampler": "10.0",
    "HardSamplingClassifier": ".57",
    "AdaBoostClassifier": "5.5",
    "BOLEClassifier": "4.8",
    "ADWINBoostingClassifier": "1.02",
    "a caller's class weights": "5.6",
    "BaggingClassifier": "1.03",
}


def around(name: str, seed: int) -> dict[str, float]:
    """Mean p over the mean true P, on a stream of 3 % positives."""
    stream = streams.regime("stat3", seed, N, features=6)
    model = AROUND[name](SampledClassifier(LogisticRegression(), seed=seed), seed)
    p = np.array(served(model, stream.rows()))
    return {"ratio": ratio(p[WARM_UP:], stream.p[WARM_UP:])}
