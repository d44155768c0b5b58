"""Whether the probabilities are true: every figure beside its goal, with seeds and standard errors.

    python -m benchmarks.truth [--only WORDS] [--seeds 5] [--processes 2] [--json]

Exits 1 when a figure misses its goal. d = NE minus NE of our learner on all events, once alone on its own
anchor and once calibrated; tm = mean |log(mean p / mean true P)| over the tenths 2 to 10 of a stream.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from typing import Any, NamedTuple

from benchmarks import boosted_figures, hoeffding_figures, learner_figures, streams
from benchmarks.figures import REAL_D, REAL_GOALS, Work, works
from benchmarks.scores import mean, standard_error


class Line(NamedTuple):
    """One line of the table."""

    work: str
    figure: str
    mean: float
    standard_error: float
    seeds: int
    prototype: str
    goal: str
    ok: bool


def lines_of(work: Work, measured: list[dict[str, float]]) -> list[Line]:
    lines = []
    for goal in work.goals:
        values = [run[goal.measure] for run in measured]
        centre = mean(values)
        bounds = [f">= {goal.low:g}"] * (goal.low > -math.inf) + [f"<= {goal.high:g}"] * (
            goal.high < math.inf
        )
        ok = goal.low <= centre <= goal.high
        lines.append(
            Line(
                work.title,
                goal.figure,
                centre,
                standard_error(values),
                len(values),
                goal.prototype,
                ", ".join(bounds),
                ok,
            )
        )
    return lines


def most_real(lines: Sequence[Line]) -> list[Line]:
    """The claim on all real streams together: d within its goal on all but one."""
    out = []
    for figure in ("d", "d, both calibrated"):
        found = [line.mean for line in lines if line.work.startswith("real ") and line.figure == figure]
        if len(found) == len(REAL_GOALS):
            good = sum(d <= REAL_D for d in found)
            goal = f">= {len(found) - 1} of {len(found)}"
            ok = good >= len(found) - 1
            out.append(Line(f"real, {figure} <= +{REAL_D}", "streams", good, math.nan, 1, "7", goal, ok))
    return out + most_recipes(lines)


def most_recipes(lines: Sequence[Line]) -> list[Line]:
    """The claims on the recipes, and on the Hoeffding tree, over all real streams together."""
    found = {(line.work, line.figure): line.mean for line in lines}
    return [
        Line(title, "streams", good, math.nan, 1, reference, f">= {least} of {n}", good >= least)
        for learners in (learner_figures, boosted_figures, hoeffding_figures)
        for title, good, reference, least, n in learners.together(found)
    ]


def timed(function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[Any, float]:
    """The result of one run, and the CPU seconds it took."""
    began = time.process_time()
    return function(*arguments), time.process_time() - began


def run(chosen: Sequence[Work], processes: int) -> list[Line]:
    """All runs, long ones first; standard error says how far they are, and what each work has cost."""
    began = time.monotonic()
    measured: dict[str, list[dict[str, float]]] = {work.title: [] for work in chosen}
    left = {work.title: len(work.runs) for work in chosen}
    seconds = {work.title: 0.0 for work in chosen}
    lines: list[Line] = []
    with ProcessPoolExecutor(processes) as pool:
        running: dict[Future[Any], Work] = {}
        for work in sorted(chosen, key=lambda work: -work.seconds):
            for function, arguments in work.runs:
                running[pool.submit(timed, function, arguments)] = work
        for done, future in enumerate(as_completed(running), 1):
            work = running[future]
            result, took = future.result()
            measured[work.title].extend(result if isinstance(result, list) else [result])
            seconds[work.title] += took
            left[work.title] -= 1
            if not left[work.title]:
                lines.extend(lines_of(work, measured[work.title]))
                print(
                    f"{done} of {len(running)} runs, {time.monotonic() - began:.0f} s: {work.title} is complete, "
                    f"{seconds[work.title]:.1f} s of CPU",
                    file=sys.stderr,
                    flush=True,
                )
    order = {work.title: i for i, work in enumerate(chosen)}
    lines.sort(key=lambda line: order[line.work])
    return lines + most_real(lines)


def show(lines: Sequence[Line]) -> None:
    print(
        f"{'work':52}{'figure':33}{'mean':>9}{'std err':>9}{'seeds':>6}  {'prototype':25}{'goal':18}",
        flush=True,
    )
    title = ""
    for line in lines:
        verdict = "" if not line.goal else "ok" if line.ok else "MISS"
        error = "" if math.isnan(line.standard_error) else f"{line.standard_error:.4f}"
        name = line.work if line.work != title else ""
        title = line.work
        print(
            f"{name:52}{line.figure:33}{line.mean:9.4f}{error:>9}{line.seeds:6}  {line.prototype:25}"
            f"{line.goal:18}{verdict}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description="Probabilities against known truths and real streams.")
    parser.add_argument("--only", default="", help="works whose title has this in it")
    parser.add_argument("--seeds", type=int, default=5, help="seeds of every work but the first 2,000's (40)")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="one JSON document instead of the table")
    options = parser.parse_args()
    if options.seeds < 1 or options.processes < 1:
        parser.error("--seeds and --processes: expected 1 or more")
    chosen = [work for work in works(options.seeds) if options.only in work.title]
    unmeasured = not options.only and not streams.data_folder().is_dir()
    if unmeasured:
        print(f"real streams: not measured, no data at {streams.data_folder()}", file=sys.stderr)
    if not chosen:
        parser.error(f"--only={options.only!r}: no work has this in its title")
    lines = run(chosen, options.processes)
    if options.json:
        print(json.dumps([line._asdict() for line in lines], indent=1))
    else:
        show(lines)
    missed = [line for line in lines if not line.ok]
    print(f"{len(missed)} missed" if missed else "nothing missed", file=sys.stderr)
    return 1 if missed or unmeasured else 0


if __name__ == "__main__":
    sys.exit(main())
