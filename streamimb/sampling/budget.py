"""Checks of the parameters that samplers share: a share of rare events, a rate, and a number of copies."""

from __future__ import annotations

from streamimb._kernels.limits import MOST_COPIES, RATE_FLOOR
from streamimb.parameters import number, whole

MOST_LABELS = 2**53  # that a float can count


def check_share(share: float) -> float:
    """Return the share; raise ValueError where it is out of range."""
    expected = "the share of rare events learned, in [1e-6, 1), e.g. 0.2"
    return number("share", share, lambda part: RATE_FLOOR <= part < 1.0, expected)


def check_keep_rate(keep_rate: float) -> float:
    """Return the rate; raise ValueError where it is out of range."""
    expected = "a rate in [1e-6, 1]; a rate of 0 cannot be corrected"
    return number("keep_rate", keep_rate, lambda rate: RATE_FLOOR <= rate <= 1.0, expected)


def check_keep_first(keep_first: int) -> int:
    """Return the number of events; raise ValueError where it is out of range."""
    expected = "a number of events, from 0 (none) to 1e15, e.g. 5000"
    return whole("keep_first", keep_first, lambda events: 0 <= events <= 10**15, expected)


def check_max_copies(max_copies: float) -> float:
    """Return the bound of a rate; raise ValueError where it is out of range."""
    expected = "the most copies of one event, in [1, 1e6], e.g. 1000"
    return number("max_copies", max_copies, lambda rate: 1.0 <= rate <= MOST_COPIES, expected)
