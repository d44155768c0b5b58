"""The mixture of boosted trees, apart from them: its shares follow from the answers that memos carry."""

from __future__ import annotations

import math
import random
from collections import deque

import pytest

from streamimb.tree import RollingBoostingClassifier

SWITCH = 1e-4


def test_shares_follow_from_what_was_answered_at_the_event() -> None:
    rng, model = random.Random(1), RollingBoostingClassifier(every=20, n_trees=10, ring_size=500)
    waiting: deque[tuple[dict[str, float], bool, float, tuple[float, ...]]] = deque()
    n = len(model.scores_one({"a": 0.0})[1]) - 1  # first comes the number of statistics of strings
    shares = [1.0 / n] * n
    for _ in range(800):
        x = {"a": rng.gauss(0.0, 1.0), "b": rng.uniform(0.0, 5.0)}
        y = rng.random() < (0.6 if x["a"] > 0.0 and x["b"] > 2.0 else 0.1)
        scores, (_, *said) = model.scores_one(x)
        served = math.fsum(share * p for share, p in zip(shares, said, strict=True))
        assert scores.corrected == pytest.approx(served, rel=1e-9)
        waiting.append((x, y, rng.choice([1.0, 0.3, 2.0]), (0.0, *said)))
        if len(waiting) > 40:
            earlier, label, w, told = waiting.popleft()
            model.learn_one(earlier, label, w, memo=told)
            right = [(p if label else 1.0 - p) ** (w / 16.0) for p in told[1:]]
            parts = [share * each for share, each in zip(shares, right, strict=True)]
            shares = [(1.0 - SWITCH) * part / math.fsum(parts) + SWITCH / n for part in parts]
    assert max(shares) - min(shares) > 0.05  # they have moved
