"""A backlog whose truth is known: payments over 40 days, frauds reported 1 to 12 days later, all there already."""

import json
import math
import random
import time
from collections.abc import Iterable
from typing import Any, NamedTuple

DAY = 86_400.0
WINDOW_S = 14 * DAY


class Backlog(NamedTuple):
    """Payments and reports in order of time, and the true P(fraud) of each payment by its id."""

    events: list[dict[str, Any]]
    labels: list[dict[str, Any]]
    truth: dict[str, float]


def backlog(n: int, seed: int = 1) -> Backlog:
    """n payments; about one in twenty is a fraud."""
    rng = random.Random(seed)
    start = time.time() - 41 * DAY
    events: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
    truth: dict[str, float] = {}
    for i in range(n):
        t, amount, name = start + i * 40 * DAY / n, rng.gauss(0, 1), f"e{i}"
        truth[name] = 1 / (1 + math.exp(3.5 - amount))
        events.append({"id": name, "time": t, "amount": round(amount, 4)})
        if rng.random() < truth[name]:
            labels.append({"id": name, "time": t + rng.uniform(1, 12) * DAY, "label": True})
    labels.sort(key=lambda label: label["time"])
    return Backlog(events, [label for label in labels if label["time"] < time.time()], truth)


def encoded(rows: Iterable[dict[str, Any]]) -> list[bytes]:
    return [json.dumps(row).encode() for row in rows]


def ratio(scores: Iterable[bytes], truth: dict[str, float], last: int) -> float:
    """The sum of the probabilities served to the last payments, divided by the sum of the true ones."""
    names = list(truth)[-last:]
    served = {score["id"]: score["p"] for score in map(json.loads, scores)}
    return math.fsum(served[name] for name in names) / math.fsum(truth[name] for name in names)
