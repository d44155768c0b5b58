"""95 % intervals for a predicted ÷ observed ratio and for a base rate, from decayed sums. Pure functions."""

import math
from typing import Any, NamedTuple

from streamimb.protocols import Reading
from streamimb.stats.poisson_interval import Z95, observed_interval


class Interval(NamedTuple):
    """A value with the ends of its 95 % interval."""

    value: float
    low: float
    high: float

    def reading(self, name: str, help: str, **more: Any) -> Reading:
        """Return it as something to export; `more` are further fields of the `Reading`.

        **Cost**: O(1).

        Examples
        --------
        >>> Interval(1.2, 1.0, 1.5).reading("ratio", "A ratio.").value
        {'value': 1.2, 'low': 1.0, 'high': 1.5}
        """
        return Reading(name, f"{help} With its 95 % interval.", self._asdict(), labels=("bound",), **more)


UNKNOWN = Interval(math.nan, math.nan, math.nan)


def normal_interval(value: float, variance: float, n: float) -> Interval:
    """Return a value >= 0 with its 95 % interval, from the variance of a sum over events of weight n in all.

    **Cost**: O(1).

    Examples
    --------
    >>> [round(end, 3) for end in normal_interval(0.5, 25.0, 100.0)]
    [0.5, 0.402, 0.598]
    """
    error = Z95 * math.sqrt(variance) / n
    return Interval(value, max(0.0, value - error), value + error)


def ratio_interval(
    predicted: float,
    n: float,
    n2: float,
    y: float,
    y2: float,
    orphaned: tuple[float, float] = (0.0, 0.0),
) -> Interval:
    """Return predicted ÷ observed with its 95 % interval; no positives yet: the upper end is infinite.

    Without events the result is nan.

    `n, n2` are the decayed sums of weights and their squares, `y, y2` the same over positives, `predicted`
    the decayed sum of probabilities, `orphaned` the sums over positive labels whose event was not found. The
    observed count is taken as Poisson of effective size $y^2/y2$: a little wide where the class is not rare.
    Orphaned positives raise the upper end of the observed count only: the ratio's interval widens downwards.

    **Cost**: O(1).
    """
    if n <= 0.0:
        return UNKNOWN
    low, high = observed_interval(n, n2, y, y2, *orphaned)
    value = predicted / y if y > 0.0 else math.inf
    return Interval(
        value, predicted / high if high > 0.0 else math.inf, predicted / low if low > 0.0 else math.inf
    )


def rate_interval(
    n: float, n2: float, y: float, y2: float, orphaned: tuple[float, float] = (0.0, 0.0)
) -> Interval:
    """Return the base rate y/n with its 95 % interval, within [0, 1]; arguments and nan as in `ratio_interval`.

    **Cost**: O(1).
    """
    if n <= 0.0:
        return UNKNOWN
    low, high = observed_interval(n, n2, y, y2, *orphaned)
    return Interval(y / n, low / n, min(1.0, high / n))
