"""The published experiment on online Platt scaling with calibeating: frozen scores of the bank data, 20 runs.

CE = expected calibration error of 10 bins of fixed width over the events 1,000 to 11,000. The scores lie in the data
folder and are read where they are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.streams import Floats, data_folder
from streamimb.calibration import Beta, Calibeating, Hedged, OnlinePlatt

RUNS = 20
FIRST = 1_000
BINS = 10


def platt() -> OnlinePlatt:
    return OnlinePlatt(start="zero")


def beta() -> Beta:
    return Beta(method="ons")


CALIBRATORS: dict[str, Callable[[int], Any]] = {  # of a seed
    "OPS": lambda seed: platt(),
    "OBS": lambda seed: beta(),
    "TOPS": lambda seed: Calibeating(platt(), bins="fixed", half_life=None),
    "TOBS": lambda seed: Calibeating(beta(), bins="fixed", half_life=None),
    "HOPS": lambda seed: Hedged(platt(), scale="even", seed=seed),
}
PUBLISHED = {  # mean of a plain implementation on these scores, its standard error
    "base": (0.03042, 0.00120),
    "OPS": (0.03005, 0.00094),
    "OBS": (0.01843, 0.00101),
    "TOPS": (0.00683, 0.00037),
    "TOBS": (0.00777, 0.00048),
    "HOPS": (0.01807, 0.00115),
}


def calibration_error(y: Floats, q: Floats) -> float:
    """The weighted mean over the bins of |mean answer - share of True|."""
    bins = np.minimum(BINS - 1, (q * BINS).astype(int))
    gaps = np.bincount(bins, q - y, BINS)
    return float(np.abs(gaps).sum() / len(y))


def bank(run: int) -> dict[str, float]:
    """CE of each calibrator on one run."""
    with np.load(data_folder() / "ops_bank_iid.npz") as file:
        scores, labels = file["base"][run].astype(float), file["y"][run]
    y = labels.astype(float)
    found = {"base": calibration_error(y[FIRST:], scores[FIRST:])}
    for name, make in CALIBRATORS.items():
        calibrator = make(run)
        said = []
        for p, label in zip(scores.tolist(), labels.astype(bool).tolist(), strict=True):
            said.append(calibrator.calibrate_one(p))
            calibrator.learn_one(p, label)
        found[name] = calibration_error(y[FIRST:], np.array(said)[FIRST:])
    return found
