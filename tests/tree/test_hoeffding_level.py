"""The level of a Hoeffding tree keeps its mean probability at the base rate."""

from __future__ import annotations

import random

from streamimb.tree import HoeffdingTreeClassifier


def test_the_mean_probability_is_the_base_rate_while_the_rare_class_moves() -> None:
    """Without the level of the tree it is 1.12 to 1.18 times as high on these streams."""
    for seed in range(3):
        rng, model = random.Random(seed), HoeffdingTreeClassifier(grace_period=5.0, delta=0.3, tau=1.0)
        said = rare = 0.0
        for i in range(20_000):
            y = rng.random() < 0.03
            side = 1.5 if i // 4_000 % 2 else -1.5
            x = {"a": rng.gauss(side * y, 1.0), "b": rng.gauss(side * y, 1.0), "c": rng.gauss(0.0, 1.0)}
            said += model.predict_proba_one(x)[True]
            rare += y
            model.learn_one(x, y)
        assert 0.97 < said / rare < 1.03
