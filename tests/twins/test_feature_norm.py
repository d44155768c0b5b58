"""The criterion "L" of a ScoreRate: rates, sums and moments, compiled and interpreted."""

from __future__ import annotations

import random
from typing import Any

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import exact, outcome

PRIOR = {False: 0.97, True: 0.03}
ODD = [float("nan"), float("inf"), 1e300, -1e15, 1e-310, None, True, "word", "ü" * 40, 10**400, [1], b"x", 1j]


def make(kernel: Any) -> Any:
    rates = kernel("score_rate").ScoreRate(2_000, True)
    rates._set_aim(4.0, 0.0, 0.5)
    return rates


def event(rng: random.Random) -> dict[Any, Any]:
    x: dict[Any, Any] = {f"f{i}": rng.gauss(0, 10.0**i) for i in range(6)}
    if rng.random() < 0.3:
        x[rng.choice(["f1", "f3", 7, "other"])] = rng.choice(ODD)
    if rng.random() < 0.2:
        del x["f5"]
    if rng.random() < 0.1:
        x = dict(sorted(x.items(), key=lambda _: rng.random()))
    return x


def test_any_events_agree_bit_for_bit() -> None:
    rng = random.Random(6)
    native, twin = make(compiled), make(interpreted)
    for _ in range(2_000):
        x, p = event(rng), rng.betavariate(0.3, 8)
        y, proba = rng.random() < p, {False: 1.0 - p, True: p}
        rates = native.rates_one(x, proba, PRIOR)
        assert exact(rates) == exact(twin.rates_one(x, proba, PRIOR))
        assert outcome(native.learn_one, x, y, proba, rates, PRIOR) == outcome(
            twin.learn_one, x, y, proba, rates, PRIOR
        )
        assert exact(native.negatives) == exact(twin.negatives)
    assert exact(native._lengths) == exact(twin._lengths)
