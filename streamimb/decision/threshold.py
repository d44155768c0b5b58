"""What thresholds and times of events may be, for every rule."""

from math import inf
from typing import Any

from streamimb.parameters import finite

NEVER = 2.0  # a threshold above every probability: the event is not acted on


class ThresholdError(ValueError):
    """What a rule gave is no threshold; the message names its type, never a value."""


def checked_threshold(threshold: Any) -> float:
    """Return a threshold as a float; raise `ThresholdError` where it is no finite number >= 0.

    >>> checked_threshold(0.25), checked_threshold(1)
    (0.25, 1.0)
    """
    if type(threshold) is float and 0.0 <= threshold < inf:
        return threshold
    if not finite(threshold):
        raise ThresholdError(f"its threshold is a {type(threshold).__name__} that is no finite number")
    if threshold < 0.0:
        raise ThresholdError("its threshold is below 0")
    return float(threshold)


def checked_probability(p: float) -> float:
    """Return a probability; raise ValueError for any other number."""
    if not 0.0 <= p <= 1.0:
        raise ValueError("p: expected a probability in [0, 1]")
    return p


def checked_time(t: float) -> float:
    """Return the time of an event as a float; raise ValueError where it is no number of seconds."""
    if not -1e15 <= t <= 1e15:
        raise ValueError("t: expected the time of the event, in seconds")
    return float(t)
