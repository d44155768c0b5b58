"""Runs of a synthesizer under a sampler that makes copies, against the same sampler with copies of the events.

1 % positives, 12 features; a positive is learned 20 times in the mean, a negative once, and under `HardReplay` 1.2
times, so that both classes are replayed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from river import linear_model as river_linear_model
from river import preprocessing, tree

from benchmarks import streams
from benchmarks.copying import Copying
from benchmarks.experiments import Measures, served
from benchmarks.scores import WARM_UP, normalised_entropy, ratio
from streamimb import CalibratedClassifier, SampledClassifier
from streamimb.linear_model import LogisticRegression
from streamimb.synthesis import SMOTE, BorderlineSMOTE, External, GaussianReplay, HardReplay, Remix

EVENTS = 60_000

LEARNERS: dict[str, Callable[[], Any]] = {
    "LogisticRegression": LogisticRegression,
    "River scaler|LogisticRegression": lambda: (
        preprocessing.StandardScaler() | river_linear_model.LogisticRegression()
    ),
    "River HoeffdingTreeClassifier": tree.HoeffdingTreeClassifier,
}
SYNTHESIZERS: dict[str, Callable[[int], Any]] = {
    "SMOTE": lambda seed: SMOTE(seed=seed),
    "BorderlineSMOTE": lambda seed: BorderlineSMOTE(seed=seed),
    "GaussianReplay": lambda seed: GaussianReplay(seed=seed),
    "Remix": lambda seed: Remix(seed=seed),
    "External": lambda seed: External(SMOTE(seed=seed), share=0.5, seed=seed),
    "HardReplay": lambda seed: HardReplay(seed=seed),
}


def synthesized(name: str, learner: str, seed: int, n: int = EVENTS) -> Measures:
    """Ratio to the true P behind the calibrator, and NE less that of the same sampler with copies, and unsampled."""
    stream = streams.regime("stat", seed, n, features=12)
    sampler = Copying(negatives=1.2 if name == "HardReplay" else 1.0)

    def run(synthesizer: Any, sampled: bool = True) -> Any:
        model = LEARNERS[learner]()
        if sampled:
            model = SampledClassifier(model, sampler.clone(), seed=seed, synthesizer=synthesizer)
        return served(CalibratedClassifier(model), stream.rows())

    synthesizer = SYNTHESIZERS[name](seed)
    p, copies, everything = run(synthesizer), run(None), run(None, sampled=False)
    ne = normalised_entropy(stream.y, p)
    said = np.array(p)[WARM_UP:]
    labels = stream.y[WARM_UP:]
    return {
        "ratio": ratio(said, labels),
        "truth": ratio(said, stream.p[WARM_UP:]),
        "ne": ne,
        "copies_ratio": ratio(copies[WARM_UP:], labels),
        "everything_ratio": ratio(everything[WARM_UP:], labels),
        "d_copies": ne - normalised_entropy(stream.y, copies),
        "d_unsampled": ne - normalised_entropy(stream.y, everything),
        "kept": min((len(synthesizer.kept(y)) for y in (False, True)), default=0)
        if name == "HardReplay"
        else 0,
    }
