"""95 % intervals for a predicted ÷ observed ratio and for a base rate, from decayed sums. Pure functions."""

import math
from typing import Any, NamedTuple

from streamimb.protocols import Reading

Z95 = 1.959963984540054


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


def byar(k: float) -> tuple[float, float]:
    r"""Return the 95 % interval of a Poisson mean of which k events were seen, k ≥ 0 not necessarily whole.

    Byar: $k(1 - 1/9k - z/3\sqrt{k})^3$ to $(k+1)(1 - 1/9(k+1) + z/3\sqrt{k+1})^3$; within 1 % of the exact
    interval from k = 5 on, and 3.67 instead of 3.69 at the upper end of k = 0.

    **Cost**: O(1).

    Examples
    --------
    >>> [round(end, 2) for end in byar(10)]
    [4.79, 18.39]

    References
    ----------
    Breslow, Day (1987), Statistical Methods in Cancer Research II, IARC, p. 69.
    """
    low = 0.0
    if k > 0.0:
        low = k * max(0.0, 1.0 - 1.0 / (9.0 * k) - Z95 / (3.0 * math.sqrt(k))) ** 3
    j = k + 1.0
    return low, j * (1.0 - 1.0 / (9.0 * j) + Z95 / (3.0 * math.sqrt(j))) ** 3


def _observed(
    n: float, n2: float, y: float, y2: float, orphans: float, orphans2: float
) -> tuple[float, float]:
    """Return the interval of the weight of positives: k = y²/y2 effective positives of weight y2/y each.

    Each orphaned positive may belong to an event that was measured as a negative, or to no event: the upper end
    counts all of them, the lower end none.
    """
    low = 0.0
    if y2 > 0.0:
        unit = y2 / y
        low = byar(y / unit)[0] * unit
    at_most, at_most2 = y + orphans, y2 + orphans2
    if at_most2 > 0.0:
        unit = at_most2 / at_most
        return low, byar(at_most / unit)[1] * unit
    return low, byar(0.0)[1] * n2 / n


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
    low, high = _observed(n, n2, y, y2, *orphaned)
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
    low, high = _observed(n, n2, y, y2, *orphaned)
    return Interval(y / n, low / n, min(1.0, high / n))
