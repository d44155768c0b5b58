"""What a drift detector must do, ours or a third party's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, runtime_checkable

from streamimb.events import Alarm
from streamimb.protocols import Reading


@runtime_checkable
class DriftDetector(Protocol):
    """A drift detector of River that names what moved.

    By what it `watches`, `update` takes (y, p, w) of "labelled scores", (p, w) of "scores", x of "features", and of
    "delays" the seconds from an event to its label and the time of the event."""

    watches: str

    def update(self, *observed: Any) -> None:
        """Take one observation, and find out whether something moved."""

    @property
    def drift_detected(self) -> bool:
        """Whether the last update raised an alarm."""

    @property
    def alarms(self) -> Sequence[Alarm]:
        """The alarms of the last update."""

    def readings(self) -> Iterable[Reading]:
        """Return the numbers to export; pure. Their names never change."""
