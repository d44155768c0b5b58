"""A sample of a stream in which events of larger weight are more frequent."""

from __future__ import annotations

import heapq
import math
from typing import Any

from streamimb._kernels import limits
from streamimb._kernels.event_weight import checked_weight
from streamimb._kernels.saved import refused, row
from streamimb.parameters import refuse_other
from streamimb.protocols import Features
from streamimb.stats.reservoir import Reservoir


class WeightedReservoir(Reservoir):
    r"""A sample without replacement in which an event is drawn in proportion to its weight.

    Each event gets the key $u^{1/w}$ with u uniform on (0, 1], and the `size` largest keys are held (A-Res; the
    logarithm of the key is compared). `merge(other)` holds the largest keys of both, which is a sample of both streams.

    **Cost**: O(log s) time where the event is kept (.4 µs per event, and .5 µs for 20 numbers); at most `size` events
    of `event_bytes`.

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
        Where a parameter is out of range, a weight is negative or not finite, or `merge` meets another kind, size or
        bound.

    Examples
    --------
    >>> from streamimb import stats
    >>> sample = stats.WeightedReservoir(size=500)
    >>> for i in range(20_000):
    ...     sample.update({"heavy": i % 2}, w=3.0 if i % 2 else 1.0)
    >>> sum(x["heavy"] for x in sample.get()) / 500  # three of four, give or take .02
    0.758

    References
    ----------
    Efraimidis, P. S. and Spirakis, P. G. (2006). Weighted random sampling with a reservoir.
    https://doi.org/10.1016/j.ipl.2005.11.003.
    """

    def __init__(self, size: int = 500, event_bytes: int = 4_096, seed: int = 0) -> None:
        super().__init__(size, event_bytes, seed)
        self._keys: list[tuple[float, int]] = []  # a heap: logarithm of the key, place

    def put(self, x: Features, w: float = 1.0) -> int:
        """Take an event; return the place where it is kept now, -1 where it is not kept."""
        w = checked_weight(w)
        if w == 0.0:
            return -1
        key = max(-limits.FINITE, math.log(1.0 - self._draw.uniform()) / w)
        held = len(self._kept)
        if held < self.size:
            heapq.heappush(self._keys, (key, held))
            return self._store(held, x)
        if key <= self._keys[0][0]:
            return -1
        place = self._keys[0][1]
        heapq.heapreplace(self._keys, (key, place))
        return self._store(place, x)

    def update(self, x: Features, w: float = 1.0) -> None:
        """Take an event of weight w; weight 0 changes nothing."""
        self.put(x, w)

    def merge(self, other: WeightedReservoir) -> None:
        """Take in another stream: a sample of the events of both, by their weights."""
        refuse_other(self, other, "size", "event_bytes")
        both = [(key, self._kept[place]) for key, place in sorted(self._keys)]
        both += [(key, other._kept[place]) for key, place in sorted(other._keys)]
        both.sort(key=lambda pair: -pair[0])
        del both[self.size :]
        self._kept = [data for _, data in both]
        self._keys = [(key, place) for place, (key, _) in enumerate(both)]
        heapq.heapify(self._keys)

    def _own_state(self) -> dict[str, Any]:
        by_place = sorted(self._keys, key=lambda pair: pair[1])
        return {"keys": [key for key, _ in by_place]}

    def _own_checked(self, saved: dict[str, Any], kept: int) -> dict[str, Any]:
        keys = row(saved, "keys", kept, -limits.FINITE, 0.0)
        if not all(type(key) is float for key in saved["keys"]):
            raise refused("keys", "numbers of type float")
        heap = [(key, place) for place, key in enumerate(keys)]
        heapq.heapify(heap)
        return {"_keys": heap}
