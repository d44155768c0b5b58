"""Whether the process is ready and gets records, each with a reason of one line.

Pure functions of the runner's status and a time.
"""

import math
from collections.abc import Iterator
from typing import Protocol

from streamimb.protocols import Readable, Reading

STATES = ("starting", "flowing", "waiting", "unknown")


class StatusLike(Readable, Protocol):
    """The attributes of a `serve.Status` that are read; times are monotonic seconds."""

    open: bool
    away: dict[str, float]
    why: dict[str, str]
    last_record: float | None
    last_checkpoint: float | None
    uncommitted: int


def unready_reason(status: StatusLike, now: float, started: float, checkpoint_late_s: float) -> str:
    """Why records are not being handled and committed; empty where they are.

    >>> from streamimb.serve import Status
    >>> status = Status()
    >>> unready_reason(status, now=5.0, started=0.0, checkpoint_late_s=60.0)
    'sources are not open'
    """
    away = dict(status.away)  # a copy: the runner's thread may change it
    if away:
        name, since = min(away.items(), key=lambda item: item[1])
        more = f" and {len(away) - 1} more" if len(away) > 1 else ""
        why = status.why.get(name, "")
        return f"waiting for {name}{more} for {max(0.0, now - since):.0f} s{f': {why}' if why else ''}"
    if not status.open:
        return "sources are not open"
    last = started if status.last_checkpoint is None else status.last_checkpoint
    if status.uncommitted and now - last > checkpoint_late_s:
        return f"last checkpoint {now - last:.0f} s ago, {status.uncommitted} records uncommitted"
    return ""


def stream_state(status: StatusLike, now: float, started: float, idle_s: float) -> str:
    """`starting`, `waiting`, `flowing`, or `unknown` after `idle_s` without records.

    >>> from streamimb.serve import Status
    >>> status = Status()
    >>> status.open, status.last_record = True, 10.0
    >>> stream_state(status, 20.0, 0.0, 300.0), stream_state(status, 400.0, 0.0, 300.0)
    ('flowing', 'unknown')
    """
    if status.away:
        return "waiting"
    if not status.open:
        return "starting"
    return "unknown" if idle_seconds(status, now, started) > idle_s else "flowing"


def idle_seconds(status: StatusLike, now: float, started: float) -> float:
    """Seconds since the last record was handled, or since the start.

    >>> from streamimb.serve import Status
    >>> idle_seconds(Status(), now=12.0, started=2.0)
    10.0
    """
    last = started if status.last_record is None else status.last_record
    return max(0.0, now - last)


def readings(
    status: StatusLike, now: float, started: float, idle_s: float, checkpoint_late_s: float
) -> Iterator[Reading]:
    """Yield the readings of health, and the times they depend on.

    >>> from streamimb.serve import Status
    >>> [reading.name for reading in readings(Status(), 5.0, 0.0, 300.0, 120.0)]
    ['ready', 'stream_state', 'idle_seconds', 'waiting_seconds', 'checkpoint_age_seconds']
    """
    unready = unready_reason(status, now, started, checkpoint_late_s)
    yield Reading("ready", "1 where records are handled and committed.", int(not unready))
    state = stream_state(status, now, started, idle_s)
    yield Reading(
        "stream_state",
        "1 for the state the stream is in.",
        {name: int(name == state) for name in STATES},
        labels=("state",),
    )
    yield Reading("idle_seconds", "Since the last record.", idle_seconds(status, now, started))
    since = min(status.away.values(), default=now)
    yield Reading("waiting_seconds", "How long something has been away.", max(0.0, now - since))
    last = status.last_checkpoint
    yield Reading(
        "checkpoint_age_seconds", "Since the last checkpoint.", math.nan if last is None else now - last
    )
