"""What a decision rule said about one event."""

from typing import NamedTuple


class Decided(NamedTuple):
    """Whether an event is acted on, and from which P(True) on it is."""

    acted: bool
    threshold: float
