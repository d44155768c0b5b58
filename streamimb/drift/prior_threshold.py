"""The threshold of hits and false alarms that follows the prior."""

from __future__ import annotations

from typing import Any

from streamimb._kernels import saved as check
from streamimb._kernels.event_label import checked_label
from streamimb._kernels.event_weight import checked_weight
from streamimb._kernels.prior_bank import PriorBank
from streamimb.parameters import number

# True events before the first that counts: until then the prior moves, and with it the threshold.
WARM_N = 50


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
    return int(checked_label(y)), checked_weight(w)


class PriorThreshold:
    """The threshold whose odds are `odds_ratio` times those of the live prior, which it follows.

    **Cost**: O(1), a class prior.
    """

    def __init__(self, odds_ratio: float) -> None:
        self.odds_ratio = odds_ratio
        self._prior, self._left = PriorBank(), WARM_N

    def take(self, y: int, p: float, w: float) -> bool | None:
        """Return whether p is at or above the threshold, then learn the label; None before 50 True events."""
        above = is_above(p, self.odds_ratio, self._prior.rate)
        self._prior.update(bool(y), w)
        if self._left > 0:
            self._left -= y
            return None
        return above

    def state(self) -> dict[str, Any]:
        """Return it as entries of a detector's state."""
        return {"_prior": self._prior.__getstate__(), "_left": self._left}

    def resume(self, saved: dict[str, Any]) -> None:
        """Take over these entries; raise ValueError where they are none of a threshold."""
        fixed = ("fade", "threshold", "start", "start_weight", "many")
        check.alike(saved["_prior"], self._prior.__getstate__(), *fixed)
        left = check.whole(saved, "_left", 0, WARM_N)
        self._prior.__setstate__(saved["_prior"])
        self._left = left
