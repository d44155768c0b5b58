"""Milliseconds of CPU that `import streamimb` adds where its dependencies are imported already.

Modules are imported from bytecode, which pip compiles when it installs a package.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile

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
    command = [sys.executable, *(["-P"] if sys.flags.safe_path else []), "-c", CODE]
    with tempfile.TemporaryDirectory() as folder:
        # The bytecode of this checkout may be missing or old: the first run, which is not counted, writes it.
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for number in range(rounds + 1):
            progress(f"import streamimb: round {number} of {rounds}")
            done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
            times.append(int(done.stdout) / 1e6)
    median = statistics.median(times[1:])
    verdict: Verdict = "ok" if median <= LIMIT_MS else "MISS"
    return Line(
        TITLE, median, 0.0, 0.0, f"<= {LIMIT_MS:g} ms", verdict, "numpy, msgspec, river.compose imported"
    )
