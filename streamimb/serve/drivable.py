"""What the runner needs of an engine, as a protocol.

Must not know any engine.
"""

from collections.abc import Mapping
from typing import Protocol

from streamimb.events import Event, Label, Rejection, Score


class Drivable(Protocol):
    """What the runner needs of an engine."""

    def on_event(self, event: Event) -> Score | Rejection:
        """Score or reject an event; never raises."""

    def on_label(self, label: Label) -> Rejection | None:
        """Take a label; a `Rejection` where it cannot be used; never raises."""

    def on_rejection(self, rejection: Rejection) -> None:
        """Count a record that a decoder rejected."""

    @property
    def time(self) -> float:
        """Engine time; -inf before any."""

    def on_time(self, t: float) -> None:
        """Take the time of a record that is no event; a time before engine time is ignored."""

    def pass_time(self, seconds: float) -> None:
        """Move engine time on by the length of a pause of all inputs."""

    def snapshot(self) -> bytes:
        """The whole state but the rows; raises `SnapshotError` where the model cannot be saved as it is now."""

    def take_changes(self) -> Mapping[str, bytes | None]:
        """Rows changed since the last call."""
