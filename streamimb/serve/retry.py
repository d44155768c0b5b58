"""Retries of operations that raise `Unavailable`: attempts, pauses between them, and a time limit after a stop.

The log gets one line for each outage, and the status always shows what is waited for and why.
"""

import logging
from collections.abc import Callable

from streamimb.connections import Unavailable
from streamimb.serve.backoff import Backoff
from streamimb.serve.status import Status

log = logging.getLogger("streamimb.serve")

PIECE_S = 0.2  # longest single sleep: Python resumes a sleep after a signal, so a stop would not be seen


class Retry:
    """Attempts operations on inputs, outputs and the store, and waits between attempts.

    Cost: two attribute reads where all are available.

    Parameters
    ----------
    status
        The status in which outages are noted.
    grace_s
        Seconds for which it still waits for something unavailable after a stop.
    tick
        Called after every wait.
    clock, sleep
        Monotonic seconds; how to wait.

    Raises
    ------
    ValueError
        grace_s below 0 or nan.

    Examples
    --------
    >>> retry = Retry(Status(), grace_s=1.0, tick=lambda: None, clock=lambda: 5.0, sleep=lambda s: None)
    >>> retry.reached("sink.scores", lambda: None)
    True
    """

    def __init__(
        self,
        status: Status,
        grace_s: float,
        tick: Callable[[], None],
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        if not grace_s >= 0:
            raise ValueError(f"grace_s={grace_s!r}: give seconds from 0")
        self.status = status
        self.grace_s = grace_s
        self.tick = tick
        self.clock = clock
        self.sleep = sleep
        self.stopping = False
        self._give_up_at: float | None = None

    def reached(self, name: str, attempt: Callable[[], None]) -> bool:
        """Attempt once; return whether it succeeded, and note it in the status."""
        try:
            attempt()
        except Unavailable as error:
            self.away(name, error)
            return False
        self.back(name)
        return True

    def away(self, name: str, error: Unavailable) -> None:
        """Notes that `name` cannot be reached."""
        said, known = self.status.why.get(name), name in self.status.away
        self.status.wait(name, self.clock(), str(error))
        if not known or self.status.why[name] != said:  # the reason may change during an outage
            log.warning("%s is away, waiting for it: %s", name, error)

    def back(self, name: str) -> None:
        """Notes that `name` was reached."""
        since = self.status.away.get(name)
        if since is not None:
            log.warning("%s is back after %.1f s", name, self.clock() - since)
            self.status.back(name)

    def wait(self, name: str, backoff: Backoff) -> None:
        """Waits until the next attempt.

        Raises
        ------
        Unavailable
            A stop came, and the grace after it is over.
        """
        self.pause(backoff.next_s())
        self.tick()
        if self.stopping:
            now = self.clock()
            if self._give_up_at is None:
                self._give_up_at = now + self.grace_s
            elif now >= self._give_up_at:
                raise Unavailable(
                    f"stopping, and {name} was away for grace_s={self.grace_s!r}: "
                    "what was not committed is done again at the next start"
                )

    def pause(self, wait_s: float) -> None:
        """Sleeps, but no longer than until a stop."""
        until = self.clock() + wait_s
        stopping = self.stopping
        while self.stopping == stopping and (left := until - self.clock()) > 0:
            self.sleep(min(left, PIECE_S))
