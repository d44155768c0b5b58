"""Means and sums that forget by events: an observation counts half after `half_life` updates.

Merging is one stream after the other. Must never know clocks, classes or classifiers.
"""

from __future__ import annotations

import math
from typing import Any

from river import base

WEIGHT_CAP = 1e15
DUST = 1e-200  # below it a sum counts as 0: denormal numbers are slow


class DecayedMean(base.Base):
    r"""The mean of what was seen lately.

    $S \leftarrow \lambda S + w v,\; N \leftarrow \lambda N + w$ with $\lambda = 2^{-1/h}$; the mean is $S/N$,
    and 0 before the first update. `merge(other)` is what came of this stream followed by the other's:
    $S \lambda^{n'} + S'$, exact up to rounding; an update of weight 0 is none.

    Cost per event: O(1) time, three floats.

    Parameters
    ----------
    half_life
        Updates after which an observation counts half, above 0.

    Raises
    ------
    ValueError
        Where `half_life` is not above 0, a value is not finite, a weight is negative or not finite,
        or `merge` meets another half-life.

    Examples
    --------
    >>> from streamimb import stats
    >>> mean = stats.DecayedMean(half_life=2)
    >>> for value in [0, 0, 1, 1]:
    ...     mean.update(value)
    >>> round(mean.get(), 3)
    0.667

    """

    def __init__(self, half_life: float = 20_000) -> None:
        _check_half_life(half_life)
        self.half_life = half_life
        self._fade = 0.5 ** (1.0 / half_life)
        self._sum = self._mass = 0.0
        self._n = 0

    @classmethod
    def _unit_test_params(cls) -> Any:
        yield {"half_life": 50}

    def update(self, value: float, w: float = 1.0) -> None:
        """Take one value of weight w."""
        if not (math.isfinite(value) and 0.0 <= w < math.inf):
            raise _refusal(value, w)
        if w > 0.0:
            w = min(float(w), WEIGHT_CAP)
            self._sum = _dusted(self._fade * self._sum + w * float(value))
            self._mass = self._fade * self._mass + w
            self._n += 1

    def get(self) -> float:
        """Return the mean; 0 before the first update."""
        return self._sum / self._mass if self._mass > 0.0 else 0.0

    @property
    def mass(self) -> float:
        """The decayed weight behind the mean: at most `half_life / log 2` where every weight is 1."""
        return self._mass

    def merge(self, other: DecayedMean) -> None:
        """Take in another stream, as if it had come after this one."""
        _check_same(self.half_life, other.half_life)
        fade = self._fade**other._n
        self._sum = _dusted(self._sum * fade + other._sum)
        self._mass = _dusted(self._mass * fade + other._mass)
        self._n += other._n


class DecayedCount(base.Base):
    r"""The sum of what was seen lately.

    $C \leftarrow \lambda C + w v$ with $\lambda = 2^{-1/h}$. `merge(other)` is what came of this stream
    followed by the other's: $C \lambda^{n'} + C'$, exact up to rounding; an update of weight 0 is none.

    Cost per event: O(1) time, two floats.

    Parameters
    ----------
    half_life
        Updates after which an observation counts half, above 0.

    Raises
    ------
    ValueError
        Where `half_life` is not above 0, a value is not finite, a weight is negative or not finite,
        or `merge` meets another half-life.

    Examples
    --------
    >>> from streamimb import stats
    >>> count = stats.DecayedCount(half_life=1)
    >>> for value in [1, 1, 0, 1]:
    ...     count.update(value)
    >>> count.get()
    1.375

    """

    def __init__(self, half_life: float = 20_000) -> None:
        _check_half_life(half_life)
        self.half_life = half_life
        self._fade = 0.5 ** (1.0 / half_life)
        self._sum = 0.0
        self._n = 0

    @classmethod
    def _unit_test_params(cls) -> Any:
        yield {"half_life": 50}

    def update(self, value: float, w: float = 1.0) -> None:
        """Add one value of weight w."""
        if not (math.isfinite(value) and 0.0 <= w < math.inf):
            raise _refusal(value, w)
        if w > 0.0:
            self._sum = _dusted(self._fade * self._sum + min(float(w), WEIGHT_CAP) * float(value))
            self._n += 1

    def get(self) -> float:
        """Return the decayed sum."""
        return self._sum

    def merge(self, other: DecayedCount) -> None:
        """Take in another stream, as if it had come after this one."""
        _check_same(self.half_life, other.half_life)
        self._sum = _dusted(self._sum * self._fade**other._n + other._sum)
        self._n += other._n


def _dusted(total: float) -> float:
    return total if abs(total) > DUST else 0.0


def _check_half_life(half_life: float) -> None:
    if not 0.0 < half_life < math.inf:
        raise ValueError(f"half_life={half_life!r}: must be a finite number of events above 0")


def _check_same(half_life: float, other: float) -> None:
    if half_life != other:
        raise ValueError(f"half_life={half_life!r} does not merge with half_life={other!r}: use one for both")


def _refusal(value: float, w: float) -> ValueError:
    if not math.isfinite(value):
        return ValueError("value: must be a finite number")
    return ValueError(f"w={w!r}: a weight is a finite number of at least 0")
