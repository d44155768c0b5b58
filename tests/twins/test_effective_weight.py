from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted

WEIGHTS = st.lists(st.one_of(st.floats(1e-300, 1e15), st.sampled_from([1.0, 20.0, 1e-9, 1e15])), max_size=60)


@settings(max_examples=200, deadline=None)
@given(weights=WEIGHTS)
def test_any_weights_agree_bit_for_bit(weights: list[float]) -> None:
    native, twin = (kernels("effective_weight").EffectiveWeight() for kernels in (compiled, interpreted))
    for w in weights:
        assert native.scaled(w).hex() == twin.scaled(w).hex()
    assert native.__getstate__() == twin.__getstate__()


def test_equal_weights_count_as_one_and_others_sum_to_the_effective_number() -> None:
    weight = compiled("effective_weight").EffectiveWeight()
    assert {weight.scaled(1.0) for _ in range(5_000)} == {1.0}
    rng = random.Random(1)
    for _ in range(5_000):
        weight.scaled(rng.choice((1.0, 9.0)))
    total = sum(weight.scaled(rng.choice((1.0, 9.0))) for _ in range(5_000))
    assert 0.95 < total / (5_000 * 25.0 / 41.0) < 1.05


def test_one_huge_weight_does_not_make_the_next_ones_worthless() -> None:
    weight = compiled("effective_weight").EffectiveWeight()
    for _ in range(2_000):
        weight.scaled(1.0)
    weight.scaled(1e15)
    assert weight.scaled(1.0) > 0.05
