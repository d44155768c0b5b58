"""Runs of a synthesizer under a sampler that makes copies, against the same sampler with copies of the events.

1 % positives, 12 features. `OverSampler` learns a positive 20 times and a negative once; under `HardReplay`
`BothSampler` learns a negative 1.2 times, so that both classes are replayed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from river import linear_model as river_linear_model
from river import preprocessing, tree

from benchmarks import streams
from benchmarks.experiments import Measures, served
from benchmarks.scores import WARM_UP, normalised_entropy, ratio
from streamimb import CalibratedClassifier, SampledClassifier
from streamimb.linear_model import LogisticRegression
from streamimb.sampling import BothSampler, OverSampler
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

SAMPLERS: dict[str, Callable[[], Any]] = {
    "one class copied": lambda: OverSampler(share=0.168),
    "both classes copied": lambda: BothSampler(share=0.144, budget=1.39),
}
BOTH = ("HardReplay",)  # synthesizers that get copies of both classes


def synthesized(learner: str, seed: int, n: int, names: Iterable[str] = tuple(SYNTHESIZERS)) -> Measures:
    """Of each synthesizer, behind the calibrator: mean p over the base rate, and NE less that with copies.

    Beside them "copies" and "unsampled": the ratio of the first synthesizer's sampler alone, and of no sampler.
    """
    stream = streams.regime("stat", seed, n, features=12)

    def run(copied: str, synthesizer: Any = None) -> tuple[float, float]:
        model = SampledClassifier(LEARNERS[learner](), SAMPLERS[copied](), seed=seed, synthesizer=synthesizer)
        return figures(served(CalibratedClassifier(model), stream.rows()))

    def figures(p: Any) -> tuple[float, float]:
        return ratio(p[WARM_UP:], stream.y[WARM_UP:]), normalised_entropy(stream.y, p)

    plain = figures(served(CalibratedClassifier(LEARNERS[learner]()), stream.rows()))
    chosen = {name: "both classes copied" if name in BOTH else "one class copied" for name in names}
    copies = {copied: run(copied) for copied in dict.fromkeys(chosen.values())}
    measures = {"unsampled ratio": plain[0], "copies ratio": next(iter(copies.values()))[0]}
    for name, copied in chosen.items():
        synthesizer = SYNTHESIZERS[name](seed)
        said, entropy = run(copied, synthesizer)
        measures |= {
            f"{name} ratio": said,
            f"{name} d": entropy - copies[copied][1],
            f"{name} d of unsampled": entropy - plain[1],
        }
        if isinstance(synthesizer, HardReplay):
            measures["kept of the rarer class"] = min(len(synthesizer.kept(y)) for y in (False, True))
    return measures
