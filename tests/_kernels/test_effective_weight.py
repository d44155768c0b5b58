"""The sums behind effective weights take over a state that they can have, or refuse it and stay as they were."""

from __future__ import annotations

import math
from typing import Any

import pytest

from streamimb._kernels.effective_weight import EffectiveWeight


def used() -> EffectiveWeight:
    made = EffectiveWeight()
    for i in range(30):
        made.scaled(1.0 + i % 3)
    return made


@pytest.mark.parametrize(
    "wrong",
    [
        *({name: value} for name in ("n", "w", "w2") for value in (math.nan, math.inf, -1.0, None, "1", True)),
        {"n": 0.0}, {"w2": 1e9}, {"more": 1.0},
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_state_is_refused_and_changes_nothing(wrong: Any) -> None:
    made = EffectiveWeight()
    with pytest.raises(ValueError, match="state"):
        made.__setstate__({**used().__getstate__(), **wrong})
    assert made.__getstate__() == EffectiveWeight().__getstate__()


def test_the_right_state_goes_on() -> None:
    made, other = used(), EffectiveWeight()
    other.__setstate__(made.__getstate__())
    assert [other.scaled(w) for w in (1.0, 1e15, 1e-9)] == [made.scaled(w) for w in (1.0, 1e15, 1e-9)]
