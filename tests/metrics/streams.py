"""Streams for metrics, and the weights that decay gives their events."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

Event = tuple[bool, float, float]  # class, P(True), weight

EVENTS = st.lists(
    st.tuples(st.booleans(), st.integers(0, 9).map(lambda k: k / 9), st.sampled_from([0.5, 1.0, 1.0, 3.0])),
    min_size=1,
    max_size=60,
)


def fed(metric: Any, events: list[Event]) -> Any:
    for y, p, w in events:
        metric.update(y, p, w)
    return metric


def decayed_weights(events: list[Event], half_life: float) -> Any:
    """The weight of each event at the end of the stream."""
    age = np.arange(len(events) - 1, -1, -1)
    return np.array([w for _, _, w in events]) * 0.5 ** (age / half_life)


def rare_stream(kind: str, seed: int, n: int = 30_000, base: float = 0.01) -> list[Event]:
    """A calibrated stream of about that base rate; its scores are narrow, or move, or its events have weights."""
    rng = np.random.default_rng(seed)
    p = 1.0 / (1.0 + np.exp(-(1.4 * rng.normal(size=n) + np.log(base) - 0.9)))
    y = rng.random(n) < p
    w = rng.exponential(size=n) + 0.05 if kind == "weighted" else np.ones(n)
    if kind == "narrow":
        p = 0.5 + 1e-4 * p
    if kind == "moved":
        p = np.where(np.arange(n) < n // 2, p, 0.1 * p)
    return list(zip(y.tolist(), p.tolist(), w.tolist(), strict=True))
