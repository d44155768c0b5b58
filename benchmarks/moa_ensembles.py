"""Our ensembles of Hoeffding trees on the two streams on which MOA's were run: `STREAMIMB_DATA`.

    python -m benchmarks.moa_ensembles [--only UOB] [--seeds 5] [--events 100000]

Prequential and cumulative, as in the columns `cum_` of moa.csv: decisions by argmax p_k / m_k with the live prior m,
of ARF10 by the likelier class.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.scores import mean, standard_error
from streamimb import CalibratedClassifier, ensemble, metrics, stats, tree

STREAMS = ("agrawal_graddrift_ir100", "rbf_drift_ir100")
LEARNERS: dict[str, Callable[[int], Any]] = {
    "UOB": lambda seed: ensemble.UOBClassifier(tree.HoeffdingTreeClassifier(), seed=seed),
    "OOB": lambda seed: ensemble.OOBClassifier(tree.HoeffdingTreeClassifier(), seed=seed),
    "ARF10": lambda seed: ensemble.AdaptiveRandomForestClassifier(seed=seed),
    "CSARF10": lambda seed: ensemble.CostSensitiveForestClassifier(seed=seed),
}
BY_HALF = ("ARF10",)
FIGURES = {"gmean": "cum_gmean", "auc": "cum_auc", "kappa": "cum_kappa", "log loss": "logloss"}


def data() -> Path:
    """The folder of the streams."""
    return Path(os.environ.get("STREAMIMB_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def rows(stream: str, n: int) -> list[tuple[dict[str, Any], bool]]:
    """The first n events; a nominal attribute is a string."""
    kept = np.load(data() / "streams" / f"{stream}.npz")
    told = json.loads((data() / "streams" / f"{stream}.meta.json").read_text())["attributes"]
    nominal = {each["name"] for each in told if each["type"] == "nominal"}
    names = [str(name) for name in kept["names"]]
    return [
        ({k: str(int(v)) if k in nominal else v for k, v in zip(names, x, strict=True)}, bool(y))
        for x, y in zip(kept["X"][:n].tolist(), kept["y"][:n].tolist(), strict=True)
    ]


def prequential(stream: str, learner: str, n: int, seed: int) -> dict[str, float]:
    """The figures of one run: each event is predicted, then learned."""
    model, prior = CalibratedClassifier(LEARNERS[learner](seed)), stats.ClassPrior()
    lifetime = math.inf
    gmean, auc = metrics.GMean(half_life=lifetime), metrics.ROCAUC(half_life=lifetime)
    kappa, losses = (
        metrics.CohenKappa(half_life=lifetime),
        [metrics.LogLoss(half_life=lifetime) for _ in "ab"],
    )
    told = rows(stream, n)
    said, calibrated, began = 0.0, 0.0, time.process_time()
    for x, y in told:
        scores = model.score_learn_one(x, y)
        p = scores.corrected
        acted = p >= (0.5 if learner in BY_HALF else prior.get()[True])
        gmean.update(y, acted)
        kappa.update(y, acted)
        auc.update(y, p)
        losses[0].update(y, p)
        losses[1].update(y, scores.calibrated)
        said += p
        calibrated += scores.calibrated
        prior.update(y)
    base = sum(y for _, y in told) / n
    return {
        "gmean": gmean.get(),
        "auc": auc.get(),
        "kappa": kappa.get(),
        "log loss": losses[0].get(),
        "log loss, calibrated": losses[1].get(),
        "log loss of the base rate": -(base * math.log(base) + (1.0 - base) * math.log1p(-base)),
        "mean p / base rate": said / n / base,
        "  calibrated": calibrated / n / base,
        "µs": (time.process_time() - began) / n * 1e6,
    }


def of_moa(stream: str, learner: str) -> list[dict[str, str]]:
    """The rows of MOA's learners of this kind, one for each memory."""
    with (data() / "moa.csv").open() as file:
        return [
            row
            for row in csv.DictReader(file)
            if row["stream"] == stream and row["learner"].partition("_")[0] == learner
        ]


def main() -> None:
    """Print the figures beside MOA's."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--only", default="")
    arguments.add_argument("--seeds", type=int, default=5)
    arguments.add_argument("--events", type=int, default=100_000)
    given = arguments.parse_args()
    for stream in STREAMS:
        for learner in LEARNERS:
            if given.only not in f"{learner} {stream}":
                continue
            runs = [prequential(stream, learner, given.events, seed) for seed in range(given.seeds)]
            print(f"{learner} of tree.HoeffdingTreeClassifier, {stream}, {given.seeds} seeds")
            for figure in runs[0]:
                values = [run[figure] for run in runs]
                moa = (
                    "  ".join(f"{row['learner']} {row[FIGURES[figure]]}" for row in of_moa(stream, learner))
                    if figure in FIGURES
                    else ""
                )
                print(
                    f"  {figure:26} {mean(values):9.4f} ± {2 * standard_error(values):.4f}   {moa}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
