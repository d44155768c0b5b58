"""The curve is reached through the mixture that owns it: its methods are C functions."""

from __future__ import annotations

import random
from typing import Any

from tests.twins.interpreted import compiled, interpreted
from tests.twins.streams import exact


def test_nodes_and_saves_agree_bit_for_bit_and_load_in_the_other_twin() -> None:
    rng = random.Random(8)
    native, twin = (
        module.PlattScalings((200, 30), 0.5, 1e-4) for module in (compiled("platt"), interpreted("platt"))
    )
    for i in range(4_000):
        truth = rng.betavariate(0.5, 3)
        score, y = [truth**3, min(1.0, 3 * truth)][i // 2_000], rng.random() < truth
        native.learn_one(score, y)
        twin.learn_one(score, y)
    assert len(native.nodes) > 10
    assert exact(native.nodes) == exact(twin.nodes)
    state: Any = native.__getstate__()["curve"]
    assert exact(state) == exact(twin.__getstate__()["curve"])
    for module in (compiled("curve"), interpreted("curve")):
        curve = module.Curve()
        curve.__setstate__(state)
        assert exact(curve.nodes) == exact(native.nodes)
        assert exact(curve.__getstate__()) == exact(state)
