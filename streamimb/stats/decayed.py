"""Decayed means and counts: an observation counts half after `half_life` updates.

`merge` gives the state after one stream followed by the other.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, Self

from streamimb._kernels.decayed import Decayed
from streamimb._kernels.saved import alike, entries
from streamimb.parameters import Part, number, refuse_other


class Forgetting(Decayed, Part, ABC):
    """A decayed sum and its decayed mass; a subclass computes its value from them."""

    def __init__(self, half_life: float = 20_000) -> None:
        expected = "a finite number of events above 0"
        self.half_life = number("half_life", half_life, lambda events: events > 0.0, expected)
        Decayed.__init__(self, self.half_life)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"half_life": 50}

    @abstractmethod
    def get(self) -> float:
        """Return the value."""

    def merge(self, other: Self) -> None:
        """Take in another stream, as if it had come after this one."""
        refuse_other(self, other, "half_life")
        self.append(*other.sums)

    def __getstate__(self) -> dict[str, Any]:
        return {"half_life": self.half_life, "_sums": Decayed.__getstate__(self)}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "half_life", "_sums")
        alike(saved["_sums"], Decayed.__getstate__(type(self)(saved["half_life"])), "fade")
        Decayed.__setstate__(self, saved["_sums"])
        vars(self).update(half_life=saved["half_life"])


class DecayedMean(Forgetting):
    r"""The decayed mean of recent values.

    $S \leftarrow \lambda S + w v,\; N \leftarrow \lambda N + w$ with $\lambda = 2^{-1/h}$; the mean is $S/N$,
    and 0 before the first update. `merge(other)` gives the state after this stream followed by the other's:
    $S \lambda^{n'} + S'$, exact up to rounding; an update of weight 0 is none.

    **Cost**: O(1) time, three floats.

    Parameters
    ----------
    half_life
        Updates after which an observation counts half, above 0.

    Raises
    ------
    ValueError
        Where `half_life` is not above 0, a value is beyond 1e100, a weight is negative or not finite,
        or `merge` meets another half-life or kind.

    Examples
    --------
    >>> from streamimb import stats
    >>> mean = stats.DecayedMean(half_life=2)
    >>> for value in [0, 0, 1, 1]:
    ...     mean.update(value)
    >>> round(mean.get(), 3)
    0.667
    """

    def get(self) -> float:
        """Return the mean; 0 before the first update."""
        total, mass, _ = self.sums
        return total / mass if mass > 0.0 else 0.0

    @property
    def mass(self) -> float:
        """The decayed weight behind the mean: at most `half_life / log 2` where every weight is 1."""
        return self.sums[1]


class DecayedCount(Forgetting):
    r"""The decayed sum of recent values.

    $C \leftarrow \lambda C + w v$ with $\lambda = 2^{-1/h}$. `merge(other)` gives the state after this
    stream followed by the other's: $C \lambda^{n'} + C'$, exact up to rounding; an update of weight 0 is none.

    **Cost**: O(1) time, three floats.

    Parameters
    ----------
    half_life
        Updates after which an observation counts half, above 0.

    Raises
    ------
    ValueError
        Where `half_life` is not above 0, a value is beyond 1e100, a weight is negative or not finite,
        or `merge` meets another half-life or kind.

    Examples
    --------
    >>> from streamimb import stats
    >>> count = stats.DecayedCount(half_life=1)
    >>> for value in [1, 1, 0, 1]:
    ...     count.update(value)
    >>> count.get()
    1.375
    """

    def get(self) -> float:
        """Return the decayed sum."""
        return self.sums[0]
