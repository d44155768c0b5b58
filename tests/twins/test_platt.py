from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import PROBABILITIES, WEIGHTS, exact, outcome

SHAPES = [((50,), 0.0, 0.0), ((200, 30), 0.5, 1e-4), ((10, 20, 40), 0.25, 0.01)]
SCORES = st.one_of(PROBABILITIES, st.floats())


def both(shape: Any) -> tuple[Any, Any]:
    return compiled("platt").Platts(*shape), interpreted("platt").Platts(*shape)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(SHAPES), st.lists(st.tuples(SCORES, st.booleans(), WEIGHTS), max_size=60))
def test_any_scores_agree_bit_for_bit(shape: Any, stream: list[tuple[float, bool, float]]) -> None:
    native, twin = both(shape)
    for p, y, w in stream:
        assert outcome(native.calibrate_one, p) == outcome(twin.calibrate_one, p)
        assert outcome(native.learn_one, p, y, w) == outcome(twin.learn_one, p, y, w)
    assert exact(native) == exact(twin)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_stream_of_distorted_scores_agrees_bit_for_bit(shape: Any) -> None:
    rng = random.Random(5)
    native, twin = both(shape)
    for _ in range(5_000):
        p = rng.betavariate(0.3, 8)
        y, w = rng.random() < p, rng.choice([1.0, 1.0, rng.expovariate(1)])
        score = 20 * p / (1 + 19 * p)
        assert native.calibrate_one(score).hex() == twin.calibrate_one(score).hex()
        native.learn_one(score, y, w)
        twin.learn_one(score, y, w)
    assert exact((native, native.weights, native.scalings)) == exact((twin, twin.weights, twin.scalings))
