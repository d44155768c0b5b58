"""Joins the degraded reasons of all parts, and logs when they are entered and left.

Each part decides which reasons it has.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from streamimb.protocols import Reading

_log = logging.getLogger("streamimb.degraded")


class Degradable(Protocol):
    """A part with degraded reasons."""

    @property
    def degraded(self) -> Mapping[str, str]:
        """Reason code to a sentence: what is wrong and what to do."""


class Degraded:
    """Joins the reasons of several parts and logs each once when it is entered and once when it is left.

    Other threads may read `reasons` and `entered`, which are replaced and never changed in place; only `look`, on
    the runner's thread, reads the parts.

    Cost: `look` copies the reasons of each part.

    Parameters
    ----------
    parts
        An engine, a runner's status, and other objects with `degraded`. Two parts must not have the same reason.

    Examples
    --------
    >>> from streamimb.serve import Status
    >>> status = Status()
    >>> degraded = Degraded([status])
    >>> status.degraded = {"clock": "the clocks differ: set one of the two"}
    >>> degraded.look()
    >>> degraded.reasons
    {'clock': 'the clocks differ: set one of the two'}
    >>> status.degraded = {}
    >>> degraded.look()
    >>> degraded.reasons, degraded.entered
    ({}, ('clock',))
    """

    def __init__(self, parts: Sequence[Degradable]) -> None:
        self._parts = list(parts)
        self.reasons: dict[str, str] = {}
        self.entered: tuple[str, ...] = ()  # codes of all reasons that were entered in this process

    def look(self) -> None:
        """Read the reasons of the parts, and log what changed."""
        before = self.reasons
        now: dict[str, str] = {}
        for part in self._parts:
            now.update(part.degraded)
        if now == before:
            return
        self.reasons = now = dict(sorted(now.items()))
        for code in now.keys() - before.keys():
            if code not in self.entered:
                self.entered = tuple(sorted((*self.entered, code)))
            _log.warning("degraded: %s: %s", code, now[code])
        for code in before.keys() - now.keys():
            _log.warning("no longer degraded: %s", code)

    def readings(self) -> Iterator[Reading]:
        """Return the readings."""
        reasons = self.reasons
        yield Reading(
            "degraded",
            "1 for each reason for which probabilities are doubtful now, 0 for one that has passed.",
            {code: int(code in reasons) for code in sorted({*self.entered, *reasons})},
            labels=("reason",),
        )
