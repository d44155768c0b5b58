"""Which sampler: normalised entropy, ratio and cost of each on two real streams and a synthetic one at 1 %.

    python -m benchmarks.which_sampler [--events 200000] [--seeds 3] [--processes 2]

prints the table of docs/sampling.md. NE is that of a sampled learner less that of the same learner on all events, both
behind the default calibrator, with the standard error over the seeds; a seed is of the draws, and of the synthetic
stream too. The last two columns are CPU time of prediction and learning, above that of the learner on all events (our
learner), and as a multiple of it (River's).
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
from benchmarks.river_models import SCALED, scaled_logistic
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
RIVER_EVENTS = 20_000  # of the synthetic stream, for the cost with River's learner
BLOCK = 5_000  # events that one model gets before the next one gets them: all meet the same changes of speed


class Choice(NamedTuple):
    """A sampler as a user writes it, when to take it, and a synthesizer where there is one."""

    code: str
    when: str
    sampler: Callable[[], Any]
    synthesizer: Callable[[], Any] | None = None


CHOICES = (
    Choice("ScoreUnderSampler()", "nothing below applies: it is the default", ScoreUnderSampler),
    Choice(
        'ScoreUnderSampler(criterion="L")',
        "the learner is linear, and may learn very few events",
        lambda: ScoreUnderSampler(criterion="L"),
    ),
    Choice(
        "UnderSampler(share=0.2)",
        "all events of a class must have one rate",
        lambda: UnderSampler(share=0.2),
    ),
    Choice(
        "ErrorBandSampler(mu=0.3)",
        "labels are noisy: common events with the largest errors are learned less often",
        lambda: ErrorBandSampler(mu=0.3),
    ),
    Choice(
        "BothSampler(share=0.4, budget=0.1)",
        "the number of learned copies is limited",
        lambda: BothSampler(share=0.4, budget=0.1),
    ),
    Choice("OverSampler(share=0.2)", "every event must be learned", lambda: OverSampler(share=0.2)),
    Choice(
        "OverSampler(share=0.5)",
        "not recommended: shown because equal classes are common practice",
        lambda: OverSampler(share=0.5),
    ),
    Choice(
        "OverSampler(share=0.2), SMOTE()",
        "the rare events are few and copies of them too much alike",
        lambda: OverSampler(share=0.2),
        SMOTE,
    ),
    Choice(
        "OverSampler(share=0.2), HardReplay()",
        "rare events that the model misses must be learned again",
        lambda: OverSampler(share=0.2),
        HardReplay,
    ),
    Choice(
        "ClassWeights()", 'you had `class_weight="balanced"`, and every event must be learned', ClassWeights
    ),
    Choice(
        'ClassWeights("effective_number")',
        "balanced weights are too large: the rare class has thousands of events",
        lambda: ClassWeights("effective_number"),
    ),
    Choice("ExampleCosts(miss=20.0)", "an error has a known cost", lambda: ExampleCosts(miss=20.0)),
    Choice("ClassBalance()", "models of one ensemble learn equal classes, thinned", ClassBalance),
    Choice(
        'ClassBalance("over")',
        "models of one ensemble learn equal classes, copied",
        lambda: ClassBalance("over"),
    ),
    Choice(
        "DynamicSampler(budget=0.1)",
        "there are many classes, and some are predicted badly",
        lambda: DynamicSampler(budget=0.1),
    ),
    Choice(
        "ClusterSampler(budget=0.1)",
        "a class has small groups, and each must be learned",
        lambda: ClusterSampler(budget=0.1),
    ),
    Choice(
        "Product(UnderSampler(keep_rate=0.3), OverSampler())",
        "two of these reasons apply at once",
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


def run(stream: str, n: int, seed: int, learner: Callable[[], Any] = LogisticRegression) -> list[Figures]:
    """Figures of learning all events, then those of each choice; every model gets the same events."""
    models: list[CalibratedClassifier] = [CalibratedClassifier(learner())]
    for choice in CHOICES:
        synthesizer = None if choice.synthesizer is None else choice.synthesizer()
        sampled = SampledClassifier(learner(), choice.sampler(), seed=seed, synthesizer=synthesizer)
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
    observed = np.array(labels, bool)
    found = []
    for model, p, ns in zip(models, said, spent, strict=True):
        copies = model.kept_share if isinstance(model.classifier, SampledClassifier) else 1.0
        predicted = ratio(np.array(p)[WARM_UP:], observed[WARM_UP:])
        found.append(Figures(normalised_entropy(observed, p), predicted, copies, ns / len(p) / 1e3))
    return found


def cells(choice: int, measured: dict[str, list[list[Figures]]], river: list[Figures]) -> list[str]:
    """One line of the table: NE by stream, ratio, then copies and costs on the synthetic stream."""
    said = []
    for by_seed in measured.values():
        d = [figures[choice].entropy - figures[0].entropy for figures in by_seed]
        said.append(f"{mean(d):+.4f} ({standard_error(d):.4f})")
    ratios = [mean([figures[choice].ratio for figures in by_seed]) for by_seed in measured.values()]
    synthetic = measured["stat"]
    copies = mean([figures[choice].copies for figures in synthetic])
    cost = mean([figures[choice].cost_us - figures[0].cost_us for figures in synthetic])
    rest = f"{copies:.2f}", f"{cost:+.1f} µs", f"× {river[choice].cost_us / river[0].cost_us:.2f}"
    return [*said, f"{min(ratios):.2f}–{max(ratios):.2f}", *rest]


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
        cost = pool.submit(run, "stat", RIVER_EVENTS, 0, scaled_logistic)
        measured = {name: [each.result() for each in by_seed] for name, by_seed in runs.items()}
        river = cost.result()
    entropies = ", ".join(
        f"{STREAMS[name]} {mean([figures[0].entropy for figures in by_seed]):.4f}"
        for name, by_seed in measured.items()
    )
    everything = mean([figures[0].cost_us for figures in measured["stat"]])
    print(
        f"First {options.events:,} events of each stream, {options.seeds} seeds, {platform.machine()}, "
        f"CPython {platform.python_version()}, {time.strftime('%Y-%m-%d')}. All events learned: NE {entropies}; "
        f"per synthetic event {everything:.1f} µs with our learner, {river[0].cost_us:.0f} µs with {SCALED} "
        f"({RIVER_EVENTS:,} events).\n"
    )
    heads = [*STREAMS.values(), "predicted ÷ observed", "copies", "CPU", "CPU, River"]
    print(f"| sampler | take it when | {' | '.join(heads)} |")
    print("|" + "---|" * (len(heads) + 2))
    for place, choice in enumerate(CHOICES, start=1):
        print(f"| `{choice.code}` | {choice.when} | {' | '.join(cells(place, measured, river))} |")


if __name__ == "__main__":
    main()
