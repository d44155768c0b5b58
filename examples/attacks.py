"""A seeded stream of network connections, 90 % of them normal: what `classes.toml` is fed with.

As a command it writes JSON lines, each label about a quarter of an hour after its connection:

    python examples/attacks.py 20000 > attacks.jsonl
"""

import heapq
import json
import random
import sys
from collections.abc import Iterator
from typing import Any

START_S = 1_767_225_600.0  # 2026-01-01
MEAN_DELAY_S = 900.0
# Share of the connections, and means of the log of bytes sent, of connections per minute, and of ports tried.
KINDS = {
    "normal": (0.90, 7.0, 0.5, 0.3),
    "dos": (0.07, 4.5, 3.5, 0.3),
    "probe": (0.025, 4.0, 2.0, 2.5),
    "password": (0.005, 5.5, 2.5, 0.3),
}
PROTOCOLS = {"normal": "tcp tcp udp", "dos": "tcp icmp", "probe": "tcp udp icmp", "password": "tcp"}


def records(n: int, seed: int = 7) -> Iterator[dict[str, Any]]:
    """Connections and their labels, in order of time."""
    rng = random.Random(seed)
    due: list[tuple[float, str, str]] = []
    t = START_S
    for number in range(n):
        t = round(t + rng.expovariate(1 / 5.0), 3)
        while due and due[0][0] <= t:
            yield label(heapq.heappop(due))
        kind = rng.choices(list(KINDS), [share for share, *_ in KINDS.values()])[0]
        _, *means = KINDS[kind]
        sent, rate, ports = (round(rng.gauss(mean, 1.0), 3) for mean in means)
        name = f"conn-{number}"
        yield {
            "type": "event",
            "id": name,
            "time": t,
            "log_bytes": sent,
            "log_rate": rate,
            "log_ports": ports,
            "protocol": rng.choice(PROTOCOLS[kind].split()),
        }
        heapq.heappush(due, (round(t + rng.expovariate(1 / MEAN_DELAY_S), 3), name, kind))
    while due:
        yield label(heapq.heappop(due))


def label(known: tuple[float, str, str]) -> dict[str, Any]:
    """What a connection turned out to be, at the time it is known."""
    t, name, kind = known
    return {"type": "label", "id": name, "time": t, "label": kind}


if __name__ == "__main__":
    for record in records(int(sys.argv[1])):
        print(json.dumps(record))
