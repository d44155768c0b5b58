"""Events of every kind of value, and a model as bytes."""

from __future__ import annotations

import random
from typing import Any

from streamimb.engine import snapshot
from streamimb.linear_model import LogisticGAM, LogisticRegression


def mixed_stream(n: int, seed: int) -> list[tuple[dict[Any, Any], bool]]:
    """Numbers (wild ones too), bools, words; columns that come and go."""
    rng = random.Random(seed)
    out = []
    for i in range(n):
        y = rng.random() < 0.3
        x: dict[Any, Any] = {
            "a": rng.gauss(y, 2),
            "b": rng.expovariate(1) ** 4,
            "flag": rng.random() < 0.4 + 0.2 * y,
            "count": rng.randrange(5),
            "word": rng.choice(["red", "blå", "緑", ""]),
        }
        if i > n // 3:
            x["late"] = rng.gauss(-y, 1)
        for name in ("a", "b", "late", "word", "count"):
            if rng.random() < 0.1:
                x[name] = None
            elif rng.random() < 0.1:
                x.pop(name, None)
        out.append((x, y))
    return out


def bits(model: LogisticRegression | LogisticGAM) -> bytes:
    return snapshot.dumps(model)
