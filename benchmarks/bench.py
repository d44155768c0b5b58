"""How fast, beside River on the same work: CPU µs an event under two CPythons, medians of interleaved rounds.

    python -m benchmarks.bench [--only WORDS] [--rounds 11] [--json] [--newest PYTHON]

An event is predicted, and learned 10,000 events later from a dict of its own; dicts are decoded anew, and decoding is
not timed unless the title says so. The gate is the ratio: the median over the rounds of one time divided by the other,
measured in turns. `>=` is how many times faster ours is than what it is measured against, `<=` how many times its cost
it has. The lower of the two CPythons decides. Exits 1 when a gate is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
from pathlib import Path

import streamimb
from benchmarks import interpreters, table
from benchmarks.rounds import Line, progress
from benchmarks.termination import end_in_order

NEWEST = "STREAMIMB_NEWEST_PYTHON"
KAFKA = "Kafka -> score -> Kafka"


def under(python: str, only: str, rounds: int) -> tuple[str, list[Line]]:
    """The version of an interpreter, and what was measured under it."""
    sources = interpreters.digest(Path(streamimb.__file__).parent)
    arguments = ["--only", only, "--rounds", str(rounds), "--sources", sources]
    found = interpreters.run(python, "benchmarks.one_interpreter", arguments)
    return found["python"], [Line(**line) for line in found["lines"]]


def broker(rounds: int) -> list[Line]:
    """Kafka to Kafka, and how long a score takes, by a program of its own."""
    if shutil.which("java") is None:
        return [Line(KAFKA, 0.0, 0.0, 0.0, "", "MISS", "not measured: install Java 17")]
    progress(KAFKA)
    found = interpreters.run(sys.executable, "benchmarks.kafka", ["--json", "--rounds", str(rounds)])
    return [Line(**line) for line in found]


def main() -> int:
    parser = argparse.ArgumentParser(description="CPU microseconds an event, ours and River's.")
    parser.add_argument("--only", default="", help="works whose title has this in it")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--json", action="store_true", help="one JSON document instead of the table")
    parser.add_argument(
        "--newest",
        default=os.environ.get(NEWEST, ""),
        help=f"a second CPython with streamimb; {NEWEST} unless given",
    )
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds: expected 1 or more")
    if options.newest and shutil.which(options.newest) is None:
        parser.error(f"--newest={options.newest}: no such program")
    end_in_order()
    # The second one first, because it may have another streamimb.
    pythons = [python for python in (options.newest, sys.executable) if python]
    measured = dict(reversed([under(python, options.only, options.rounds) for python in pythons]))
    if options.only in KAFKA:
        measured[platform.python_version()] += broker(options.rounds)
    progress("")
    rows = table.merged(measured)
    if not rows:
        parser.error(f"--only={options.only!r}: no work has this in its title")
    machine = {
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
    }
    if options.json:
        print(json.dumps({**machine, "rows": [row.plain() for row in rows]}, indent=1))
    else:
        print("\r" + ", ".join(f"{name} {value}" for name, value in machine.items()))
        print(table.drawn(rows, list(measured)))
    if not options.newest:
        print(f"no newer CPython: give one that has streamimb as --newest or {NEWEST}", file=sys.stderr)
    missed = sum(row.verdict == "MISS" for row in rows)
    print(f"{missed} missed" if missed else "nothing missed", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
