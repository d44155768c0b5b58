"""Milliseconds of CPU that `import streamimb` adds where its dependencies are imported already."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys

from benchmarks.rounds import Line, Verdict, progress

TITLE = "import streamimb and all it offers at run time, ms"
LIMIT_MS = 150.0
CODE = (
    "import numpy, msgspec, river.compose, time; t = time.process_time_ns();"
    # Names are lazy: all that is public, but the laws, which tests import.
    "import streamimb; [getattr(streamimb, name) for name in streamimb.__all__ if name != 'checks'];"
    "print(time.process_time_ns() - t)"
)


def measure(rounds: int) -> Line:
    times = []
    for number in range(1, rounds + 1):
        progress(f"import streamimb: round {number} of {rounds}")
        command = [sys.executable, *(["-P"] if sys.flags.safe_path else []), "-c", CODE]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
        times.append(int(done.stdout) / 1e6)
    median = statistics.median(times)
    verdict: Verdict = "ok" if median <= LIMIT_MS else "MISS"
    return Line(
        TITLE, median, 0.0, 0.0, f"<= {LIMIT_MS:g} ms", verdict, "numpy, msgspec, river.compose imported"
    )
