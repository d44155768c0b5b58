"""Events dated far from engine time: clamped while they are few, followed where all are.

Counts in rows of events, so that the same events in the same order give the same times. Must never know a
clock, nor anything of an event but its time.
"""

import math

from streamimb.engine.lifecycle import Lifecycle
from streamimb.engine.settings import Settings

State = tuple[int, float, int, float, bool]


class Skew:
    """Which time is taken for an event that is not within `skew_s` after engine time.

    One that is further ahead is clamped, until `skew_n` in a row are: then engine time follows the earliest.
    One that is behind keeps its time; but the very first time there is has no other to be compared with, and
    goes back to the latest of `skew_n` events that are all more than `skew_s` before it.

    Cost: O(1) per event; O(rows log rows) where engine time goes back.
    """

    __slots__ = ("_ahead_t", "_behind_n", "_behind_t", "_life", "_settings", "ahead_n", "sure")

    def __init__(self, life: Lifecycle, settings: Settings) -> None:
        self._life = life
        self._settings = settings
        self.ahead_n, self._ahead_t = 0, math.inf  # of those in a row that were too far ahead
        self._behind_n, self._behind_t = 0, -math.inf  # of those too far behind a time that is not sure
        self.sure = False  # whether a second event bore engine time out

    def place(self, t: float) -> float:
        """The time taken for an event of time t."""
        life, settings = self._life, self._settings
        if life.t == -math.inf:
            life.begin(t)
            return t
        if t <= life.t:
            self.ahead_n = 0
            if not self.sure:
                self._doubt(t)
            return t
        self._ahead_t = min(self._ahead_t, t) if self.ahead_n else t
        self.ahead_n += 1
        if self.ahead_n < settings.skew_n:
            life.counts.future_event += 1
            return life.t
        life.counts.clock_jump += 1
        self.ahead_n = 0
        self.sure = True
        life.advance(self._ahead_t)
        if t - life.t > settings.skew_s:
            life.counts.future_event += 1
            return life.t
        life.advance(t)
        return t

    def _doubt(self, t: float) -> None:
        """Engine time is that of one event, and this one is before it: others say which of them is wrong."""
        life, settings = self._life, self._settings
        self.sure = life.t - t <= settings.skew_s
        if self.sure:
            return
        self._behind_t = max(self._behind_t, t)
        self._behind_n += 1
        if self._behind_n >= settings.skew_n:
            life.counts.clock_back += 1
            life.begin(self._behind_t)
            self._behind_n, self._behind_t = 0, -math.inf

    def state(self) -> State:
        """What it counts, for a snapshot."""
        return self.ahead_n, self._ahead_t, self._behind_n, self._behind_t, self.sure

    def load(self, state: State) -> None:
        """Takes over what `state` gave."""
        self.ahead_n, self._ahead_t, self._behind_n, self._behind_t, self.sure = state
