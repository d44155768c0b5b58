"""Fields that vanish: what no event has had before says nothing about its class."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

from streamimb import ensemble, tree

NOISE = tuple(f"noise{i}" for i in range(8))


def event(rng: random.Random) -> tuple[dict[str, float], bool]:
    """An event of which 3 % are True, with eight numbers that have no effect."""
    x = {name: rng.gauss(0.0, 1.0) for name in ("a", "b", *NOISE)}
    return x, rng.random() < 1.0 / (1.0 + math.exp(5.0 - 1.5 * x["a"] - x["b"]))


@pytest.mark.parametrize(
    "model",
    [
        tree.HoeffdingTreeClassifier(hash_bits=8),
        ensemble.UOBClassifier(tree.HoeffdingTreeClassifier(hash_bits=8), n_models=3, seed=1),
    ],
    ids=["tree", "bag"],
)
def test_fields_without_effect_that_vanish_leave_the_mean_probability(model: Any) -> None:
    model, rng = model.clone(), random.Random(1)
    for _ in range(20_000):
        model.learn_one(*event(rng))
    later = [event(rng)[0] for _ in range(1_000)]
    before = sum(model.predict_proba_one(x)[True] for x in later)
    after = sum(model.predict_proba_one({"a": x["a"], "b": x["b"]})[True] for x in later)
    assert 0.8 < after / before < 1.25  # several times as many, where the rarer class was the likelier one


def test_a_field_that_is_missing_for_the_first_time_adds_nothing() -> None:
    model, rng = tree.HoeffdingTreeClassifier(hash_bits=8, max_depth=0), random.Random(1)
    for _ in range(5_000):
        model.learn_one(*event(rng))
    rows = model.contributions_one({"a": 0.0, "b": 0.0})
    assert [rows[name] for name in NOISE] == pytest.approx([0.0] * len(NOISE), abs=1e-12)
