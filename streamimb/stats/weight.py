"""Validation of the weight of an event."""

import math

from streamimb._kernels import limits


def checked(w: float) -> float:
    """Return w, at most 1e15; refuse what is negative or not finite.

    **Cost**: O(1).

    Raises
    ------
    ValueError
        w is negative, nan or infinite.
    """
    if not 0.0 <= w < math.inf:
        raise ValueError(f"w={w!r}: expected a finite weight >= 0")
    return min(float(w), limits.WEIGHT_CAP)
