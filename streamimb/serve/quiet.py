"""Advances engine time with the monotonic clock while no records come.

So windows close in a pause of the events. It is used only in `run`: in `replay` the state depends on the input alone.
The runner calls it while all inputs are at their ends.
"""

import math
from collections.abc import Callable
from typing import Protocol


class Timed(Protocol):
    """The part of an engine that `QuietTime` calls."""

    def pass_time(self, seconds: float) -> None:
        """Advances engine time; does nothing before the first event."""

    def on_silence(self, seconds: float) -> None:
        """Notes that no record came for so long."""


class QuietTime:
    """Advances engine time by the seconds since the last record, or since the last advance.

    Cost: one call of the clock.

    Parameters
    ----------
    engine
        The engine whose time is advanced.
    clock
        Monotonic seconds.
    silence_s
        Length of a pause from which on it is silence, of which the engine is told once.

    Examples
    --------
    >>> from streamimb.engine import Engine, PositivesReported
    >>> from streamimb.events import Event
    >>> from streamimb.linear_model import LogisticRegression
    >>> engine, now = Engine(LogisticRegression(), PositivesReported(window_s=60.0)), [5.0]
    >>> quiet = QuietTime(engine, clock=lambda: now[0])
    >>> engine.on_event(Event("a", 1000.0, {"amount": 9.5})).id
    'a'
    >>> quiet.start()
    >>> now[0] = 66.0
    >>> quiet.go_on()
    >>> engine.time, engine.counters["matured"]
    (1061.0, 1)
    """

    def __init__(self, engine: Timed, clock: Callable[[], float], silence_s: float = math.inf) -> None:
        self._engine = engine
        self._clock = clock
        self._since = self._began = clock()
        self._silence_s = silence_s
        self._told = False

    def start(self) -> None:
        """Notes that records were handled: a pause, if one follows, begins now."""
        self._since = self._began = self._clock()
        self._told = False

    def go_on(self) -> None:
        """Advances engine time by the seconds since the last call of `start` or `go_on`."""
        now = self._clock()
        self._engine.pass_time(now - self._since)
        self._since = now
        if now - self._began >= self._silence_s and not self._told:
            self._told = True
            self._engine.on_silence(now - self._began)
