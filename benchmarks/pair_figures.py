"""What pairs of fields are worth to the additive learner on real streams: the table of docs/learners.md.

    python -m benchmarks.pair_figures [--only gmsc elec2] [--seeds 1]

Each event is predicted, then learned, by the default recipe and by the same with `interactions="pairs"`.
"""

from __future__ import annotations

import argparse
import sys
from array import array
from typing import Any

import numpy as np

from benchmarks import streams
from benchmarks.scores import WARM_UP, normalised_entropy
from streamimb import CalibratedClassifier, SampledClassifier
from streamimb.linear_model import LogisticGAM

NAMES = (
    "elec2",
    "bitcoin_otc",
    "gmsc",
    "hflights_2011",
    "credit_default_uci",
    "talkingdata_100k",
    "bank_marketing",
)


def entropy(name: str, interactions: Any, seed: int) -> float:
    """Normalised entropy from row 2,000 on."""
    gam = LogisticGAM(interactions=interactions)
    model, said, labels = CalibratedClassifier(SampledClassifier(gam, seed=seed)), array("d"), array("d")
    for x, y in streams.real(name):
        said.append(model.predict_proba_one(x)[True])
        labels.append(y)
        model.learn_one(x, y)
    return normalised_entropy(np.array(labels), np.array(said))


def main() -> None:
    """Print NE without and with all pairs, and their difference with its standard error."""
    parser = argparse.ArgumentParser(prog="benchmarks.pair_figures", description=__doc__)
    parser.add_argument("--only", nargs="*", choices=NAMES, default=NAMES)
    parser.add_argument("--seeds", type=int, default=1)
    given = parser.parse_args()
    sys.stdout.write(f"NE from row {WARM_UP} on: stream, without, pairs, difference (standard error)\n")
    for name in given.only:
        found = np.array(
            [[entropy(name, pairs, s) for pairs in (None, "pairs")] for s in range(1, given.seeds + 1)]
        )
        gain = found[:, 1] - found[:, 0]
        error = gain.std(ddof=1) / np.sqrt(len(gain)) if len(gain) > 1 else float("nan")
        without, pairs = found.mean(axis=0)
        sys.stdout.write(f"{name:20} {without:.4f} {pairs:.4f} {gain.mean():+.4f} ({error:.4f})\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
