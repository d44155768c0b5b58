"""The time of a stream in which some events are dated wrong."""

from __future__ import annotations

import itertools
import math
from typing import Any

from streamimb._kernels.saved import entries, listed, refused
from streamimb._kernels.saved import number as saved_number
from streamimb._kernels.saved import row as saved_row

AGREE = 20  # events in a row that move time further than one event may
FAR = 1e15  # seconds


class ConfirmedTime:
    """The latest time of the events so far, which no few wrong ones can move far.

    An event at most `ahead_s`, or 20 times the recent mean step of time, after the present time moves time forward to
    its own; one at most `behind_s` before it is late and moves nothing. Any other event waits: it is wrong, or
    follows a gap, or time is wrong. When 20 events in a row lie on the same side, time goes to the nearest of them,
    and on from there as if they came in order. An event in between shows that those which waited were wrong. Wrong
    events that are less than 20 in a row thus move time by at most that much each. Where every gap is longer than
    `ahead_s`, the first 20 events in a row tell so, if they are in order: then their median step counts.

    **Cost**: O(1), 20 numbers.

    Parameters
    ----------
    ahead_s
        Seconds by which one event moves time forward at most, where 20 mean steps are not more.
    behind_s
        Seconds by which an event may be late.

    Examples
    --------
    >>> clock = ConfirmedTime(ahead_s=60.0, behind_s=60.0)
    >>> [clock.add(t) for t in (0.0, 50.0, 1e9, 52.0)]
    [0.0, 50.0, 50.0, 52.0]
    >>> [clock.add(t) for t in (3_600.0,) * 20][-2:]
    [52.0, 3600.0]
    """

    __slots__ = ("_ahead_s", "_behind_s", "now", "step", "waiting")

    def __init__(self, ahead_s: float, behind_s: float) -> None:
        self._ahead_s, self._behind_s = ahead_s, behind_s
        self.now = -math.inf
        self.step = 0.0  # mean seconds by which recent events moved time
        self.waiting: list[float] = []  # times in a row on one side of now, too far to move it alone

    def at(self, t: float) -> float:
        """Return the time after an event of time t; pure."""
        if self._in_reach(t):
            return max(self.now, t)
        return self._moved(t)[0]

    def add(self, t: float) -> float:
        """Take the time of an event and return the time after it."""
        now = self.now
        if (
            not self.waiting and now - self._behind_s <= t <= now + self._ahead_s
        ):  # most events: without lists
            if t > now:
                self.step += (t - now - self.step) / AGREE
                self.now = t
            else:
                self.step -= self.step / AGREE
        else:
            self.now, self.waiting, self.step = self._moved(t)
        return self.now

    def _in_reach(self, t: float) -> bool:
        """Whether an event is neither too late nor too far ahead to move time, whatever the mean step."""
        return self.now - self._behind_s <= t <= self.now + self._ahead_s

    def append(self, other: ConfirmedTime) -> None:
        """Take in another stream, as if it had come after this one."""
        if other.now > -math.inf:
            late = self.now - self._behind_s <= other.now <= self.now
            self.now, self.waiting = self.now if late else other.now, list(other.waiting)
            self.step = other.step

    def _ahead(self, step: float) -> float:
        return max(self._ahead_s, AGREE * step)

    def _moved(self, t: float) -> tuple[float, list[float], float]:
        """Return the time, the times that wait, and the mean step after an event of time t."""
        now, step = self.now, self.step
        if now == -math.inf:
            return t, [], step
        if now - self._behind_s <= t <= now + self._ahead(step):
            moved = max(now, t)
            return moved, [], step + (moved - now - step) / AGREE
        waiting = [one for one in self.waiting if (one > now) is (t > now)]
        waiting.append(t)
        if len(waiting) < AGREE:
            return now, waiting, step
        if t > now:
            gaps = sorted(b - a for a, b in itertools.pairwise(waiting))
            # The median: of those that wait, a wrong one may be the last, and would make the mean what it likes.
            usual = max(0.0, gaps[len(gaps) // 2])
            now, step = min(waiting), usual if gaps[0] >= -self._behind_s else 0.0
            for one in sorted(waiting):
                if one > now + self._ahead(step):
                    break
                now = one
            return now, [one for one in waiting if one > now + self._ahead(step)], step
        now = max(waiting)
        return now, [one for one in waiting if one < now - self._behind_s], step

    def __getstate__(self) -> dict[str, Any]:
        return {
            "now": None if self.now == -math.inf else self.now,
            "step": self.step,
            "waiting": list(self.waiting),
        }

    def __setstate__(self, state: Any) -> None:
        """Take over the state of a clock with these parameters; raise ValueError where it can have no such state."""
        saved = entries(state, "now", "step", "waiting")
        now = -math.inf if saved["now"] is None else saved_number(saved, "now", -FAR, FAR)
        step = saved_number(saved, "step", 0.0, 2.0 * FAR)
        listed(saved, "waiting", most=AGREE - 1)
        waiting = saved_row(saved, "waiting", low=-FAR, high=FAR)
        ahead = [t > now + self._ahead(step) for t in waiting]
        behind = [t < now - self._behind_s for t in waiting]
        if (now == -math.inf and waiting) or not (all(ahead) or all(behind)):
            raise refused("waiting", "times on one side of now")
        self.now, self.step, self.waiting = now, step, waiting
