"""Losses and heads that were balanced after learning, on six classes with a long tail and known P(k|x).

    python -m benchmarks.loss_figures [--seeds 3]

Each model learns the same events, all of them. Two kinds of decision are compared: the highest score of the loss, and
p in proportion to the prior, which the service takes. The tail are the two rarest classes, 1 in 200 together.
"""

from __future__ import annotations

import argparse
import math
import sys
from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from benchmarks import class_streams
from benchmarks.policy_figures import FREE, Works
from benchmarks.scores import mean, standard_error
from streamimb import CalibratedClassifier, losses
from streamimb.calibration import VectorScaling
from streamimb.linear_model import NormalizedHead, SoftmaxRegression

EVENTS, JUDGED_FROM = 16_000, 5_000
RENEWED = 500  # events after which the counts of a loss are read from its learner again
TAIL = ("class 4", "class 5")
Numbers = dict[Any, float]


class Model(NamedTuple):
    """What is measured: a classifier, and the loss whose score decides; None: p decides."""

    make: Callable[[], Any]
    loss: Any = None


def _learned_by(loss: Any) -> Model:
    return Model(lambda: SoftmaxRegression(loss=loss), loss)


def _behind(make: Callable[[], Any], rho: float = 0.0) -> Model:
    return Model(lambda: CalibratedClassifier(make(), VectorScaling(rho=rho)))


def _head(tau: float, max_norm: float = math.inf) -> NormalizedHead:
    return NormalizedHead(SoftmaxRegression(), tau, max_norm)


def _seesaw() -> SoftmaxRegression:
    return SoftmaxRegression(loss=losses.Seesaw())


MODELS: dict[str, Model] = {
    "cross-entropy": Model(SoftmaxRegression),
    "Focal()": _learned_by(losses.Focal()),
    "EqualizedFocal()": _learned_by(losses.EqualizedFocal()),
    "ClassBalanced()": _learned_by(losses.ClassBalanced()),
    "LogitAdjusted()": _learned_by(losses.LogitAdjusted()),
    "VS()": _learned_by(losses.VS()),
    "LDAM()": _learned_by(losses.LDAM()),
    "Seesaw()": _learned_by(losses.Seesaw()),
    "Seesaw(), VectorScaling()": _behind(_seesaw),
    "Seesaw(), VectorScaling(rho=0.5)": _behind(_seesaw, 0.5),
    "NormalizedHead(tau=0.5)": Model(lambda: _head(0.5)),
    "NormalizedHead(tau=1.0)": Model(lambda: _head(1.0)),
    "NormalizedHead(tau=1.0), VectorScaling()": _behind(lambda: _head(1.0)),
    "NormalizedHead(tau=0.0, max_norm=1.0)": Model(lambda: _head(0.0, 1.0)),
}
FIGURES = {  # columns of the table
    "recall": "balanced accuracy, highest score",
    "tail": "recall of the tail, highest score",
    "balanced": "balanced accuracy, p / prior",
    "balanced_tail": "recall of the tail, p / prior",
    "excess": "log loss - that of the truth",
    "ratio": "mean p / mean P of the tail",
}
BALANCING = ("ClassBalanced()", "LogitAdjusted()", "VS()")  # their scores find rare classes
SAME = (
    "Focal()",
    "EqualizedFocal()",
    "LogitAdjusted()",
    "VS()",
    "LDAM()",
)  # their p is that of the cross-entropy


def works(seeds: int) -> Works:
    """One run for each seed, at most three, with every model; goals are differences from the cross-entropy."""
    runs: list[Any] = [(measured, (seed,)) for seed in range(min(3, seeds))]
    goals: Any = [(f"{name}: tail", f"{name} gain", "+.6", 0.3, math.inf) for name in BALANCING]
    for name in SAME:
        goals.append((f"{name}: log loss", f"{name} d", "", -0.001, 0.001))
        goals.append((f"{name}: ratio", f"{name} moved", "", 0.95, 1.05))
    for name in MODELS:
        goals.append((f"{name}: p/prior"[:33], f"{name} balanced_tail", "", *FREE))
        goals.append((f"{name}: loss"[:33], f"{name} excess", "", *FREE))
    return [("losses, six classes", runs, goals, 20.0)]


