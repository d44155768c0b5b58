from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import exact, outcome

AIMS = [(0.2, 0.0, 1_000.0), (0.5, 0.0, 10.0), (0.2, 0.1, 1_000.0), (0.999, 1_000.0, 1e6), (1e-6, 1e-5, 1.0)]
SHARES = st.one_of(st.floats(1e-12, 1.0), st.sampled_from([1e-300, 1e-9, 0.5, 1.0]))
MASSES = st.dictionaries(st.sampled_from("abcdefghijkl"), SHARES, min_size=1, max_size=12)


def make(kernel: Any, aim: tuple[float, float, float], labels: Any) -> Any:
    rates = kernel("share_rate").ShareRate()
    rates._set_aim(*aim)
    for label in labels:
        rates.learn_one({}, label, {}, {}, {})
    return rates


@pytest.mark.parametrize("aim", AIMS, ids=str)
@settings(max_examples=200, deadline=None)
@given(masses=MASSES, unseen=st.booleans())
def test_any_masses_agree_bit_for_bit(aim: Any, masses: dict[str, float], unseen: bool) -> None:
    seen = list(masses)[unseen:]
    native, twin = make(compiled, aim, seen), make(interpreted, aim, seen)
    rates = native.rates_one({}, masses, masses)
    assert exact(rates) == exact(twin.rates_one({}, masses, masses))
    assert all(1e-6 <= rate <= 1e6 for rate in rates.values())


@pytest.mark.parametrize("aim", AIMS, ids=str)
def test_two_classes_agree_bit_for_bit(aim: Any) -> None:
    rng = random.Random(6)
    native, twin = make(compiled, aim, ()), make(interpreted, aim, ())
    for i in range(2_000):
        m = rng.random() ** 8 if i % 5 else rng.choice([1e-300, 1e-9, 1.0 - 1e-16, 1.0])
        prior, y, w = {False: 1.0 - m, True: m}, rng.random() < m, rng.choice([0.0, 1.0, 1e300, -1.0])
        assert exact(native.rates_one({}, prior, prior)) == exact(twin.rates_one({}, prior, prior))
        assert outcome(native.learn_one, {}, y, prior, {}, prior, w) == outcome(
            twin.learn_one, {}, y, prior, {}, prior, w
        )
        assert native.labels == twin.labels
