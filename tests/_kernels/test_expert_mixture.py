"""The mixture on two levels, apart from its experts: its shares follow from the answers that memos carry."""

from __future__ import annotations

import math
import random
from collections import deque
from typing import Any

import pytest

from streamimb.linear_model import LogisticGAM, LogisticRegression

SWITCH, NEAREST = 1e-4, 1e-9


class Plain:
    """The equations of the kernel's docstring, in doubles."""

    def __init__(self, n: int) -> None:
        self.slow, self.fast, self.level = [1.0 / n] * n, [1.0 / n] * n, 0.5

    def judge(self, memo: tuple[float, ...], y: bool, w: float) -> None:
        near = [min(1.0 - NEAREST, max(NEAREST, q)) for q in memo]
        *q, slow, fast = (p if y else 1.0 - p for p in near)
        for shares, power in ((self.slow, w / 16.0), (self.fast, w)):
            parts = [share * (each / max(q)) ** power for share, each in zip(shares, q, strict=True)]
            shares[:] = [(1.0 - SWITCH) * part / math.fsum(parts) + SWITCH / len(q) for part in parts]
        odds = self.level / (1.0 - self.level) * (slow / fast) ** (0.25 * w)
        self.level = (1.0 - SWITCH) * odds / (1.0 + odds) + 0.5 * SWITCH


@pytest.mark.parametrize("learner", [LogisticRegression, LogisticGAM])
def test_shares_follow_from_what_was_answered_at_the_event(learner: Any) -> None:
    rng, model = random.Random(1), learner()
    waiting: deque[tuple[dict[str, float], bool, float, tuple[float, ...]]] = deque()
    plain = Plain(len(model.scores_one({"a": 0.0})[1]) - 2)
    for _ in range(600):
        x = {"a": rng.gauss(0.0, 1.0), "b": rng.uniform(0.0, 5.0)}
        y = rng.random() < 1.0 / (1.0 + math.exp(2.0 - x["a"] - (x["b"] > 3.0)))
        scores, memo = model.scores_one(x)
        *q, slow, fast = memo
        served = plain.level * slow + (1.0 - plain.level) * fast
        assert slow == pytest.approx(dot(plain.slow, q))
        assert fast == pytest.approx(dot(plain.fast, q))
        assert scores.corrected == pytest.approx(served)
        waiting.append((x, y, rng.choice([1.0, 0.3, 2.0]), memo))
        if len(waiting) > 40:
            earlier, label, w, told = waiting.popleft()
            model.learn_one(earlier, label, w, memo=told)
            plain.judge(told, label, w)
    assert max(plain.fast) > 2.0 / len(plain.fast)  # the shares have moved


def dot(shares: list[float], q: list[float]) -> float:
    return math.fsum(share * each for share, each in zip(shares, q, strict=True))


def test_what_is_remembered_of_a_sure_answer_is_taken_back() -> None:
    """The shares of the experts sum to 1 but for rounding; the sum of their answers was above 1 at times."""
    for seed in range(10):
        rng = random.Random(seed)
        model = LogisticRegression()
        for _ in range(300):
            y = rng.random() < 0.3
            model.learn_one({"a": rng.gauss(2.0 * y, 1.0)}, y)
            _, memo = model.scores_one({"a": 1e6})
            assert max(memo) <= 1.0
            model.clone(include_attributes=True).learn_one({"a": 1e6}, True, memo=memo)
