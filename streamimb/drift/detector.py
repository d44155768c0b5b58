"""`Detector`, the abstract parent of the drift detectors: River's API, and alarms that name what moved."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from river import base

from streamimb.events import Alarm
from streamimb.parameters import Part
from streamimb.protocols import Reading


class Detector(base.DriftDetector, Part, ABC):
    """A drift detector of River whose alarms have a name, evidence and what to look at.

    A subclass declares `kind` and `look_at`, and returns what its last update found.
    """

    watches: str  # what `update` takes, see `drift.protocol.DriftDetector`
    kind: ClassVar[str]  # the part before `_alarms` in the name of its reading
    look_at: ClassVar[Mapping[str, str]]  # the names of its alarms -> what to look at

    @abstractmethod
    def _found(self) -> Iterable[tuple[str, tuple[Any, ...], dict[str, float]]]:
        """Name, fields and evidence of each alarm of the last update."""

    @abstractmethod
    def _raised(self) -> Mapping[str, int]:
        """The number of alarms of each name so far."""

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """The alarms of the last update; empty where it found no drift."""
        return tuple(
            Alarm(f"{self.kind}: {name}", name, fields, evidence, self.look_at[name])
            for name, fields, evidence in self._found()
        )

    @property
    def alarm(self) -> Alarm | None:
        """The first alarm of the last update; None where it found no drift."""
        return next(iter(self.alarms), None)

    @property
    def drift_detected(self) -> bool:
        """Whether the last update raised an alarm."""
        return next(iter(self._found()), None) is not None

    def readings(self) -> Iterator[Reading]:
        """Return the number of alarms of each name."""
        yield Reading(
            f"{self.kind}_alarms",
            "Alarms of the drift detector, by what moved.",
            {name.replace(" ", "_"): float(n) for name, n in self._raised().items()},
            kind="counter",
            labels=("name",),
        )
