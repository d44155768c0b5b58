"""The copies that a synthesizer replaces: how many they may be, and the share of them that it makes."""

from __future__ import annotations

from typing import Any

from streamimb._kernels.draw import Draw
from streamimb._kernels.limits import MOST_COPIES
from streamimb.parameters import number, whole_between


def checked_copies(copies: Any) -> int:
    """Return a number of copies; raise ValueError where no sampler of a `SampledClassifier` can ask for it."""
    return whole_between("copies", copies, 1, int(MOST_COPIES))


def checked_share(share: Any) -> float:
    """Return the share of the copies that are replaced; raise ValueError where it is out of range."""
    return number("share", share, lambda part: 0.0 < part <= 1.0, "a part of the copies, in (0, 1]")


def share_of(copies: int, share: float, draw: Draw) -> int:
    """Return share times copies, rounded up or down at random, so that it is exact in the mean."""
    return min(copies, int(share * copies + draw.uniform()))
