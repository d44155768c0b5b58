"""What thresholds and times of events may be, for every rule."""

NEVER = 2.0  # a threshold above every probability: the event is not acted on


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
