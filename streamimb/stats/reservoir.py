"""What all reservoirs share: places for events, bounded in number and in bytes, and the check of a saved state."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

from streamimb._kernels.draw import Draw
from streamimb._kernels.saved import entries, listed, refused
from streamimb.parameters import Part, checked_seed, whole
from streamimb.protocols import Features
from streamimb.stats.event_data import decoded, encoded, sound

LARGEST_SIZE = 1 << 20  # events
LARGEST_EVENT = 1 << 24  # bytes


class Reservoir(Part, ABC):
    """A sample of the events of a stream; a subclass decides which events it holds.

    An event longer than `event_bytes` leaves its place empty, so that the sample of all other events is the same
    as without the bound.
    """

    def __init__(self, size: int, event_bytes: int, seed: int) -> None:
        self.size = whole(
            "size", size, lambda n: 1 <= n <= LARGEST_SIZE, "a whole number of events from 1 to 2**20"
        )
        self.event_bytes = whole(
            "event_bytes",
            event_bytes,
            lambda n: 1 <= n <= LARGEST_EVENT,
            "a whole number of bytes from 1 to 2**24",
        )
        self.seed = checked_seed(seed)
        self._draw = Draw(self.seed)
        self._kept: list[bytes] = []

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"size": 20, "event_bytes": 200}

    @abstractmethod
    def put(self, x: Features) -> int:
        """Take an event as `update` does; return the place where it is kept now, -1 where it is not kept."""

    def update(self, x: Features) -> None:
        """Take an event; a copy of it may be kept, never x itself."""
        self.put(x)

    def at(self, place: int) -> Features | None:
        """Return a copy of the event at a place from 0 to `len(self) - 1`; None where the place is empty."""
        data = self._kept[place]
        return decoded(data) if data else None

    def get(self) -> list[Features]:
        """Return copies of the events that are held."""
        return [decoded(data) for data in self._kept if data]

    def __len__(self) -> int:
        """The number of places in use, with those that an event too long left empty."""
        return len(self._kept)

    @property
    def memory_budget_bytes(self) -> int:
        """The most that it may hold: `size` events of `event_bytes`, and 64 bytes for each place."""
        return self.size * (self.event_bytes + 64)

    def _below(self, n: int) -> int:
        """A random place below n."""
        return int(self._draw.uniform() * n)

    def _store(self, place: int, x: Features) -> int:
        """Write an event to a place, or to a new one."""
        data = encoded(x, self.event_bytes)
        if place == len(self._kept):
            self._kept.append(data)
        else:
            self._kept[place] = data
        return place

    def _own_state(self) -> dict[str, Any]:
        """What a subclass saves in addition."""
        return {}

    def _own_checked(self, saved: dict[str, Any], kept: int) -> dict[str, Any]:
        """The attributes of a subclass from a saved state, after a check."""
        return {}

    def __getstate__(self) -> dict[str, Any]:
        return {
            **self._get_params(),
            "kept": list(self._kept),
            "draw": self._draw.__getstate__(),
            **self._own_state(),
        }

    def __setstate__(self, state: Any) -> None:
        cls: Any = type(self)
        blank = cls(**next(cls._unit_test_params()))
        names = list(blank._get_params())
        saved = entries(state, *names, "kept", "draw", *blank._own_state())
        fresh = cls(**{name: saved[name] for name in names})  # checks them
        kept = listed(saved, "kept", most=fresh.size)
        if not all(sound(data, fresh.event_bytes) for data in kept):
            raise refused("kept", "events of plain data, each within event_bytes")
        fresh._draw.__setstate__(saved["draw"])
        own = fresh._own_checked(saved, len(kept))
        vars(self).update({**vars(fresh), "_kept": kept, **own})
