"""Seeded streams with a known P(True | x)."""

from __future__ import annotations

import math
import random
from typing import Any

WEIGHTS = (0.8, -0.6, 0.4)


def sigmoid(z: float) -> float:
    return 1.0 / (1.0 + math.exp(-z))


def events(n: int, seed: int, base: float = -4.5) -> list[tuple[dict[Any, float], bool, float]]:
    """(x, y, P(y = True)); about 2 % rare with base = -4.5."""
    rng = random.Random(seed)
    out = []
    for _ in range(n):
        x: dict[Any, float] = {name: rng.gauss(0, 1) for name in "abc"}
        p = sigmoid(base + sum(w * v for w, v in zip(WEIGHTS, x.values(), strict=True)))
        out.append((x, rng.random() < p, p))
    return out
