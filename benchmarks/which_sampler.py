"""Which sampler: normalised entropy, ratio and cost of each on two real streams and a synthetic one at 1 %.

    python -m benchmarks.which_sampler [--events 200000] [--seeds 3] [--processes 2]

prints the table of docs/sampling.md: NE less the NE of the same learner on all events, both behind the default
calibrator, with the standard error over the seeds. A seed is one of the draws on a real stream, and one of the stream
and of the draws on the synthetic one.
"""

from __future__ import annotations

import argparse
import platform
import time
from array import array
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from benchmarks import streams
from benchmarks.scores import WARM_UP, mean, normalised_entropy, ratio, standard_error
from streamimb import CalibratedClassifier, SampledClassifier
from streamimb.linear_model import LogisticRegression
from streamimb.sampling import (
    BothSampler,
    ClassBalance,
    ClassWeights,
    ClusterSampler,
    DynamicSampler,
    ErrorBandSampler,
    ExampleCosts,
    OverSampler,
    Product,
    ScoreUnderSampler,
    UnderSampler,
)
from streamimb.synthesis import SMOTE, HardReplay

STREAMS = {"handbook_apr_jul": "handbook", "hflights_2011": "hflights", "stat": "synthetic, 1 %"}
BLOCK = 5_000  # events that one model gets before the next one gets them: all meet the same changes of speed


class Choice(NamedTuple):
    """A sampler as a user writes it, when to take it, and a synthesizer where there is one."""

    code: str
    when: str
    sampler: Callable[[], Any]
    synthesizer: Callable[[], Any] | None = None


CHOICES = (
    Choice("ScoreUnderSampler()", "you have no reason for another one", ScoreUnderSampler),
    Choice(
        'ScoreUnderSampler(criterion="L")',
        "a linear model must learn from very few events",
        lambda: ScoreUnderSampler(criterion="L"),
    ),
    Choice(
        "UnderSampler(share=0.2)",
        "rates must not depend on the features",
        lambda: UnderSampler(share=0.2),
    ),
    Choice(
        "ErrorBandSampler(mu=0.3)",
        "labels are noisy: it seldom learns the events with the largest errors",
        lambda: ErrorBandSampler(mu=0.3),
    ),
    Choice(
        "BothSampler(share=0.4, budget=0.1)",
        "you have a fixed budget of learned copies",
        lambda: BothSampler(share=0.4, budget=0.1),
    ),
    Choice("OverSampler(share=0.2)", "no event may be left out", lambda: OverSampler(share=0.2)),
    Choice("OverSampler(share=0.5)", "(for comparison: equal classes)", lambda: OverSampler(share=0.5)),
    Choice(
        "OverSampler(share=0.2), SMOTE()",
        "a tree or a neighbour model overfits the copies",
        lambda: OverSampler(share=0.2),
        SMOTE,
    ),
    Choice(
        "OverSampler(share=0.2), HardReplay()",
        "rare, hard events must be learned again",
        lambda: OverSampler(share=0.2),
        HardReplay,
    ),
    Choice("ClassWeights()", 'you used `class_weight="balanced"`', ClassWeights),
    Choice(
        'ClassWeights("effective_number")',
        "balanced weights are too large",
        lambda: ClassWeights("effective_number"),
    ),
    Choice("ExampleCosts(miss=20.0)", "errors have known costs", lambda: ExampleCosts(miss=20.0)),
    Choice("ClassBalance()", "you build an ensemble by under-bagging", ClassBalance),
    Choice('ClassBalance("over")', "you build an ensemble by over-bagging", lambda: ClassBalance("over")),
    Choice(
        "DynamicSampler(budget=0.1)",
        "of many classes some are predicted badly",
        lambda: DynamicSampler(budget=0.1),
    ),
    Choice(
        "ClusterSampler(budget=0.1)",
        "a class has small groups that must be learned",
        lambda: ClusterSampler(budget=0.1),
    ),
    Choice(
        "Product(UnderSampler(keep_rate=0.3), OverSampler())",
        "two reasons to sample hold at once",
        lambda: Product(UnderSampler(keep_rate=0.3), OverSampler()),
    ),
)


