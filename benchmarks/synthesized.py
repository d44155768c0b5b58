"""Runs of a synthesizer under a sampler that makes copies, against the same sampler with copies of the events.

1 % positives, 12 features; a positive is learned 20 times in the mean, a negative once, and under `HardReplay` 1.2
times, so that both classes are replayed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from river import linear_model as river_linear_model
from river import preprocessing, tree

from benchmarks import streams
from benchmarks.copying import Copying
from benchmarks.experiments import Measures, served
from benchmarks.scores import WARM_UP, normalised_entropy, ratio
from streamimb import CalibratedClassifier, SampledClassifier
from streamimb.linear_model import LogisticRegression
from streamimb.synthesis import SMOTE, BorderlineSMOTE, External, GaussianReplay, HardReplay, Remix

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

NEGATIVES = {"HardReplay": 1.2}  # copies of a negative in the mean; 1 of the others


def synthesized(learner: str, seed: int, n: int, names: Iterable[str] = tuple(SYNTHESIZERS)) -> Measures:
    """Of each synthesizer, behind the calibrator: mean p over the base rate, and NE less that with copies.

    Beside them "copies" and "unsampled": the ratio of the same sampler without a synthesizer, and of no sampler.
    """
    stream = streams.regime("stat", seed, n, features=12)

    def run(negatives: float, synthesizer: Any = None) -> tuple[float, float]:
        sampler = Copying(negatives=negatives)
        model = SampledClassifier(LEARNERS[learner](), sampler, seed=seed, synthesizer=synthesizer)
        return figures(served(CalibratedClassifier(model), stream.rows()))

    def figures(p: Any) -> tuple[float, float]:
        return ratio(p[WARM_UP:], stream.y[WARM_UP:]), normalised_entropy(stream.y, p)

    plain = figures(served(CalibratedClassifier(LEARNERS[learner]()), stream.rows()))
    copies = {rate: run(rate) for rate in sorted({NEGATIVES.get(name, 1.0) for name in names})}
    measures = {"unsampled ratio": plain[0], "copies ratio": copies[min(copies)][0]}
    for name in names:
        negatives, synthesizer = NEGATIVES.get(name, 1.0), SYNTHESIZERS[name](seed)
        said, entropy = run(negatives, synthesizer)
        measures |= {
            f"{name} ratio": said,
            f"{name} d": entropy - copies[negatives][1],
            f"{name} d of unsampled": entropy - plain[1],
        }
        if isinstance(synthesizer, HardReplay):
            measures["kept of the rarer class"] = min(len(synthesizer.kept(y)) for y in (False, True))
    return measures
