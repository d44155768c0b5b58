"""The nouns that travel: events and labels in, scores and dead letters out.

Times are seconds. Nothing here knows where a record came from or what is done with it.
"""

from typing import Any

import msgspec


class Rejection(msgspec.Struct, gc=False):
    """Why a record, or the label in it, cannot be used; `field` is a name from the configuration, never a value."""

    reason: str
    field: str = ""
    id: str = ""


class Event(msgspec.Struct, gc=False):
    """Something to be scored; `y` is its label where it brings one, a `Rejection` where that cannot be read."""

    id: str
    t: float
    x: dict[str, Any]
    y: bool | Rejection | None = None


class Label(msgspec.Struct, gc=False):
    """What an event turned out to be, known at `t`; `y` is None where a label is taken back."""

    id: str
    t: float
    y: bool | None


class Score(msgspec.Struct, gc=False, tag=False):
    """What is said of an event; `p` is the probability to act on (the calibrated one)."""

    id: str
    t: float
    p: float
    raw: float
    corrected: float
    calibrated: float
    model_version: int
    kept_share: float
    reasons: tuple[str, ...] = ()
    v: int = 1


class DeadLetter(msgspec.Struct, gc=False):
    """A record that was rejected, or a label in an event that was scored, by its place: never its content."""

    reason: str
    input: str
    partition: int
    offset: int
    t: float
    field: str = ""
    id: str = ""
    v: int = 1
