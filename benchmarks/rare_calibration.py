"""What bins make of rare scores, and what a memory is worth after a shift (`benchmarks.rare_scores`)."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any

from benchmarks.rare_scores import rare_scores
from benchmarks.scores import normalised_entropy
from streamimb.calibration import Calibeating, Histogram, OnlinePlatt, Platt

CALIBRATORS: dict[str, Callable[[], Any]] = {
    "Platt": Platt,
    "OnlinePlatt": OnlinePlatt,
    "quantile": lambda: Calibeating(OnlinePlatt()),
    "quantile for ever": lambda: Calibeating(OnlinePlatt(), half_life=None),
    "histogram": Histogram,
    "fixed": lambda: Calibeating(OnlinePlatt(), bins="fixed", half_life=None),
}


def rare(seed: int) -> dict[str, float]:
    """NE of each calibrator minus that of the scores themselves, over all and over the second half."""
    stream = rare_scores(seed)
    labels = stream.y.tolist()
    half = len(labels) // 2
    base, later = (
        normalised_entropy(labels, stream.score),
        normalised_entropy(labels[half:], stream.score[half:]),
    )
    found = {"base": base, "base later": later}
    for name, make in CALIBRATORS.items():
        calibrator, said = make(), array("d")
        for p, y in zip(stream.score.tolist(), labels, strict=True):
            said.append(calibrator.calibrate_one(p))
            calibrator.learn_one(p, y)
        found[name] = normalised_entropy(labels, said) - base
        found[f"{name} later"] = normalised_entropy(labels[half:], said[half:]) - later
    return found
