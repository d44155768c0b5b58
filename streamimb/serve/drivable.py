"""The methods of an engine that the runner calls, as a protocol."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from streamimb.events import AlarmRecord, AnyScore, Event, Label, Rejection


class Drivable(Protocol):
    """An engine as the runner uses it."""

    def on_event(self, event: Event) -> AnyScore | Rejection:
        """Score or reject an event; never raises."""

    def on_label(self, label: Label) -> Rejection | None:
        """Take a label; a `Rejection` where it cannot be used; never raises."""

    def on_rejection(self, rejection: Rejection) -> None:
        """Count a record that a decoder rejected."""

    @property
    def time(self) -> float:
        """Engine time; -inf before any."""

    def on_time(self, t: float) -> None:
        """Add the time of a record that is no event; a time before engine time is ignored."""

    def pass_time(self, seconds: float) -> None:
        """Advance engine time by the length of a pause of all inputs."""

    def on_silence(self, seconds: float) -> None:
        """Note that no record came for so long."""

    def snapshot(self) -> bytes:
        """The whole state except the rows; raises `SnapshotError` where the model cannot be saved as it is now."""

    def take_alarms(self) -> Sequence[AlarmRecord]:
        """The alarms since the last call."""

    def take_changes(self) -> Mapping[str, bytes | None]:
        """Rows changed since the last call."""