def measured(seed: int) -> dict[str, float]:
    """Every figure of every model, and of the truth."""
    stream = class_streams.tail6(seed)
    plain: Numbers = {}
    found: dict[str, float] = {}
    for name, model in (*MODELS.items(), ("truth", None)):
        own = _figures(stream, model)
        plain = plain or own  # the cross-entropy is the first
        own |= {
            "gain": own["tail"] - plain["tail"],
            "d": own["excess"] - plain["excess"],
            "moved": own["ratio"] / plain["ratio"],
        }
        found |= {f"{name} {key}": value for key, value in own.items()}
    return found


def _figures(stream: class_streams.ClassStream, model: Model | None) -> dict[str, float]:
    truth = stream.p[JUDGED_FROM:EVENTS]
    classes = [f"class {k}" for k in range(truth.shape[1])]
    met = dict.fromkeys(classes, 1.0)
    labels, hits, balanced = (dict.fromkeys(classes, 0) for _ in range(3))
    loss = said = 0.0
    for t, (y, p, score) in enumerate(_answers(stream, model, classes)):
        if t >= JUDGED_FROM:
            labels[y] += 1
            hits[y] += max(score, key=score.__getitem__) == y
            balanced[y] += max(p, key=lambda k: p[k] / met[k]) == y
            loss -= math.fsum(
                q * math.log(max(1e-9, p.get(k, 0.0)))
                for k, q in zip(classes, truth[t - JUDGED_FROM].tolist(), strict=True)
            )
            said += sum(p.get(k, 0.0) for k in TAIL)
        met[y] += 1.0
    tail = sum(labels[k] for k in TAIL)
    entropy = -float((truth * np.log(truth)).sum())
    return {
        "recall": mean([hits[k] / labels[k] for k in classes]),
        "tail": sum(hits[k] for k in TAIL) / tail,
        "balanced": mean([balanced[k] / labels[k] for k in classes]),
        "balanced_tail": sum(balanced[k] for k in TAIL) / tail,
        "excess": (loss - entropy) / len(truth),
        "ratio": said / float(truth[:, -2:].sum()),
    }


def _answers(
    stream: class_streams.ClassStream, model: Model | None, classes: list[str]
) -> Iterator[tuple[str, Numbers, Numbers]]:
    """Label, probabilities and scores of each event."""
    learner: Any = None if model is None else model.make()
    running: Numbers = {}
    for t, (x, y) in enumerate(stream.rows()):
        if t == EVENTS:
            return
        if model is None:
            p = dict(zip(classes, stream.p[t].tolist(), strict=True))
            yield y, p, p
            continue
        if t < JUDGED_FROM:
            yield y, {}, {}
        else:
            p = learner.predict_proba_one(x)
            if model.loss is not None and t % RENEWED == 0:
                running = _running(learner)
            yield y, p, p if model.loss is None else model.loss.scores_one(p, running)
        learner.learn_one(x, y)


def _running(learner: Any) -> Numbers:
    """The counts that the loss of a learner depends on; of a loss that gathers gradients their ratios."""
    sums, classes = array("d", learner.__getstate__()["kernel"]["weights"]["loss"]), learner.classes
    n = len(classes)
    values = sums if len(sums) == n else [max(1.0, sums[k]) / max(1.0, sums[n + k]) for k in range(n)]
    return dict(zip(classes, values, strict=True))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of `docs/learners.md`, with standard errors."""
    parser = argparse.ArgumentParser(prog="benchmarks.loss_figures", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    runs = [measured(seed) for seed in range(parser.parse_args(arguments).seeds)]
    write = sys.stdout.write
    write("| | " + " | ".join(FIGURES.values()) + " |\n|" + "---|" * (1 + len(FIGURES)) + "\n")
    for name in (*MODELS, "truth"):
        cells = []
        for key in FIGURES:
            values = [found[f"{name} {key}"] for found in runs]
            digits = 4 if key == "excess" else 2
            cells.append(f"{mean(values):.{digits}f} ({standard_error(values):.{digits}f})")
        write(f"| {name} | " + " | ".join(cells) + " |\n")


if __name__ == "__main__":
    main()
