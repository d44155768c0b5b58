from __future__ import annotations

import random
from typing import Any

import pytest

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import exact, outcome


def make(kernel: Any) -> Any:
    parts = []
    for aim in ((0.2, 0.0, 1_000.0), (0.5, 0.1, 10.0)):
        rates = kernel("share_rate").ShareRate()
        rates._set_aim(*aim)
        for label in "abc":
            rates.learn_one({}, label, {}, {}, {})
        parts.append(rates)
    return parts, kernel("product_rate").ProductRate(*parts)


@pytest.mark.parametrize("classes", [(False, True), ("a", "b", "c", "d")], ids=str)
def test_products_of_rates_agree_bit_for_bit(classes: tuple[Any, ...]) -> None:
    rng = random.Random(5)
    (first, second), native = make(compiled)
    (one, other), twin = make(interpreted)
    for _ in range(500):
        shares = [rng.random() ** 6 + 1e-9 for _ in classes]
        p = {k: share / sum(shares) for k, share in zip(classes, shares, strict=True)}
        found = native.product(p, first.rates_one({}, p, p), second.rates_one({}, p, p))
        assert exact(found) == exact(twin.product(p, one.rates_one({}, p, p), other.rates_one({}, p, p)))
        assert all(1e-6 <= rate <= 1e6 for rate in found.values())


@pytest.mark.parametrize("rate", [0.0, float("nan"), float("inf"), 1e-300, 1e300, -1.0])
def test_the_product_of_any_rate_agrees(rate: float) -> None:
    (_, native), (_, twin) = make(compiled), make(interpreted)
    given = ({"a": 0.5}, {"a": rate}, {"a": 2.0})
    assert exact(outcome(native.product, *given)) == exact(outcome(twin.product, *given))
