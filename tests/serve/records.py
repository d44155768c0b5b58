"""Records and JSON for the tests of this folder."""

import json
from typing import Any

from streamimb.connections import Record

T0 = 1_600_000_000.0  # 2020, plausible in seconds


def record(
    value: Any, offset: int = 0, t: float = T0, partition: int = 0, key: bytes | None = None
) -> Record:
    """One record; a dict becomes JSON."""
    encoded = json.dumps(value).encode() if isinstance(value, dict) else value
    return Record(partition, offset, t, key, encoded)


def event(name: str, t: float = T0, **features: Any) -> dict[str, Any]:
    return {"id": name, "time": t, **features}


class Clock:
    """A monotonic clock that only moves when told, or slept on."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, wait_s: float) -> None:
        assert wait_s >= 0
        self.slept.append(wait_s)
        self.now += wait_s
