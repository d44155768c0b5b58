from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import exact, outcome

SEEDS = st.integers(-(2**70), 2**70)
RATES = st.one_of(
    st.floats(), st.floats(0, 5), st.integers(0, 9), st.sampled_from([1e15, 2.0**53 + 1, 1e299])
)


@settings(max_examples=100, deadline=None)
@given(SEEDS, st.lists(RATES, max_size=30))
def test_draws_agree_bit_for_bit(seed: int, rates: list[float]) -> None:
    native, twin = compiled("draw").Draw(seed), interpreted("draw").Draw(seed)
    for rate in rates:
        assert outcome(native.copies, rate) == outcome(twin.copies, rate)
        assert native.uniform().hex() == twin.uniform().hex()
    assert exact(native) == exact(twin)


def test_ten_thousand_draws_agree_bit_for_bit() -> None:
    native, twin = compiled("draw").Draw(7), interpreted("draw").Draw(7)
    for i in range(10_000):
        rate = 3.0 * (i + 1) / 10_000
        assert (native.uniform(), native.copies(rate)) == (twin.uniform(), twin.copies(rate))


def test_poisson_numbers_agree_bit_for_bit() -> None:
    native, twin = compiled("draw").Draw(7), interpreted("draw").Draw(7)
    for rate in (1e-6, 0.3, 1.0, 9.5, 499.9, 1_200.0) * 20:
        assert native.poisson(rate) == twin.poisson(rate)
    assert exact(native) == exact(twin)
