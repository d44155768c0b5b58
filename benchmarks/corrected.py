"""Whether the probabilities of a sampled learner are those of the unsampled stream, by sampler, learner and route."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from river import linear_model as river_linear_model
from river import preprocessing

from benchmarks import streams
from benchmarks.scores import normalised_entropy, ratio
from streamimb import CalibratedClassifier, SampledClassifier
from streamimb.linear_model import LogisticRegression
from streamimb.sampling import (
    BothSampler,
    ClassWeights,
    OverSampler,
    Product,
    ScoreUnderSampler,
    UnderSampler,
)

SAMPLERS: dict[str, Callable[[], Any]] = {
    "OverSampler": OverSampler,
    "BothSampler": lambda: BothSampler(share=0.4, budget=0.1),
    "ClassWeights balanced": ClassWeights,
    "ClassWeights effective_number": lambda: ClassWeights("effective_number"),
    "ScoreUnderSampler L": lambda: ScoreUnderSampler(criterion="L"),
    "ScoreUnderSampler score": ScoreUnderSampler,
    "Product": lambda: Product(UnderSampler(keep_rate=0.3), OverSampler()),
    "Product by score": lambda: Product(ScoreUnderSampler(keep_rate=0.2), OverSampler()),
    "Product of weights": lambda: Product(ClassWeights(((True, 5.0),)), ClassWeights("effective_number")),
}
LEARNERS: dict[str, Callable[[], Any]] = {
    "ours": LogisticRegression,
    "River": lambda: preprocessing.StandardScaler() | river_linear_model.LogisticRegression(),
}
ROUTES = {"ours": ("offset", "prior", "weight"), "River": ("prior", "weight")}


def pairs() -> list[tuple[str, str, str]]:
    """Every sampler, learner and route that go together: weights are not taken out by weights."""
    return [
        (sampler, learner, route)
        for sampler, make in SAMPLERS.items()
        for learner, routes in ROUTES.items()
        for route in routes
        if route != "weight" or make().draws
    ]


def corrected(sampler: str, learner: str, route: str, n: int, seed: int) -> dict[str, float]:
    """Mean p over the base rate after a third of the stream: as a sampled learner says it, corrected, calibrated.

    `regret`: normalised entropy, corrected, above that of the true P. `kept`: copies per event.
    """
    stream = streams.regime("stat", seed, n, features=6)
    sampled = SampledClassifier(LEARNERS[learner](), SAMPLERS[sampler](), route, seed=seed)
    model, said = CalibratedClassifier(sampled), np.empty((n, 3))
    for i, (x, y) in enumerate(stream.rows()):
        scores, _ = model.scores_one(x)
        said[i] = scores.raw, scores.corrected, scores.calibrated
        model.learn_one(x, y)
    rest = slice(n // 3, None)
    raw, corrected, calibrated = (ratio(p[rest], stream.y[rest]) for p in said.T)
    return {
        "raw": raw,
        "corrected": corrected,
        "calibrated": calibrated,
        "regret": normalised_entropy(stream.y, said[:, 1]) - normalised_entropy(stream.y, stream.p),
        "kept": model.kept_share,
    }
