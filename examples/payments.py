"""A seeded stream of card payments with 1 % of fraud: what the examples are fed with.

As a command it writes JSON lines, each label about an hour after its payment:

    python examples/payments.py 20000 > payments.jsonl
"""

import heapq
import json
import math
import random
import sys
from collections.abc import Iterator
from typing import Any

START_S = 1_767_225_600.0  # 2026-01-01
MEAN_DELAY_S = 3600.0
COUNTRIES = ("NO", "SE", "DK", "FI")

Payment = tuple[float, str, dict[str, Any], bool]  # time, id, features, fraud


def payments(n: int, seed: int = 7) -> Iterator[Payment]:
    """The payments in order of time, with what they turn out to be."""
    rng = random.Random(seed)
    t = START_S
    for number in range(n):
        t = round(t + rng.expovariate(1 / 60.0), 3)
        country = rng.choice(COUNTRIES)
        log_ratio = rng.gauss(0.0, 1.0)
        night = int(t // 3600) % 24 < 6
        z = -6.1 + 1.3 * log_ratio + 0.8 * night + 1.2 * (country == "FI")
        x = {
            "amount": round(40.0 * math.exp(log_ratio), 2),
            "log_ratio": round(log_ratio, 3),
            "night": night,
            "country": country,
        }
        yield t, f"tx-{number}", x, rng.random() < 1.0 / (1.0 + math.exp(-z))


def records(n: int, seed: int = 7) -> Iterator[tuple[float, dict[str, Any]]]:
    """Payments and their labels as records, in order of time."""
    delays = random.Random(seed + 1)
    due: list[tuple[float, str, bool]] = []
    for t, name, x, fraud in payments(n, seed):
        while due and due[0][0] <= t:
            yield label(heapq.heappop(due))
        yield t, {"type": "event", "id": name, "time": t, **x}
        heapq.heappush(due, (round(t + delays.expovariate(1 / MEAN_DELAY_S), 3), name, fraud))
    while due:
        yield label(heapq.heappop(due))


def label(known: tuple[float, str, bool]) -> tuple[float, dict[str, Any]]:
    """What a payment turned out to be, at the time it is known."""
    t, name, fraud = known
    return t, {"type": "label", "id": name, "time": t, "label": fraud}


if __name__ == "__main__":
    for _, record in records(int(sys.argv[1])):
        print(json.dumps(record))
