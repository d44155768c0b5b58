"""Streams of labels and calibrated scores with one change half way: what the drift detectors are measured on.

A score is sigmoid(b + z), z ~ N(0, 1.6²), with b such that the mean score is the base rate; a label is drawn from its
score. After the change the scorer stays as it was, so that only labels and scores move:

- `quiet`: nothing changes;
- `prior`: positives become three times as common, with scores as before;
- `hard`: the scores of positives come from negatives;
- `like`: 3 % of the negatives have scores of positives;
- `tenfold`: positives become ten times as common.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.streams import SIGNAL, Floats, intercept, sigmoid

KINDS = ("quiet", "prior", "hard", "like", "tenfold")
TIMES = {"prior": 3.0, "tenfold": 10.0}  # the odds of a positive, after the change
LIKE = 0.03  # of the negatives


class Labelled(NamedTuple):
    """Labels, and the scores that were served."""

    y: NDArray[np.bool_]
    p: Floats


def change(kind: str, seed: int, n: int = 40_000, rate: float = 0.01) -> Labelled:
    """A stream of n events whose change is in the middle."""
    rng = np.random.default_rng((KINDS.index(kind), seed))
    b = intercept(rate, rng)
    half = n // 2
    p = sigmoid(b + rng.normal(0, SIGNAL, n))
    y = rng.random(n) < p
    pool = sigmoid(b + rng.normal(0, SIGNAL, int(20 * n * max(0.01, 0.01 / rate * 0.01)) + 20_000))
    positive = pool[rng.random(len(pool)) < pool]  # scores of positives
    if kind in TIMES:
        y[half:] = rng.random(n - half) < rate * TIMES[kind]
        p[half:][y[half:]] = rng.choice(positive, y[half:].sum())
        p[half:][~y[half:]] = rng.choice(p[:half][~y[:half]], (~y[half:]).sum())
    if kind == "hard":
        p[half:][y[half:]] = rng.choice(p[:half][~y[:half]], y[half:].sum())
    if kind == "like":
        moved = ~y & (rng.random(n) < LIKE)
        moved[:half] = False
        p[moved] = rng.choice(positive, moved.sum())
    return Labelled(y, p)
