"""What the gains of splits say of the fields."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any


def shares_of(gains: Sequence[tuple[Any, float]]) -> dict[Any, float]:
    """Return the share of each field in the gains of all splits; empty where they sum to 0.

    Cost: O(splits).

    Examples
    --------
    >>> shares_of([("a", 1.0), ("b", 1.0), ("a", 2.0)])
    {'a': 0.75, 'b': 0.25}
    """
    total = math.fsum(gain for _, gain in gains)
    shares: dict[Any, float] = {}
    for name, gain in gains if total > 0.0 else ():
        shares[name] = shares.get(name, 0.0) + gain / total
    return shares
