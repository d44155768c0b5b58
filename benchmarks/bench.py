"""How fast, beside River on the same work: CPU µs an event, medians of interleaved rounds in one run.

    python -m benchmarks.bench [--only WORDS] [--rounds 11] [--json]

The gate is the ratio: the median over the rounds of (River's time / ours, measured one after the other).
Exits 1 when one misses.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from benchmarks.works import CHUNK, WARM_UP, WORKS, Side, Work
from streamimb import __native__

IMPORT_MS = 150.0
IMPORT = (
    "import numpy, msgspec, river.compose, time; t = time.process_time_ns();"
    "import streamimb; [getattr(streamimb, name) for name in streamimb.__all__];"  # lazy: all that is public
    "print(time.process_time_ns() - t)"
)


class Line(NamedTuple):
    """One line of the table; without a goal it is only printed."""

    work: str
    ours: float
    reference: float
    ratio: float
    goal: str
    ok: bool
    against: str


def cpu_us(side: Side, turn: int) -> float:
    gc.collect()
    began = time.process_time_ns()
    side(turn)
    return (time.process_time_ns() - began) / CHUNK / 1e3


def progress(text: str) -> None:
    print(f"\r{text:78}", end="", file=sys.stderr, flush=True)


def measure(work: Work, rounds: int) -> list[Line]:
    """A round is one chunk by ours, by River, and by what is beside them."""
    sides = [make(rounds) for make in (work.ours, work.river, *(make for _, make in work.beside))]
    for side in sides:
        for turn in range(WARM_UP):
            side(turn)
    times: list[list[float]] = [[] for _ in sides]
    for turn in range(WARM_UP, WARM_UP + rounds):
        progress(f"{work.title}: round {turn - WARM_UP + 1} of {rounds}")
        for side, kept in zip(sides, times, strict=True):
            kept.append(cpu_us(side, turn))
    medians = [statistics.median(kept) for kept in times]
    ratios = [
        statistics.median(other / ours for ours, other in zip(times[0], kept, strict=True)) for kept in times
    ]
    gate = f">= {work.goal:g} x"
    lines = [
        Line(work.title, medians[0], medians[1], ratios[1], gate, ratios[1] >= work.goal, work.reference)
    ]
    for (name, _), median, ratio in zip(work.beside, medians[2:], ratios[2:], strict=True):
        lines.append(Line("", medians[0], median, ratio, "", True, name))
    return lines


def importing(rounds: int) -> list[Line]:
    """Milliseconds of CPU that `import streamimb` adds where its dependencies are imported already."""
    times = []
    for turn in range(rounds):
        progress(f"import streamimb: round {turn + 1} of {rounds}")
        done = subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True)
        times.append(int(done.stdout) / 1e6)
    median = statistics.median(times)
    title, against = "import streamimb and all it offers, ms", "over numpy, msgspec, river.compose"
    return [Line(title, median, 0.0, 0.0, f"<= {IMPORT_MS:g} ms", median <= IMPORT_MS, against)]


def broker() -> list[Line]:
    """Kafka to Kafka has a program of its own; it needs Java."""
    if shutil.which("java") is None:
        return [Line("Kafka -> score -> Kafka", 0.0, 0.0, 0.0, "", False, "not measured: no java here")]
    progress("Kafka -> score -> Kafka")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.kafka", "--json"], stdout=subprocess.PIPE, text=True, check=False
    )
    return [Line(**line) for line in json.loads(done.stdout)]


def show(lines: list[Line]) -> None:
    print(f"{'work':49}{'ours':>9}{'River':>9}{'ratio':>8}  {'goal':12}{'':6}against")
    for line in lines:
        verdict = "" if not line.goal else "ok" if line.ok else "MISS"
        reference = f"{line.reference:9.2f}{line.ratio:8.2f}" if line.reference else f"{'':17}"
        print(f"{line.work:49}{line.ours:9.2f}{reference}  {line.goal:12}{verdict:6}{line.against}")


def main() -> int:
    parser = argparse.ArgumentParser(description="CPU microseconds an event, ours and River's.")
    parser.add_argument("--only", default="", help="works whose title has this in it")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--json", action="store_true", help="one JSON document instead of the table")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds: expected 1 or more")
    chosen: list[tuple[str, Callable[[], list[Line]]]] = [
        *((work.title, lambda work=work: measure(work, options.rounds)) for work in WORKS),
        ("import streamimb", lambda: importing(options.rounds)),
        ("Kafka -> score -> Kafka", broker),
    ]
    lines: list[Line] = []
    for title, run in chosen:
        if options.only in title:
            lines.extend(run())
    progress("")
    if not lines:
        parser.error(f"--only={options.only!r}: no work has this in its title, or it cannot run here")
    machine: dict[str, Any] = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "native": __native__,
    }
    if options.json:
        print(json.dumps({"machine": machine, "lines": [line._asdict() for line in lines]}, indent=1))
    else:
        print("\r" + ", ".join(f"{name} {value}" for name, value in machine.items()))
        show(lines)
    missed = sum(not line.ok for line in lines)
    print(f"{missed} missed" if missed else "nothing missed", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
