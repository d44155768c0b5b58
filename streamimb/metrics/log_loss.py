"""Log loss, decayed.

Must never know where probabilities come from.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from streamimb import stats
from streamimb.parameters import Part, number, refuse_other


class LogLoss(Part):
    r"""Decayed mean of $-\log p_y$ in nats, $p_y$ floored at $10^{-15}$.

    `merge(other)` is this stream followed by the other's, exact up to rounding.

    **Cost**: O(1) time and memory per event.

    Parameters
    ----------
    half_life
        Events after which one counts half; > 0.

    Raises
    ------
    ValueError
        `half_life` is not > 0; p not in [0, 1]; a weight is negative or not finite.

    Examples
    --------
    >>> from streamimb import metrics
    >>> metric = metrics.LogLoss()
    >>> metric.update((0.9, True))
    >>> metric.update((0.2, False))
    >>> round(metric.get(), 3)
    0.164
    """

    def __init__(self, half_life: float = 20_000) -> None:
        expected = "a finite number of events > 0"
        self.half_life = number("half_life", half_life, lambda events: events > 0.0, expected)
        self._mean = stats.DecayedMean(self.half_life)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"half_life": 100}

    def update(self, value: tuple[float, bool], w: float = 1.0) -> None:
        """Take (p, y)."""
        p, y = value
        if not 0.0 <= p <= 1.0:
            raise ValueError("value: expected a probability in [0, 1]")
        self._mean.update(-math.log(max(p if y else 1.0 - p, 1e-15)), w)

    def get(self) -> float:
        """Return the decayed log loss; nan before the first update."""
        return self._mean.get() if self._mean.mass > 0.0 else math.nan

    def merge(self, other: LogLoss) -> None:
        """Take in another stream, as if it had come after this one."""
        refuse_other(self, other, "half_life")
        self._mean.merge(other._mean)
