"""What the runner needs of an engine, as a protocol.

Must not know any engine.
"""

from collections.abc import Mapping
from typing import Protocol

from streamimb.events import Event, Label, Rejection, Score


class Drivable(Protocol):
    """What the runner needs of an engine."""

    def on_event(self, event: Event) -> Score | Rejection:
        """What is said of it; never raises."""

    def on_label(self, label: Label) -> Rejection | None:
        """None where all is well; never raises."""

    def on_rejection(self, rejection: Rejection) -> None:
        """Told of every record that a decoder rejected."""

    @property
    def time(self) -> float:
        """Engine time; -inf before any."""

    def on_time(self, t: float) -> None:
        """Takes the time of a record that is no event; earlier times do nothing."""

    def pass_time(self, seconds: float) -> None:
        """Moves engine time on in a pause of all inputs."""

    def snapshot(self) -> bytes:
        """The whole state but the rows; raises `SnapshotError` where the model cannot be saved as it is now."""

    def take_changes(self) -> Mapping[str, bytes | None]:
        """Rows changed since the last call."""
