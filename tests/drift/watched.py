"""A detector on a stream with a change half way, and on events with fields."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.drift_figures import alarms, ours


def names(
    make: Callable[[], Any], kind: str, seed: int, n: int = 40_000, rate: float = 0.01
) -> list[tuple[int, str]]:
    """(events after the change, name of the alarm); negative before the change."""
    return alarms(ours(make()), kind, seed, n, rate)


def payment(rng: random.Random) -> dict[str, Any]:
    """An event with numbers, strings, a bool and gaps."""
    x: dict[str, Any] = {f"x{i}": rng.gauss(0.3 * i, 1.0) for i in range(8)}
    x |= {"amount": rng.lognormvariate(3.0, 1.0), "n": rng.randrange(6), "flag": rng.random() < 0.1}
    x |= {"country": rng.choice(["de", "fr", "it"]), "merchant": f"m{int(5_000 * rng.random() ** 2)}"}
    if rng.random() < 0.2:
        x["x5"] = None
    return x


def fed(detector: Any, events: Iterable[dict[str, Any]]) -> list[tuple[int, Any]]:
    """(number of the event, alarm) of all alarms."""
    found = []
    for i, x in enumerate(events):
        detector.update(x)
        found += [(i, alarm) for alarm in detector.alarms]
    return found
