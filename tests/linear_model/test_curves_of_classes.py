"""The edges of the curves of many classes: as many of each class, and soon of one that comes late."""

from __future__ import annotations

import math
import random
from typing import Any

from streamimb.linear_model import SoftmaxGAM


def test_each_of_eight_classes_has_edges_of_its_own() -> None:
    """Each class lives in a band of its own: 16 edges in each. With 4 each, curves would be stairs."""
    for classes in (2, 3, 8):
        rng, model = random.Random(classes), SoftmaxGAM()
        for i in range(3_200):
            model.learn_one({"x": i % classes + rng.random()}, f"c{i % classes}")
        edges = [value for value, _, _ in model.shape_one("x")["c0"]][1:-1]
        assert [sum(k < edge <= k + 1 for edge in edges) for k in range(classes)] == [16] * classes


def bands(seed: int, learner: Any, n: int = 12_000) -> float:
    """Log loss above the truth of nine kinds, each 2 of 5 events in its own band; of the last 3,000 events."""
    rng, loss = random.Random(seed), 0.0
    for i in range(n):
        x = rng.uniform(0.0, 18.0)
        p = 0.4 if int(x) % 2 == 0 else 0.0
        y = f"kind {int(x) // 2}" if rng.random() < p else "none"
        if i >= n - 3_000:
            truth = 1.0 - p if y == "none" else p
            loss += math.log(truth / max(1e-9, learner.predict_proba_one({"x": x}).get(y, 0.0)))
        learner.learn_one({"x": x}, y)
    return loss / 3_000


def test_ten_classes_have_curves_about_as_good_as_one_learner_for_each() -> None:
    """Mean of three seeds: .08 above the truth where lines are .48, and curves of four edges a class were .146."""
    assert sum(bands(seed, SoftmaxGAM()) for seed in (1, 2, 3)) / 3 < 0.11


def test_a_class_that_comes_late_soon_has_edges_of_its_own() -> None:
    """Between two renewals of all edges, at 7,812 and 19,530 events, as a young model has them."""
    for seed in (1, 2, 3):
        rng, model = random.Random(seed), SoftmaxGAM()
        for i in range(16_000):
            hour = rng.uniform(0.0, 24.0)
            late = i >= 8_000 and 2.0 < hour < 3.0
            model.learn_one({"hour": hour}, "late" if late else rng.choice("ab"))
        edges = [value for value, _, _ in model.shape_one("hour")["late"]]
        assert sum(2.0 <= edge <= 3.0 for edge in edges) >= 16
        assert model.predict_proba_one({"hour": 2.5})["late"] > 0.8
