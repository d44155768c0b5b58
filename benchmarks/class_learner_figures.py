"""What curves are worth to the learner of many classes: `SoftmaxGAM` beside `SoftmaxRegression`.

    python -m benchmarks.class_learner_figures [--seeds 5]

Each event is predicted, then learned, in a `SampledClassifier` that samples nothing, for its two anchors. Of the
streams with known truth the log loss is that above the true probabilities; of two classes on real streams the table has
the normalised entropy, beside `LogisticGAM`.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from benchmarks import class_streams, streams
from benchmarks.scores import WARM_UP, mean, normalised_entropy, standard_error
from streamimb import SampledClassifier, sampling
from streamimb.linear_model import LogisticGAM, SoftmaxGAM, SoftmaxRegression

LEAST = 1e-9  # probability of a label, in the log loss
MANY = 200  # events of a class from which on its ratio is judged
LEARNERS: dict[str, Callable[[], Any]] = {"lines": SoftmaxRegression, "curves": SoftmaxGAM}
TWO = ("gmsc", "elec2")
FREE = (-math.inf, math.inf)
Runs = list[tuple[Callable[..., Any], tuple[Any, ...]]]


def _anchored(learner: Callable[[], Any]) -> SampledClassifier:
    return SampledClassifier(learner(), sampling.UnderSampler(keep_rate=1.0), seed=1)


def _compared(rows: Iterable[tuple[Any, Any]], truth: Any = None) -> dict[str, float]:
    """Log loss of both learners, and the least and largest ratio of a class; above the truth where it is known."""
    found: dict[str, float] = {}
    events = list(rows)
    labels = Counter(y for _, y in events[WARM_UP:])
    true = dict(labels) if truth is None else truth["sums"]
    for name, learner in LEARNERS.items():
        model, loss = _anchored(learner), 0.0
        sums: defaultdict[Any, float] = defaultdict(float)
        for i, (x, y) in enumerate(events):
            if i >= WARM_UP:
                p = model.predict_proba_one(x)
                loss -= math.log(max(LEAST, p.get(y, 0.0)))
                for k, q in p.items():
                    sums[k] += q
            model.learn_one(x, y)
        ratios = [sums[k] / true[k] for k in labels if labels[k] >= MANY]
        found[name] = loss / labels.total() - (0.0 if truth is None else truth["loss"])
        found[f"{name} least"], found[f"{name} largest"] = min(ratios), max(ratios)
    return {**found, "gain": found["lines"] - found["curves"]}


def known(make: str, seed: int) -> dict[str, float]:
    """A stream of `class_streams` with known P(k|x): "curves5", "bands10", or "tail6", whose truth is linear."""
    stream = getattr(class_streams, make)(seed)
    n = 40_000
    picked = [int(y.split()[1]) for y in stream.y[:n]]
    said = stream.p[np.arange(n), picked][WARM_UP:]
    sums = {f"class {k}": total for k, total in enumerate(stream.p[WARM_UP:n].sum(0).tolist())}
    rows = (row for row, _ in zip(stream.rows(), range(n), strict=False))
    return _compared(rows, {"loss": float(-np.log(said).mean()), "sums": sums})


def attacks() -> list[dict[str, float]]:
    """kdd99's classes of attacks."""
    return [_compared(class_streams.attacks())]


def two(name: str) -> list[dict[str, float]]:
    """A real stream of two classes: NE of `LogisticGAM`, of `SoftmaxGAM`, and the difference."""
    rows = list(streams.real(name))
    entropies = []
    for learner in (LogisticGAM, SoftmaxGAM):
        model = _anchored(learner)
        said = []
        for x, y in rows:
            said.append(model.predict_proba_one(x)[True])
            model.learn_one(x, y)
        entropies.append(normalised_entropy([y for _, y in rows], said))
    return [{"LogisticGAM": entropies[0], "SoftmaxGAM": entropies[1], "d": entropies[1] - entropies[0]}]


def works(seeds: int) -> list[tuple[str, Runs, list[tuple[Any, ...]], float]]:
    """What `make truth` runs: on known truths how far the log loss is from it, and the classes of kdd99's attacks."""
    known_goals = [
        ("lines, log loss - that of the truth", "lines", "", *FREE),
        ("curves, log loss - that of the truth", "curves", "", *FREE),
    ]
    ratios = [
        ("curves, least ratio of a class", "curves least", "", 0.95, math.inf),
        ("curves, largest ratio of a class", "curves largest", "", -math.inf, 1.05),
    ]
    found: list[tuple[str, Runs, list[tuple[Any, ...]], float]] = [
        (
            "five classes, curves",
            [(known, ("curves5", seed)) for seed in range(seeds)],
            [*known_goals, ("gain of curves", "gain", "", 0.1, math.inf), *ratios],
            10.0,
        ),
        (
            "ten classes in bands, curves",
            [(known, ("bands10", seed)) for seed in range(seeds)],
            [*known_goals, ("gain of curves", "gain", "", 0.3, math.inf), *ratios],
            10.0,
        ),
        (
            "six classes, curves where the truth is linear",
            [(known, ("tail6", seed)) for seed in range(seeds)],
            [*known_goals, ("gain of curves", "gain", "", -0.001, math.inf)],
            10.0,
        ),
    ]
    if streams.data_folder().is_dir():
        goals = [
            ("lines, log loss", "lines", ".0040", *FREE),
            ("curves, log loss", "curves", "", -math.inf, 0.0033),
        ]
        found.append(("real kdd99 attack_class, curves", [(attacks, ())], [*goals, *ratios], 60.0))
    return found


def main() -> None:
    """Print the figures, with standard errors over the seeds."""
    parser = argparse.ArgumentParser(prog="benchmarks.class_learner_figures", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    given = parser.parse_args()
    for make in ("curves5", "bands10", "tail6"):
        _show(make, [known(make, seed) for seed in range(given.seeds)])
    _show("kdd99 attack_class", attacks())
    for name in TWO:
        _show(name, two(name))


def _show(name: str, runs: list[dict[str, float]]) -> None:
    sys.stdout.write(f"{name}\n")
    for figure in runs[0]:
        values = [run[figure] for run in runs]
        sys.stdout.write(f"    {figure:16} {mean(values):8.4f} ({standard_error(values):.4f})\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
