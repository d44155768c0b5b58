from __future__ import annotations

from typing import Any

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import exact, mixed_events

P = {False: 0.97, True: 0.03}


def make(kernel: Any) -> Any:
    return kernel("density_rate").DensityRate(kernel("prior_bank").PriorBank(), 20.0, 1_000.0)


def test_mixed_events_agree_bit_for_bit() -> None:
    native, twin = make(compiled), make(interpreted)
    for i, (x, y, w, offset) in enumerate(mixed_events(600)):
        for one in (native, twin):
            one.observe_one(x, offset > 0.0)
        rates = native.rates_one(x, P, P)
        assert exact(rates) == exact(twin.rates_one(x, P, P))
        for one in (native, twin):
            one.learn_one(x, y, P, rates, P, w)
        assert exact(native.effective_sample_size) == exact(twin.effective_sample_size)
        if i % 100 == 99:
            assert exact(native._learned) == exact(twin._learned)
