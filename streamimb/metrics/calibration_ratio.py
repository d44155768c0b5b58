"""Predicted ÷ observed, and the base rate, each with its 95 % interval, decayed.

Must never know where probabilities come from.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from streamimb._kernels.saved import number as saved_number
from streamimb._kernels.saved import refused, whole
from streamimb.metrics.ratio_interval import Interval, rate_interval, ratio_interval
from streamimb.metrics.weight import checked
from streamimb.parameters import Part, number, refuse_other


class CalibrationRatio(Part):
    r"""$\sum p / \sum y$, decayed, with Byar's 95 % interval: 1 is calibrated in the large.

    The interval takes the number of positives as Poisson of effective size $(\sum wy)^2 / \sum w^2 y$.
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
    >>> metric = metrics.CalibrationRatio()
    >>> for i in range(1000):
    ...     metric.update((0.02, i % 100 == 0))
    >>> [round(end, 1) for end in metric.get()]
    [2.0, 1.1, 4.2]
    """

    def __init__(self, half_life: float = 20_000) -> None:
        expected = "a finite number of events > 0"
        self.half_life = number("half_life", half_life, lambda events: events > 0.0, expected)
        self._fade = 0.5 ** (1.0 / self.half_life)
        self._seen = 0
        self._n = self._n2 = self._y = self._y2 = self._p = 0.0

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"half_life": 100}

    def _check_saved(self, state: Any) -> None:
        super()._check_saved(state)
        fade = 0.5 ** (1.0 / state["half_life"])
        saved_number(state, "_fade", fade, fade)
        whole(state, "_seen")
        n = saved_number(state, "_n", 0.0) * 1.000001
        y = saved_number(state, "_y", 0.0, n)
        saved_number(state, "_p", 0.0, n)
        for name, weight in (("_n2", n), ("_y2", y)):
            squares = saved_number(state, name, 0.0)
            if squares > 0.0 and not (weight > 0.0 and squares / weight > 0.0):
                raise refused(name, "squares of weights only where there are weights")

    def update(self, value: tuple[float, bool], w: float = 1.0) -> None:
        """Take (p, y)."""
        p, y = value
        if not 0.0 <= p <= 1.0:
            raise ValueError("value: expected a probability in [0, 1]")
        w = checked(w)
        if w > 0.0:
            hit = w if y else 0.0
            self._seen += 1
            self._fold(self._fade, w, w * w, hit, hit * hit, w * p)

    def _fold(self, fade: float, n: float, n2: float, y: float, y2: float, p: float) -> None:
        self._n = fade * self._n + n
        self._n2 = fade * fade * self._n2 + n2
        self._y = fade * self._y + y
        self._y2 = fade * fade * self._y2 + y2
        self._p = fade * self._p + p

    def get(self) -> Interval:
        """Return predicted ÷ observed with its interval; nan before the first update."""
        if self._n <= 0.0:
            return Interval(math.nan, math.nan, math.nan)
        return ratio_interval(self._p, self._n, self._n2, self._y, self._y2)

    def base_rate(self) -> Interval:
        """Return the base rate with its interval; nan before the first update."""
        if self._n <= 0.0:
            return Interval(math.nan, math.nan, math.nan)
        return rate_interval(self._n, self._n2, self._y, self._y2)

    def merge(self, other: CalibrationRatio) -> None:
        """Take in another stream, as if it had come after this one."""
        refuse_other(self, other, "half_life")
        self._seen += other._seen
        self._fold(self._fade**other._seen, other._n, other._n2, other._y, other._y2, other._p)
