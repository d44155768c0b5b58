"""Label policies: whether an event is learned at its label, or when its window closes.

A policy is configuration; the engine carries it out.
"""

import math

import msgspec

HOLD_S = 604_800.0  # how long a label waits for its event where neither window nor ttl is given


class BothReported(msgspec.Struct, frozen=True):
    """Both classes are reported: an event is learned, calibrated and measured at its label.

    This assumes that the label delay does not depend on the class; the engine measures it per class.

    Parameters
    ----------
    ttl_s
        Seconds of engine time after its arrival at which an event without a label is given up; > 0.
        None keeps it open (until `max_pending`).

    Raises
    ------
    ValueError
        `ttl_s` is not > 0.
    """

    ttl_s: float | None = None

    def __post_init__(self) -> None:
        if self.ttl_s is not None and not 0.0 < self.ttl_s < math.inf:
            message = f"ttl_s={self.ttl_s!r}: expected seconds > 0, or None to keep events open"
            raise ValueError(message)

    @property
    def learns_at_label(self) -> bool:
        """True: the label is enough."""
        return True

    def due(self, t: float, now: float) -> float:
        """Engine time at which an event of time `t` that arrived at `now` is given up."""
        return math.inf if self.ttl_s is None else max(t, now) + self.ttl_s

    @property
    def hold_s(self) -> float:
        """How long a label waits for its event unless the settings say otherwise: `ttl_s`, or 7 days."""
        return HOLD_S if self.ttl_s is None else self.ttl_s


class PositivesReported(msgspec.Struct, frozen=True):
    """Only positives are reported: an event is learned, calibrated and measured when its window closes.

    Positives wait for the end of the window too, so that both classes are learned after one delay. An event without a
    positive label dated within its window is a negative; a positive dated or received later is counted as *late*.
    A reported negative is accepted, joined, and changes nothing but the counters.

    Parameters
    ----------
    window_s
        Seconds after the event's own time at which it matures; > 0.

    Raises
    ------
    ValueError
        `window_s` is not > 0 and finite.
    """

    window_s: float

    def __post_init__(self) -> None:
        if not 0.0 < self.window_s < math.inf:
            message = f"window_s={self.window_s!r}: expected seconds > 0, finite"
            raise ValueError(message)

    @property
    def learns_at_label(self) -> bool:
        """False: the label waits for the window."""
        return False

    def due(self, t: float, now: float) -> float:
        """Engine time at which an event of time `t` matures."""
        return t + self.window_s

    @property
    def hold_s(self) -> float:
        """How long a label waits for its event unless the settings say otherwise: `window_s`."""
        return self.window_s


LabelPolicy = BothReported | PositivesReported
