"""Every calibrator behind every kind of score: the six inputs and six regimes of the prototype's table of calibrators.

A model runs once over a regime, predict then learn, without delay; its scores are kept, and each calibrator learns from
them. d = NE minus NE of our learner on all events, not calibrated; from event 2,000 on.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from benchmarks import streams
from benchmarks.scores import normalised_entropy
from streamimb import SampledClassifier, calibration
from streamimb.correction import FrozenAnchor
from streamimb.linear_model import LogisticRegression
from streamimb.sampling import ScoreUnderSampler, UnderSampler

KINDS = ("stat", "shift", "drift", "jump", "down", "concept")
INPUTS = (
    "full live",
    "score .02 offset",
    "uniform raw",
    "keep jump two-clock",
    "score .02 current",
    "no sampling, no anchor",
)
CALIBRATORS: dict[str, Callable[[], Any]] = {
    "PlattMixture": calibration.PlattMixture,
    "Platt": calibration.Platt,
    "OnlinePlatt": calibration.OnlinePlatt,
    "Beta": calibration.Beta,
    "Intercept": calibration.Intercept,
    "Calibeating of Platt": lambda: calibration.Calibeating(calibration.Platt()),
    "Hedged Platt": lambda: calibration.Hedged(calibration.Platt(), seed=1),
    "Histogram": calibration.Histogram,
    "Isotonic": calibration.Isotonic,
    "VennAbers": calibration.VennAbers,
}


def _sampled(sampler: Any, correction: str, seed: int, **more: Any) -> SampledClassifier:
    return SampledClassifier(LogisticRegression(), sampler, correction, seed=seed, **more)


def scores_of(name: str, stream: streams.Stream, seed: int) -> list[float]:
    """What a calibrator behind this input gets: the score of each event before it was learned."""
    n = len(stream.y)
    sampler: Any = None
    stage = "corrected"
    model: Any
    if name == "full live":
        model = LogisticRegression()
    elif name == "score .02 offset":
        model = _sampled(ScoreUnderSampler(keep_rate=0.02), "offset", seed)
    elif name == "uniform raw":
        model, stage = _sampled(UnderSampler(share=0.2), "offset", seed), "raw"
    elif name == "keep jump two-clock":
        sampler = UnderSampler(keep_rate=0.2)
        model = _sampled(sampler, "prior", seed)
    elif name == "score .02 current":
        model = _sampled(ScoreUnderSampler(keep_rate=0.02), "prior", seed)
    else:
        anchor = FrozenAnchor(prior=0.05, after=1)
        model = _sampled(UnderSampler(keep_rate=1.0), "offset", seed, anchor=anchor)
    said = array("d")
    for i, (x, y) in enumerate(stream.rows()):
        if sampler is not None:
            sampler.keep_rate = streams.keep_rate("jump", i / n)
        scores, _ = model.scores_one(x)
        said.append(getattr(scores, stage))
        model.learn_one(x, y)
    return said.tolist()


def calibrated(make: Callable[[], Any], scores: list[float], labels: list[bool]) -> array[float]:
    """The answers of a new calibrator, each before its label was learned."""
    calibrator = make()
    said = array("d")
    for p, y in zip(scores, labels, strict=True):
        said.append(calibrator.calibrate_one(p))
        calibrator.learn_one(p, y)
    return said


def regime(kind: str, seed: int, names: Iterable[str], n: int) -> dict[str, float]:
    """d of these calibrators behind each input on n events of one regime: keys `input: calibrator`."""
    stream = streams.regime(kind, seed, n)
    labels = stream.y.tolist()
    found: dict[str, float] = {}
    full = np.nan
    for name in INPUTS:
        scores = scores_of(name, stream, seed)
        if name == INPUTS[0]:
            full = normalised_entropy(labels, scores)
        found[f"{name}: identity"] = normalised_entropy(labels, scores) - full
        for calibrator in names:
            said = calibrated(CALIBRATORS[calibrator], scores, labels)
            found[f"{name}: {calibrator}"] = normalised_entropy(labels, said) - full
    return found


def _over_regimes(seed: int, names: Iterable[str], part: float) -> list[dict[str, float]]:
    return [regime(kind, seed, names, int(part * streams.REGIMES[kind].n)) for kind in KINDS]


def _summary(runs: list[dict[str, float]]) -> dict[str, float]:
    """Mean and worst regime of every d."""
    found: dict[str, float] = {}
    for key in runs[0]:
        values = [run[key] for run in runs]
        found[f"{key}, mean"], found[f"{key}, worst"] = float(np.mean(values)), max(values)
    return found


def every(seed: int) -> dict[str, float]:
    """All calibrators, on streams of half the length."""
    return _summary(_over_regimes(seed, CALIBRATORS, 0.5))


def default(seed: int) -> dict[str, float]:
    """The default calibrator, and its d minus that of the identity."""
    runs = _over_regimes(seed, [DEFAULT], 1.0)
    gains = [
        {f"{name}: gain": run[f"{name}: {DEFAULT}"] - run[f"{name}: identity"] for name in INPUTS}
        for run in runs
    ]
    return {**_summary(runs), **_summary(gains)}


Goal = tuple[str, str, str, float, float]
DEFAULT = "PlattMixture"
FREE = (-np.inf, np.inf)
REFERENCES = {  # the prototype's default mixture: mean d and worst regime
    "full live": ("-.0010", ".0003"),
    "score .02 offset": (".0042", ".0082"),
    "uniform raw": (".0069", ".0122"),
    "keep jump two-clock": (".0035", ".0109"),
    "score .02 current": (".0085", ".0156"),
    "no sampling, no anchor": (".0009", ".0028"),
}
MOST = {"uniform raw": 0.008, "keep jump two-clock": 0.005}  # mean d of the default


def every_goal() -> Iterator[Goal]:
    """Nothing is asked of the others: their d is printed."""
    for name in INPUTS:
        for calibrator in ("identity", *CALIBRATORS):
            yield f"{name}: {calibrator}"[:32], f"{name}: {calibrator}, mean", "", *FREE
            yield "  worst regime", f"{name}: {calibrator}, worst", "", *FREE


def default_goals() -> Iterator[Goal]:
    """What is asked of the default calibrator."""
    for name, (mean, worst) in REFERENCES.items():
        yield f"{name}, mean d", f"{name}: {DEFAULT}, mean", mean, -np.inf, MOST.get(name, np.inf)
        yield "  worst regime", f"{name}: {DEFAULT}, worst", worst, *FREE
        calibrated_already = name in ("full live", "score .02 offset")
        most, most_worst = (0.0005, 0.002) if calibrated_already else (np.inf, np.inf)
        yield "  d - d of the identity", f"{name}: gain, mean", "", -np.inf, most
        yield "  worst regime of that", f"{name}: gain, worst", "", -np.inf, most_worst
