"""Calibrated probabilities of a rare class, with labels drawn from them."""

from __future__ import annotations

import numpy as np

Stream = tuple[list[float], list[bool]]


def rare(seed: int, n: int, mean: float = -6.5, sd: float = 1.8) -> Stream:
    """n events whose log-odds are normal; about .65 % are positive."""
    rng = np.random.default_rng(seed)
    p = 1.0 / (1.0 + np.exp(-rng.normal(mean, sd, n)))
    return p.tolist(), (rng.random(n) < p).tolist()


def acted_on(rule: object, p: list[float], seconds: float = 1.0, first: int = 0) -> list[bool]:
    """What a rule acts on, of events that come `seconds` apart."""
    acted = []
    for i, one in enumerate(p, first):
        acted.append(one >= rule.threshold_one({}, seconds * i))  # type: ignore[attr-defined]
        rule.observe_one(one, {}, seconds * i)  # type: ignore[attr-defined]
    return acted
