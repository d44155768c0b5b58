from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import WEIGHTS, exact, outcome

SHAPES = [{}, {"half_life": 300}, {"half_life": 2_000, "floor_half_life": 30, "cut": 2.0, "prior": 0.5}]


def both(**parameters: Any) -> tuple[Any, Any]:
    return compiled("prior_bank").PriorBank(**parameters), interpreted("prior_bank").PriorBank(**parameters)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(SHAPES), st.lists(st.tuples(st.booleans(), WEIGHTS), max_size=80))
def test_any_labels_agree_bit_for_bit(shape: dict[str, Any], labels: list[tuple[bool, float]]) -> None:
    native, twin = both(**shape)
    for y, w in labels:
        assert outcome(native.update, y, w) == outcome(twin.update, y, w)
        assert (native.rate.hex(), native.logit.hex()) == (twin.rate.hex(), twin.logit.hex())
    assert exact(native) == exact(twin)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_moving_base_rate_agrees_bit_for_bit(shape: dict[str, Any]) -> None:
    rng = random.Random(1)
    native, twin = both(**shape)
    for t in range(20_000):
        y, w = rng.random() < (0.002, 0.05, 0.9)[t * 3 // 20_000], rng.choice([1.0, 1.0, rng.expovariate(1)])
        native.update(y, w)
        twin.update(y, w)
        assert native.logit.hex() == twin.logit.hex()
    assert exact(native) == exact(twin)


def test_a_state_moves_between_the_twins() -> None:
    native, twin = both()
    for t in range(500):
        native.update(t % 7 == 0, 1.0)
    twin.__setstate__(native.__getstate__())
    for t in range(500):
        native.update(t % 5 == 0, 1.0)
        twin.update(t % 5 == 0, 1.0)
    assert exact(native) == exact(twin)
