"""Each parameter of each synthesizer, with values that it must refuse."""

from __future__ import annotations

from typing import Any

from streamimb import Field, stats, synthesis
from tests.parameters.wrong_values import NO_COUNT, NO_RATE, NO_SEED, NO_SIZE

NO_NEIGHBOURS = (*NO_COUNT, 1_001)
NO_RESERVOIR: tuple[Any, ...] = (0.5, "a", {}, stats.UniformReservoir, stats.ClassPrior())

SYNTHESIZERS: list[Any] = [
    (
        synthesis.BalancedReplay,
        {},
        {"share": NO_RATE, "reservoir": NO_RESERVOIR, "seed": NO_SEED},
    ),
    (
        synthesis.BorderlineSMOTE,
        {},
        {"k": NO_NEIGHBOURS, "m": NO_NEIGHBOURS, "reservoir": NO_RESERVOIR, "seed": NO_SEED},
    ),
    (
        synthesis.External,
        {"generator": synthesis.SMOTE()},
        {"generator": (None, synthesis.SMOTE, len, "a", {}, Field), "share": NO_RATE, "seed": NO_SEED},
    ),
    (synthesis.GaussianReplay, {}, {"fields": (*NO_COUNT, 513), "half_life": NO_SIZE, "seed": NO_SEED}),
    (
        synthesis.HardReplay,
        {},
        {
            "share": NO_RATE,
            "size": (*NO_COUNT, 10_001),
            "event_bytes": (*NO_COUNT, 2**24 + 1),
            "seed": NO_SEED,
        },
    ),
    (
        synthesis.Remix,
        {},
        {"kappa": (*NO_SIZE, 0.99), "tau": NO_RATE, "reservoir": NO_RESERVOIR, "seed": NO_SEED},
    ),
    (synthesis.SMOTE, {}, {"k": NO_NEIGHBOURS, "reservoir": NO_RESERVOIR, "seed": NO_SEED}),
]
