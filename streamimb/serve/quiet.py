"""Engine time while nothing comes: it goes on as the monotonic clock does.

So windows close and labels mature in a pause of the events. Only for `run`: in `replay` the order, and so the state,
is a function of the input alone. Must not know inputs; the runner says when all of them are at their ends.
"""

import math
from collections.abc import Callable
from typing import Protocol


class Timed(Protocol):
    """What is needed of an engine."""

    @property
    def time(self) -> float:
        """Engine time; -inf before any."""

    def on_time(self, t: float) -> None:
        """Brings engine time up to t."""


class QuietTime:
    """Moves engine time on from the last record by the seconds that passed since.

    Cost: one call of the clock.

    Parameters
    ----------
    engine
        Whose time it is.
    clock
        Monotonic seconds.

    Examples
    --------
    >>> from streamimb.engine import Engine, PositivesReported
    >>> from streamimb.events import Event
    >>> from streamimb.linear_model import LogisticRegression
    >>> engine, now = Engine(LogisticRegression(), PositivesReported(window_s=60.0)), [5.0]
    >>> quiet = QuietTime(engine, clock=lambda: now[0])
    >>> score = engine.on_event(Event("a", 1000.0, {"amount": 9.5}))
    >>> quiet.start()
    >>> now[0] = 66.0
    >>> quiet.go_on()
    >>> engine.time, engine.counters["matured"]
    (1061.0, 1)
    """

    def __init__(self, engine: Timed, clock: Callable[[], float]) -> None:
        self._engine = engine
        self._clock = clock
        self._t, self._since = -math.inf, 0.0

    def start(self) -> None:
        """Notes that something was handled: the pause, if one follows, begins now."""
        self._t, self._since = self._engine.time, self._clock()

    def go_on(self) -> None:
        """Brings engine time up to what it is now, where there is one."""
        if self._t > -math.inf:
            self._engine.on_time(self._t + max(0.0, self._clock() - self._since))
