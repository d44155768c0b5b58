"""A measurement that is stopped ends the processes it started, brokers among them, before it ends itself."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Mapping, Sequence
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _stop(number: int, frame: FrameType | None) -> None:
    for each in STOPPING:  # a second signal must not interrupt the ending of processes
        signal.signal(each, signal.SIG_IGN)
    raise SystemExit(128 + number)


def end_in_order() -> None:
    """From now on a signal to stop raises SystemExit: `finally` and `with` end what was started."""
    for each in STOPPING:
        signal.signal(each, _stop)


def output_of(command: Sequence[str], environment: Mapping[str, str]) -> tuple[str, int]:
    """What a process writes, and its exit status; stopped before its end, the process is told to stop and awaited."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        written, _ = process.communicate()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    return written, process.returncode
