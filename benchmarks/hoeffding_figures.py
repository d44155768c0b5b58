"""A Hoeffding tree of ours and River's in the same wrappers, on real streams and on one with drift.

    python -m benchmarks.hoeffding_figures [--only gmsc elec2] [--seeds 1] [--rows N]

Each event is predicted, then learned, by the tree in a `SampledClassifier` in a `CalibratedClassifier`. River's takes
no missing value, so both get the events without them.
"""

from __future__ import annotations

import argparse
import math
import sys
from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np
from river import tree as river_tree

from benchmarks import moa_ensembles, streams
from benchmarks.policy_figures import FREE, Works
from benchmarks.scores import normalised_entropy, ratio
from streamimb import CalibratedClassifier, SampledClassifier
from streamimb.tree import HoeffdingTreeClassifier

SYNTHETIC = "agrawal_graddrift_ir100"
ROWS = {  # of each stream, and a guess of the seconds of a run
    "handbook_apr_jul": (400_000, 20.0),
    "gmsc": (150_000, 8.0),
    "bank_marketing": (45_211, 3.0),
    "hflights_2011": (224_523, 25.0),
    "elec2": (45_312, 4.0),
    SYNTHETIC: (100_000, 4.0),
}
START = 2_000  # the first row that is measured
LEAD = "NE - NE of River's tree"


def works(seeds: int) -> Works:
    """Every run of these figures; one seed, because the streams are long."""
    goals = [
        ("NE", "ne", "", *FREE),
        ("NE, not calibrated", "ne_uncalibrated", "", *FREE),
        ("NE of River's tree", "river", "", *FREE),
        (LEAD, "lead", "", *FREE),
        ("mean p / base rate", "ratio", "", *FREE),
        ("leaves", "leaves", "", *FREE),
    ]
    return [(f"Hoeffding {name}", [(both, (name, 0))], goals, seconds) for name, (_, seconds) in ROWS.items()]


def together(found: dict[tuple[str, str], float]) -> list[tuple[str, int, str, int, int]]:
    """The claim on all streams together, of means by title and figure: title, good streams, reference, least, of."""
    leads = [found.get((f"Hoeffding {name}", LEAD), math.nan) for name in ROWS]
    if any(math.isnan(lead) for lead in leads):
        return []
    return [("Hoeffding, no worse than River's", sum(lead <= 0.0 for lead in leads), "5", 5, len(leads))]


def events(name: str, n: int) -> list[tuple[dict[str, Any], bool]]:
    """The first n events of a stream, without missing values."""
    if name == SYNTHETIC:
        return moa_ensembles.rows(name, n)
    return [({k: v for k, v in x.items() if v == v}, y) for x, y in streams.real(name, n)]


def served(tree: Any, told: Sequence[tuple[Any, bool]], seed: int) -> tuple[array[float], array[float]]:
    """The corrected and the calibrated P(True) of every event."""
    model = CalibratedClassifier(SampledClassifier(tree, seed=seed))
    corrected, calibrated = array("d"), array("d")
    for x, y in told:
        scores = model.score_learn_one(x, y)
        corrected.append(scores.corrected)
        calibrated.append(scores.calibrated)
    return corrected, calibrated


def both(name: str, seed: int, n: int | None = None) -> dict[str, float]:
    """The figures of our tree, and the normalised entropy of River's."""
    told = events(name, n or ROWS[name][0])
    y = np.array([float(label) for _, label in told])
    ours = HoeffdingTreeClassifier(seed=seed)
    corrected, calibrated = served(ours, told, seed)
    _, other = served(river_tree.HoeffdingTreeClassifier(), told, seed)
    ne, river = (normalised_entropy(y, p, START) for p in (calibrated, other))
    return {
        "ne": ne,
        "ne_uncalibrated": normalised_entropy(y, corrected, START),
        "river": river,
        "lead": ne - river,
        "ratio": ratio(np.array(calibrated[START:]), y[START:]),
        "leaves": float(ours.n_leaves),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line for each stream and seed."""
    parser = argparse.ArgumentParser(prog="benchmarks.hoeffding_figures", description=__doc__)
    parser.add_argument("--only", nargs="*", help="names of streams")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--rows", type=int, help="the first rows of each stream only")
    given = parser.parse_args(arguments)
    for name in given.only or ROWS:
        for seed in range(given.seeds):
            figures = "  ".join(f"{key} {value:.4f}" for key, value in both(name, seed, given.rows).items())
            sys.stdout.write(f"{name} seed {seed}  {figures}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
