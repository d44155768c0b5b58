"""The threshold of hits and false alarms that follows the prior."""

from __future__ import annotations

from typing import Any

from streamimb._kernels.class_conditional import checked_label
from streamimb._kernels.event_weight import checked_weight
from streamimb.parameters import number


def checked_odds_ratio(value: Any) -> float:
    """Return the odds of the threshold over those of the prior; raise ValueError where they are out of range."""
    expected = "a number in [0.001, 1e6], such as 10"
    return number("odds_ratio", value, lambda ratio: 1e-3 <= ratio <= 1e6, expected)


def is_above(p: float, odds_ratio: float, m: float) -> bool:
    """Whether the odds of p are at least `odds_ratio` times those of the prior m.

    **Cost**: O(1).

    Examples
    --------
    >>> is_above(0.2, 10.0, 0.01), is_above(0.05, 10.0, 0.01)
    (True, False)
    """
    return p * (1.0 - m) >= odds_ratio * m * (1.0 - p)


def checked_scored(y: Any, p: Any, w: Any) -> tuple[int, float]:
    """Return the label as 0 or 1, and the weight; raise ValueError where the label, the score or the weight is none."""
    if not 0.0 <= p <= 1.0:
        raise ValueError("p: expected P(True), a number in [0, 1]")
    return checked_label(y), checked_weight(w)
