"""Each parameter of each loss, with values that it must refuse."""

from __future__ import annotations

from typing import Any

from streamimb import losses
from tests.parameters.wrong_values import NO_NUMBER, NO_SIZE

NO_POWER = (*NO_NUMBER, -0.1, 5.1)

LOSSES: list[Any] = [
    (losses.ClassBalanced, {}, {"beta": (*NO_NUMBER, -0.1, 1.0), "half_life": NO_SIZE}),
    (
        losses.EqualizedFocal,
        {},
        {"gamma": (*NO_POWER, 0.0), "scale": (*NO_NUMBER, -0.1, 8.1), "half_life": NO_SIZE},
    ),
    (losses.Focal, {}, {"gamma": NO_POWER}),
    (losses.LDAM, {}, {"margin": (*NO_NUMBER, -0.1, 0.7), "half_life": NO_SIZE}),
    (losses.LogitAdjusted, {}, {"tau": NO_POWER, "half_life": NO_SIZE}),
    (losses.Seesaw, {}, {"mitigation": NO_POWER, "compensation": NO_POWER, "half_life": NO_SIZE}),
    (losses.VS, {}, {"tau": NO_POWER, "gamma": (*NO_NUMBER, -0.1, 1.1), "half_life": NO_SIZE}),
]
