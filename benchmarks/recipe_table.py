"""The recipes beside a batch model refitted and River's own models: the table in README.

    python -m benchmarks.recipe_table [--streams gmsc elec2] [--models default linear] [--processes 2] [--write]

Every row is scored before its label, which comes at once. NE is the log loss over the entropy of the base rate, from
the start row on: 1 is a constant, less is better. µs is processor time of scoring and learning an event of the last
stream, in the mean over all of it; of LightGBM, of all refits and predictions divided by the events. MB is memory at
the end: what a model says of itself; of LightGBM, the rows that a refit needs. `--write` replaces the table in README.

LightGBM (`pip install lightgbm`: only its own row needs it) is refitted on all rows seen so far, every 7 days, 28 on
bitcoin_otc, and every 10,000 rows where there is no time: 120 trees, rate .08, 15 leaves, at least 100 rows a leaf,
L2 10, 80 % of rows and columns. River's models get no missing numbers. Its forest takes 20 minutes of the whole hour.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from numbers import Number
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from river import compose, forest, linear_model, preprocessing

from benchmarks import streams
from benchmarks.boosted_figures import START
from benchmarks.scores import normalised_entropy
from streamimb import CalibratedClassifier
from streamimb.compose import recipes

STREAMS = {  # to their names in the table
    "handbook_apr_jul": "fraud",
    "bitcoin_otc": "trust",
    "hflights_2011": "flights",
    "gmsc": "credit risk",
    "elec2": "electricity",
    "bank_marketing": "bank",
}
DAY = 86_400.0
REFIT = {  # in units of the column t
    "handbook_apr_jul": 7 * DAY,
    "hflights_2011": 7 * DAY,
    "bank_marketing": 7 * DAY,
    "elec2": 7 * DAY,
    "bitcoin_otc": 28_000 * DAY,  # milliseconds
}
REFIT_ROWS = 10_000
MOST_CODES = 100  # a field of more strings is not given to LightGBM
TREES = 120
SETTING = {
    "objective": "binary", "learning_rate": 0.08, "num_leaves": 15, "min_data_in_leaf": 100,
    "min_sum_hessian_in_leaf": 1.0, "lambda_l2": 10.0, "bagging_fraction": 0.8, "bagging_freq": 1,
    "feature_fraction": 0.8, "num_threads": 1, "seed": 1, "deterministic": True, "verbose": -1,
}  # fmt: skip
README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN, END = "<!-- python -m benchmarks.recipe_table --write -->", "<!-- the end of this table -->"


class Cell(NamedTuple):
    """One model on one stream."""

    ne: float
    us: float
    mb: float


Make = Callable[[], Any]


def river_linear() -> Any:
    """Numbers scaled, strings one-hot."""
    numbers = compose.SelectType(Number) | preprocessing.StandardScaler()
    strings = compose.SelectType(str) | preprocessing.OneHotEncoder()
    return (numbers + strings) | linear_model.LogisticRegression()


def river_forest() -> Any:
    """Ten trees, as River has them by default."""
    return forest.ARFClassifier(seed=1)


OURS: dict[str, Make] = {
    "default": lambda: recipes.default(seed=1),
    "linear": lambda: recipes.linear(seed=1),
    "boosting": lambda: recipes.boosting(seed=1),
}
RIVERS: dict[str, tuple[str, Make]] = {
    "river": ("River `StandardScaler \\| LogisticRegression`", river_linear),
    "arf": ("River `ARFClassifier`, 10 trees", river_forest),
}
BATCH = "lightgbm"
MODELS = (*OURS, BATCH, *RIVERS)
CALIBRATED = " in CalibratedClassifier"
TITLES = {
    **{name: f"recipe `{name}`" for name in OURS},
    BATCH: "LightGBM, refitted",
    **{
        key: told
        for name, (title, _) in RIVERS.items()
        for key, told in ((name, title), (name + CALIBRATED, "the same in `CalibratedClassifier`"))
    },
}


def cells(model: str, stream: str) -> dict[str, Cell]:
    """The rows of one model on one stream, by their keys in `TITLES`."""
    if model == BATCH:
        return {model: refitted(stream)}
    if model in OURS:
        return {model: online(OURS[model](), stream, present=False)[1]}
    alone, calibrated = online(CalibratedClassifier(RIVERS[model][1]()), stream, present=True)
    return {model: alone, model + CALIBRATED: calibrated}


def online(classifier: Any, stream: str, *, present: bool) -> tuple[Cell, Cell]:
    """Every event is scored, then learned: before and after the calibrator. `present`: without missing numbers."""
    events = list(streams.real(stream))
    said, labels = np.empty((2, len(events))), np.empty(len(events), bool)
    score = classifier.score_learn_one
    seconds = 0.0
    for i, (event, y) in enumerate(events):
        x = {name: value for name, value in event.items() if value == value} if present else event
        begun = time.thread_time()
        scores = score(x, y)
        seconds += time.thread_time() - begun
        said[0, i], said[1, i], labels[i] = scores.corrected, scores.calibrated, y
    us, mb = 1e6 * seconds / len(events), classifier._raw_memory_usage / 2**20
    alone, calibrated = (normalised_entropy(labels, p, START[stream]) for p in said)
    return Cell(alone, us, mb), Cell(calibrated, us, mb)


def refitted(stream: str) -> Cell:
    """LightGBM on all rows before each refit."""
    import lightgbm

    x, y, codes = matrix(stream)
    t, _ = streams.real_times(stream)
    said = np.full(len(y), math.nan)
    begun = time.process_time()
    for start, end in periods(START[stream], t, REFIT.get(stream)):
        rows = lightgbm.Dataset(x[:start], y[:start], categorical_feature=codes, free_raw_data=True)
        said[start:end] = lightgbm.train(SETTING, rows, TREES).predict(x[start:end], num_threads=1)
    seconds = time.process_time() - begun
    return Cell(normalised_entropy(y, said, START[stream]), 1e6 * seconds / len(y), x.nbytes / 2**20)


def matrix(stream: str) -> tuple[NDArray[np.float64], NDArray[np.bool_], list[int]]:
    """The features as numbers, the labels, and which columns are codes."""
    events = list(streams.real(stream))
    columns: list[NDArray[np.float64]] = []
    codes: list[int] = []
    for name, first in events[0][0].items():
        values: Any = [event[name] for event, _ in events]
        if isinstance(first, str):
            found = {value: i for i, value in enumerate(dict.fromkeys(values))}
            if len(found) > MOST_CODES:
                continue
            values = [found[value] for value in values]
            codes.append(len(columns))
        columns.append(np.array(values, float))
    return np.column_stack(columns), np.array([y for _, y in events], bool), codes


def periods(start: int, t: NDArray[np.float64], seconds: float | None) -> Iterator[tuple[int, int]]:
    """The rows that each refit scores."""
    n = len(t)
    while start < n:
        end = start + REFIT_ROWS if seconds is None else int(np.searchsorted(t, t[start] + seconds))
        end = min(n, max(end, start + 1))
        yield start, end
        start = end


def measured(models: Sequence[str], names: Sequence[str], processes: int) -> dict[tuple[str, str], Cell]:
    """Every cell, the long ones first."""
    found: dict[tuple[str, str], Cell] = {}
    order = [(model, name) for model in reversed(MODELS) if model in models for name in names]
    with ProcessPoolExecutor(processes, max_tasks_per_child=1) as pool:
        running = {pool.submit(cells, *one): one for one in order}
        for done, future in enumerate(as_completed(running), 1):
            model, name = running[future]
            found.update({(key, name): cell for key, cell in future.result().items()})
            print(
                f"{done} of {len(order)}: {model} on {name}: {future.result()}", file=sys.stderr, flush=True
            )
    return found


def table(found: dict[tuple[str, str], Cell], names: Sequence[str]) -> str:
    """In Markdown: NE by stream, then µs and MB on the last stream."""
    lines = [
        "| NE, labels at once | " + " | ".join(STREAMS[name] for name in names) + " | µs | MB |",
        "|---|" + "---|" * (len(names) + 2),
    ]
    for key, title in TITLES.items():
        if (key, names[-1]) in found:
            figures = [short(found[key, name].ne) for name in names]
            last = found[key, names[-1]]
            lines.append(f"| {title} | {' | '.join(figures)} | {last.us:,.1f} | {last.mb:,.2f} |")
    return "\n".join(lines)


def short(value: float) -> str:
    """Three decimals, without the zero before them."""
    return f"{value:.3f}".removeprefix("0")


def written(text: str, lines: str) -> str:
    """README's text with these lines between the two marks."""
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"README has no {BEGIN} with {END} after it")
    return f"{head}{begin}\n\n{lines}\n\n{end}{tail}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description="NE, µs and MB of the recipes and of what a team would use instead."
    )
    parser.add_argument("--streams", nargs="*", choices=STREAMS, default=list(STREAMS))
    parser.add_argument("--models", nargs="*", choices=MODELS, default=MODELS)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="into README")
    options = parser.parse_args()
    lines = table(measured(options.models, options.streams, options.processes), options.streams)
    print(lines)
    if options.write:
        README.write_text(written(README.read_text(), lines))


if __name__ == "__main__":
    main()