class Figures(NamedTuple):
    """Of one model on one stream: NE, mean p over the base rate, copies learned and CPU µs per event."""

    entropy: float
    ratio: float
    copies: float
    cost_us: float


def rows(stream: str, n: int, seed: int) -> Iterator[tuple[dict[Any, Any], bool]]:
    """The first n events of a stream."""
    if stream == "stat":
        return streams.regime("stat", seed, n).rows()
    return islice(streams.real(stream, n), n)


def run(stream: str, n: int, seed: int) -> list[Figures]:
    """Figures of learning all events, then those of each choice; every model gets the same events."""
    models: list[CalibratedClassifier] = [CalibratedClassifier(LogisticRegression())]
    for choice in CHOICES:
        synthesizer = None if choice.synthesizer is None else choice.synthesizer()
        sampled = SampledClassifier(
            LogisticRegression(), choice.sampler(), seed=seed, synthesizer=synthesizer
        )
        models.append(CalibratedClassifier(sampled))
    labels, said, spent = array("b"), [array("d") for _ in models], [0] * len(models)
    left = rows(stream, n, seed)
    while block := list(islice(left, BLOCK)):
        labels.extend(y for _, y in block)
        for place, model in enumerate(models):
            predict, learn, keep = model.predict_proba_one, model.learn_one, said[place].append
            began = time.process_time_ns()
            for x, y in block:
                keep(predict(x)[True])
                learn(x, y)
            spent[place] += time.process_time_ns() - began
    y = np.array(labels, bool)
    found = []
    for model, p, ns in zip(models, said, spent, strict=True):
        copies = model.kept_share if isinstance(model.classifier, SampledClassifier) else 1.0
        entropy, off = normalised_entropy(y, p), ratio(np.array(p)[WARM_UP:], y[WARM_UP:])
        found.append(Figures(entropy, off, copies, ns / len(y) / 1e3))
    return found


def cells(choice: int, measured: dict[str, list[list[Figures]]]) -> list[str]:
    """One line of the table: d by stream, then ratio, copies and cost on the synthetic stream."""
    said = []
    for by_seed in measured.values():
        d = [figures[choice].entropy - figures[0].entropy for figures in by_seed]
        said.append(f"{mean(d):+.4f} ({standard_error(d):.4f})")
    ratios = [mean([figures[choice].ratio for figures in by_seed]) for by_seed in measured.values()]
    synthetic = measured["stat"]
    copies = mean([figures[choice].copies for figures in synthetic])
    cost = mean([figures[choice].cost_us / figures[0].cost_us for figures in synthetic])
    return [*said, f"{min(ratios):.2f}–{max(ratios):.2f}", f"{copies:.2f}", f"{cost:.2f}"]


def main() -> None:
    parser = argparse.ArgumentParser(description="The table of docs/sampling.md.")
    parser.add_argument("--events", type=int, default=200_000, help="the first events of each stream")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    if options.seeds < 2 or options.events < 10_000:
        parser.error("expected --seeds of 2 or more and --events of 10000 or more")
    with ProcessPoolExecutor(options.processes) as pool:
        runs = {
            name: [pool.submit(run, name, options.events, seed) for seed in range(options.seeds)]
            for name in STREAMS
        }
        measured = {name: [each.result() for each in by_seed] for name, by_seed in runs.items()}
    entropies = ", ".join(
        f"{STREAMS[name]} {mean([figures[0].entropy for figures in by_seed]):.4f}"
        for name, by_seed in measured.items()
    )
    everything = mean([figures[0].cost_us for figures in measured["stat"]])
    print(
        f"First {options.events:,} events of each stream, {options.seeds} seeds, {platform.machine()}, "
        f"CPython {platform.python_version()}, {time.strftime('%Y-%m-%d')}. "
        f"All events learned: NE {entropies}; {everything:.2f} µs per event on the synthetic stream.\n"
    )
    heads = [*STREAMS.values(), "predicted ÷ observed", "copies", "CPU"]
    print(f"| sampler | take it when | {' | '.join(heads)} |")
    print("|" + "---|" * (len(heads) + 2))
    for place, choice in enumerate(CHOICES, start=1):
        print(f"| `{choice.code}` | {choice.when} | {' | '.join(cells(place, measured))} |")


if __name__ == "__main__":
    main()
