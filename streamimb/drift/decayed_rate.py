"""A decayed share of events, and its standard deviation where events have weights."""

from __future__ import annotations

import math
from typing import Any

from streamimb._kernels.saved import refused, row

SUMS = 7
SLACK = 1.0 + 1e-6  # of rounding


class DecayedRate:
    r"""A weighted mean of outcomes: of all events, and of the recent ones.

    Each event multiplies the sums of the recent ones by $\eta$ where all weights are equal. Of unequal weights each
    event is a part of an effective one, and the factor is nearer to 1, so that as many effective events are remembered:
    $(\sum w)^2 / \sum w^2$ of them, because a few heavy weights make a mean uncertain.

    **Cost**: O(1), seven floats.

    Parameters
    ----------
    decay
        $\eta$, in (0, 1).

    Examples
    --------
    >>> rate = DecayedRate(0.99)
    >>> for i in range(1_000):
    ...     rate.add(float(i % 4 == 0), w=10.0)
    >>> round(rate.recent, 2), round(rate.deviation(rate.mean), 3)
    (0.25, 0.031)
    """

    __slots__ = ("_decay", "_sums")

    def __init__(self, decay: float) -> None:
        self._decay = decay
        # Events, weights, weights of right ones, squares of weights; the last three again, decayed.
        self._sums = [0.0] * SUMS

    def add(self, right: float, w: float) -> None:
        """Take an event of weight w > 0 whose outcome is 1 or 0."""
        n, all_w, all_right, all_squares, near_w, near_right, near_squares = self._sums
        n, all_w, all_right, all_squares = n + 1.0, all_w + w, all_right + w * right, all_squares + w * w
        fade = 1.0 - (1.0 - self._decay) * all_w * all_w / all_squares / n
        near_w, near_right = fade * near_w + w, fade * near_right + w * right
        near_squares = fade * fade * near_squares + w * w
        self._sums = [n, all_w, all_right, all_squares, near_w, near_right, near_squares]

    @property
    def memories(self) -> float:
        """How often the memory was filled: all effective events over those of one memory."""
        _, w, _, squares, *_ = self._sums
        return w * w / squares * (1.0 - self._decay) if squares > 0.0 else 0.0

    @property
    def mean(self) -> float:
        """The mean of all events; 0 before the first."""
        return min(1.0, self._sums[2] / self._sums[1]) if self._sums[1] > 0.0 else 0.0

    @property
    def recent(self) -> float:
        """The mean of the recent events; 0 before the first."""
        return min(1.0, self._sums[5] / self._sums[4]) if self._sums[4] > 0.0 else 0.0

    def deviation(self, p: float) -> float:
        """Return the standard deviation of `recent` where every outcome is 1 with probability p."""
        return math.sqrt(p * (1.0 - p) * self._sums[6]) / self._sums[4]

    def forget(self) -> None:
        """Begin anew."""
        self._sums = [0.0] * SUMS

    def state(self) -> list[float]:
        """Return it as plain data."""
        return list(self._sums)

    def resume(self, state: Any) -> None:
        """Take over a state; raise ValueError where no events can have left it."""
        sums = row({"rate": state}, "rate", SUMS, 0.0, 1e60)
        n, w, right, squares, near_w, near_right, near_squares = sums
        fits = all(one == 0.0 for one in sums)
        if n > 0.0 and squares > 0.0 and near_squares > 0.0:
            fits = squares <= w * w * SLACK and w * w <= n * squares * SLACK and right <= w * SLACK
            fits = fits and near_squares <= near_w * near_w * SLACK and near_right <= near_w * SLACK
        if not fits:
            raise refused("rate", "sums of weights, of right ones among them, and of squares")
        self._sums = sums
