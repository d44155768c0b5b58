"""A uniform sample of a stream."""

from __future__ import annotations

from typing import Any

from streamimb._kernels.saved import WHOLE, refused, whole
from streamimb.parameters import refuse_other
from streamimb.protocols import Features
from streamimb.stats.reservoir import Reservoir


class UniformReservoir(Reservoir):
    r"""A uniform sample of all events so far, without replacement.

    Event n is kept with probability $\min(1, s / n)$ in place of a random one, so each of n events is held with
    probability $s / n$. `merge(other)` gives a uniform sample of both streams; it draws from each stream in proportion
    to the number of its events.

    **Cost**: O(1) time per event (.3 µs, and .5 µs for 20 numbers where it is kept); at most `size` events of
    `event_bytes`.

    Parameters
    ----------
    size
        Number of events held, from 1 to 2**20.
    event_bytes
        The most bytes of one event, from 1 to 2**24: 9 per number and 1 + length per string or name. A longer event
        is not held.
    seed
        Seed of the draws, from 0 to 2**64 - 1. Reservoirs that are merged have different seeds.

    Raises
    ------
    ValueError
        Where a parameter is out of range, or `merge` meets another kind, size or bound.

    Examples
    --------
    >>> from streamimb import stats
    >>> sample = stats.UniformReservoir(size=100)
    >>> for i in range(10_000):
    ...     sample.update({"i": i})
    >>> len(sample.get()), round(sum(x["i"] for x in sample.get()) / 100, -3)
    (100, 5000.0)

    References
    ----------
    Vitter, J. S. (1985). Random sampling with a reservoir. https://doi.org/10.1145/3147.3165. Algorithm R.
    """

    def __init__(self, size: int = 500, event_bytes: int = 4_096, seed: int = 0) -> None:
        super().__init__(size, event_bytes, seed)
        self._n = 0

    def put(self, x: Features) -> int:
        """Take an event; return the place where it is kept now, -1 where it is not kept."""
        self._n = min(WHOLE, self._n + 1)
        held = len(self._kept)
        place = held if held < self.size else self._below(self._n)
        return self._store(place, x) if place < self.size else -1

    def merge(self, other: UniformReservoir) -> None:
        """Take in another stream: a uniform sample of the events of both."""
        refuse_other(self, other, "size", "event_bytes")
        if other._n == 0:
            return
        left = [self._n, other._n]
        pools = [list(self._kept), list(other._kept)]
        kept: list[bytes] = []
        while len(kept) < self.size and sum(left) > 0:
            which = 0 if self._draw.uniform() * sum(left) < left[0] else 1
            pool = pools[which]
            kept.append(pool.pop(self._below(len(pool))))
            left[which] -= 1
        self._kept, self._n = kept, min(WHOLE, self._n + other._n)

    def _own_state(self) -> dict[str, Any]:
        return {"n": self._n}

    def _own_checked(self, saved: dict[str, Any], kept: int) -> dict[str, Any]:
        n = whole(saved, "n")
        if kept != min(n, saved["size"]):
            raise refused("n", "the number of events of which these are a sample")
        return {"_n": n}
