"""Our ensembles of Hoeffding trees on the two streams on which MOA's were run: `STREAMIMB_DATA`.

    python -m benchmarks.moa_ensembles [--only UOB] [--seeds 5] [--events 100000]

Prequential and cumulative, as in the columns `cum_` of moa.csv: decisions by argmax p_k / m_k with the live prior m,
of ARF10 by the likelier class. MOA's UOB and OOB were run with three memories; the reference is the best of them in
each figure. Each ensemble is in a `CalibratedClassifier`, and decides by what that serves.

The gradual drift of agrawal lets every calibrator lag behind ensembles that get better: what it serves is 6 to 10 % too
high there, though its loss is lower. The ratio of the ensembles themselves is held on both streams.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import math
import os
import time
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.policy_figures import FREE, Goals, Works
from benchmarks.scores import mean, standard_error
from streamimb import CalibratedClassifier, ensemble, metrics, stats, tree

LAGGING = "agrawal_graddrift_ir100"
STREAMS = (LAGGING, "rbf_drift_ir100")
LEARNERS: dict[str, Callable[[int], Any]] = {
    # Few events are learned and none is forgotten by a replacement: larger leaves, which fade.
    "UOB": lambda seed: ensemble.UOBClassifier(
        tree.HoeffdingTreeClassifier(grace_period=10.0, delta=0.05, tau=0.5, half_life=50.0), seed=seed
    ),
    "OOB": lambda seed: ensemble.OOBClassifier(
        tree.HoeffdingTreeClassifier(
            grace_period=3.0, delta=0.3, tau=1.0, max_leaves=256, half_life=50.0, column_share=0.5
        ),
        seed=seed,
    ),
    "ARF10": lambda seed: ensemble.AdaptiveRandomForestClassifier(seed=seed),
    "CSARF10": lambda seed: ensemble.CostSensitiveForestClassifier(seed=seed),
}
BY_HALF = ("ARF10",)
SECONDS = {"UOB": 2.0, "OOB": 3.0, "ARF10": 9.0, "CSARF10": 8.0}  # of a run
FIGURES = {"gmean": "cum_gmean", "auc": "cum_auc", "kappa": "cum_kappa"}


def works(seeds: int) -> Works:
    """Every run of these figures, for `benchmarks.truth`."""
    found: Works = []
    for stream, (learner, seconds) in itertools.product(STREAMS, SECONDS.items()):
        moa = of_moa(stream, learner)
        reached = {figure: (float(moa[name]), math.inf) for figure, name in FIGURES.items()}
        goals: Goals = [
            (name, f"{figure} calibrated", f"MOA {moa[FIGURES[figure]]}", *reached[figure])
            for name, figure in (("G-mean", "gmean"), ("AUC", "auc"), ("Kappa", "kappa"))
        ]
        goals += [
            ("Kappa - MOA's at its G-mean", "kappa beyond at its G-mean calibrated", "", 0.0, math.inf),
            ("Kappa - MOA's at its recall", "kappa beyond at its recall calibrated", "", *FREE),
            ("recall at MOA's specificity", "recall calibrated", f"MOA {moa['recall']}", *FREE),
            ("log loss / base rate's", "relative loss calibrated", "", -math.inf, 1.0),
            ("  not calibrated", "relative loss", "", -math.inf, 1.0),
            ("mean p / base rate", "ratio calibrated", "", *(FREE if stream == LAGGING else (0.95, 1.05))),
            ("  not calibrated", "ratio", "", 0.95, 1.05),
        ]
        runs = [(prequential, (learner, stream, seed)) for seed in range(seeds)]
        found.append((f"{learner} as MOA's, {stream}", runs, goals, seconds))
    return found


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


def prequential(learner: str, stream: str, seed: int, n: int = 100_000) -> dict[str, float]:
    """The figures of one run: each event is predicted, then learned."""
    model, prior = CalibratedClassifier(LEARNERS[learner](seed)), stats.ClassPrior()
    told = rows(stream, n)
    corrected, calibrated, priors = array("d"), array("d"), array("d")
    began = time.process_time()
    for x, y in told:
        scores = model.score_learn_one(x, y)
        corrected.append(scores.corrected)
        calibrated.append(scores.calibrated)
        priors.append(prior.get()[True])
        prior.update(y)
    spent = time.process_time() - began
    labels = np.array([y for _, y in told])
    base = labels.mean()
    least = np.full(n, 0.5) if learner in BY_HALF else np.array(priors)
    constant = -(base * math.log(base) + (1.0 - base) * math.log1p(-base))
    found, moa = {"µs": spent / n * 1e6}, of_moa(stream, learner)
    for name, p in (("", np.array(corrected)), (" calibrated", np.array(calibrated))):
        found |= {f"{key}{name}": value for key, value in figures(labels, p, least).items()}
        found[f"relative loss{name}"] = found.pop(f"loss{name}") / constant
        found[f"ratio{name}"] = float(p.sum() / labels.sum())
        found[f"recall{name}"] = recall_at(labels, p / least, float(moa["specificity"]))
        for figure, value in kappas_beyond(labels, p / least, memories(stream, learner)).items():
            found[f"{figure}{name}"] = value
    return found


def figures(labels: NDArray[Any], p: NDArray[Any], least: NDArray[Any]) -> dict[str, float]:
    """G-mean and Kappa of the decisions p >= least, AUC and log loss, over all events."""
    lifetime = math.inf
    gmean, kappa = metrics.GMean(half_life=lifetime), metrics.CohenKappa(half_life=lifetime)
    auc, loss = metrics.ROCAUC(half_life=lifetime), metrics.LogLoss(half_life=lifetime)
    for y, each, acted in zip(labels.tolist(), p.tolist(), (p >= least).tolist(), strict=True):
        gmean.update(y, acted)
        kappa.update(y, acted)
        auc.update(y, each)
        loss.update(y, each)
    return {"gmean": gmean.get(), "kappa": kappa.get(), "auc": auc.get(), "loss": loss.get()}


def recall_at(labels: NDArray[Any], score: NDArray[Any], specificity: float) -> float:
    """The share of the positives whose score is above that of this share of the negatives."""
    return float((score[labels] > np.quantile(score[~labels], specificity)).mean())


def kappas_beyond(labels: NDArray[Any], score: NDArray[Any], told: list[dict[str, str]]) -> dict[str, float]:
    """Our Kappa - MOA's where the highest scores are called positive, as few as reach MOA's G-mean, or its recall.

    MOA's ensemble with one memory is one decision; the least difference over its memories. NaN: it is not reached.
    """
    hit = labels[np.argsort(-score, kind="stable")]
    hits, false = np.cumsum(hit), np.cumsum(~hit)
    n, positives = len(labels), labels.sum()
    recall, negatives = hits / positives, n - positives
    gmean = np.sqrt(recall * (1.0 - false / negatives))
    agreed = (hits + negatives - false) / n
    by_chance = ((hits + false) * positives + (n - hits - false) * negatives) / n**2
    kappa = (agreed - by_chance) / (1.0 - by_chance)
    found = {}
    for name, ours, column in (("G-mean", gmean, "cum_gmean"), ("recall", recall, "recall")):
        reached = [(ours >= float(row[column]), float(row["cum_kappa"])) for row in told]
        beyond = [kappa[np.argmax(enough)] - moa if enough.any() else math.nan for enough, moa in reached]
        found[f"kappa beyond at its {name}"] = float(np.min(beyond))
    return found


def memories(stream: str, learner: str) -> list[dict[str, str]]:
    """MOA's figures, a row for each memory with which it was run."""
    with (data() / "moa.csv").open() as file:
        return [
            row
            for row in csv.DictReader(file)
            if row["stream"] == stream and row["learner"].partition("_")[0] == learner
        ]


def of_moa(stream: str, learner: str) -> dict[str, str]:
    """MOA's figures: of its memories the best in each one; specificity and recall of that with the best Kappa."""
    told = memories(stream, learner)
    best = max(told, key=lambda row: float(row["cum_kappa"]))
    return {**best, **{name: max((row[name] for row in told), key=float) for name in FIGURES.values()}}


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
            runs = [prequential(learner, stream, seed, given.events) for seed in range(given.seeds)]
            moa = of_moa(stream, learner)
            print(f"{learner}, {stream}, {given.seeds} seeds")
            for figure in runs[0]:
                values = [run[figure] for run in runs]
                told = moa.get(
                    FIGURES.get(figure.removesuffix(" calibrated"), figure.removesuffix(" calibrated")), ""
                )
                print(
                    f"  {figure:26} {mean(values):9.4f} ± {2 * standard_error(values):.4f}   {told}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
