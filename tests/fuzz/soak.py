"""Fuzzes states, values and orders of calls: `python -m tests.fuzz.soak [--inputs N] [--first SEED]`.

Inputs are numbered; each number is a seed that makes the input again. Children run blocks of them under a limit of
memory and time; after a crash the block goes on behind it. Each finding is printed with the command that repeats it.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

CHILD = ["-X", "faulthandler", "-m", "tests.fuzz.child"]
BLOCK = 10_000  # inputs of one child, which takes two seconds to train all parts
MOST = 20  # findings, after which no more inputs are run


class Finding(NamedTuple):
    """An input that must not end as it did."""

    seed: int
    what: str

    def __str__(self) -> str:
        return f"{self.what}\n    repeat: python -m tests.fuzz.soak --inputs 1 --first {self.seed}"


def block(first: int, last: int) -> list[Finding]:
    """Findings of the inputs from first to before last."""
    found: list[Finding] = []
    while first < last and len(found) < MOST:
        child = subprocess.run(
            [sys.executable, *CHILD, str(first), str(last)], stdout=subprocess.PIPE, check=False
        )
        seed, part = first - 1, ""
        for line in child.stdout.decode("ascii", "replace").splitlines():
            if line.startswith("failed "):
                _, number, what = line.split(" ", 2)
                found.append(Finding(int(number), what))
            elif line.startswith("seed "):
                _, number, part = line.split(" ", 2)
                seed = int(number)
        if child.returncode == 0:
            break
        found.append(Finding(max(seed, first), f"{part}: {ended(child.returncode)}"))
        if seed < first:  # it did not come to the first of them: neither will the next child
            break
        first = seed + 1
    return found


def ended(code: int) -> str:
    """How a child ended that did not come to its end."""
    if code == -signal.SIGALRM:
        return "it does not end"
    return (
        f"the process died of {signal.Signals(-code).name}" if code < 0 else f"the child exited with {code}"
    )


def soak(first: int, inputs: int, processes: int) -> list[Finding]:
    """Findings of so many inputs, in `processes` processes at a time."""
    size = max(1, min(BLOCK, -(-inputs // processes)))
    starts = range(first, first + inputs, size)
    with ThreadPoolExecutor(processes) as pool:
        blocks = pool.map(lambda start: block(start, min(start + size, first + inputs)), starts)
        return [finding for found in blocks for finding in found]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--first", type=int, default=0)
    given = parser.parse_args(arguments)
    begun = time.monotonic()
    found = soak(given.first, given.inputs, os.cpu_count() or 1)
    for finding in found:
        print(finding)
    print(f"{given.inputs:,} inputs in {time.monotonic() - begun:.0f} s: {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
