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
    return compiled("platt").PlattScalings(*shape), interpreted("platt").PlattScalings(*shape)


def revived(part: Any) -> Any:
    kind: Any = type(part)
    other = kind.__new__(kind)
    other.__setstate__(part.__getstate__())
    return other


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(SHAPES), st.lists(st.tuples(SCORES, st.booleans(), WEIGHTS), max_size=60))
def test_any_scores_agree_bit_for_bit(shape: Any, stream: list[tuple[float, bool, float]]) -> None:
    native, twin = both(shape)
    for p, y, w in stream:
        assert outcome(native.calibrate_one, p) == outcome(twin.calibrate_one, p)
        assert outcome(native.learn_one, p, y, w) == outcome(twin.learn_one, p, y, w)
    assert exact(native) == exact(twin)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_hard_scores_and_scores_that_move_agree_bit_for_bit(shape: Any) -> None:
    rng = random.Random(6)
    native, twin = both(shape)
    for i in range(6_000):
        truth = rng.betavariate(0.3, 3)
        y, w = rng.random() < truth, rng.choice([1.0, 1.0, rng.expovariate(1)])
        # First 0, 1 or between; then all scores far lower; then all but equal to 1
        score = [min(1.0, max(0.0, 2 * truth - 0.5)), truth**40, 1.0 - truth * 1e-12][i // 2_000]
        assert native.calibrate_one(score).hex() == twin.calibrate_one(score).hex()
        native.learn_one(score, y, w)
        twin.learn_one(score, y, w)
        if i % 1_000 == 999:
            native, twin = revived(native), revived(twin)
    assert exact((native, native.nodes)) == exact((twin, twin.nodes))


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
