"""Engine time: the time on which two thirds of the recent events agree.

It depends only on the given times and their order.
"""

from typing import Any

from streamimb._kernels.event_times import EventTimes
from streamimb._kernels.saved import WHOLE, entries, listed, whole
from streamimb.engine.lifecycle import Lifecycle
from streamimb.engine.rows import Finished, Held, Pending
from streamimb.engine.settings import Settings

ROWS = 4  # most rows that one event adds: itself, its end, its label, and one in reserve
RECENT = 4  # a jump counts as right once this many times the number of kept events have followed it


class EventClock:
    """Moves engine time, and dates events.

    Two thirds of the last `3 * skew_n` times agree on engine time: it moves forward to x when two
    thirds of them are x or later, and back to x when two thirds are x or earlier. A device with a wrong
    clock that sends less than a third of the events therefore moves nothing, nor do `2 * skew_n - 1` wrong
    events in a row; a true gap is followed after `2 * skew_n` events. In a stream in order, engine time is
    `2 * skew_n` events behind the newest: windows close by a time that many events confirm.

    An event more than `skew_s` ahead is clamped: it is dated at engine time. If engine time is near the event's own
    time when the event would end, the event gets its own time back.

    Cost: about 50 ns per event, compiled; O(rows log rows) where engine time goes back more than `skew_s`.
    """

    __slots__ = ("_jump_n", "_jump_seq", "_life", "_settings", "_size", "_skew_s", "_times", "add")

    def __init__(self, life: Lifecycle, settings: Settings) -> None:
        self._life = life
        self._settings, self._skew_s = settings, settings.skew_s
        self._size = 3 * settings.skew_n
        # When engine time last jumped forward: the number of events, and the first row that a wrong time may have dated
        self._jump_n = self._jump_seq = 0
        self._bind(EventTimes(self._size))

    def _bind(self, times: EventTimes) -> None:
        self._times = times
        self.add = times.add  # called once per event, so without a Python method around it

    def move(self, now: float) -> None:
        """Set engine time to what the recent times agree on now."""
        life = self._life
        step = now - life.t
        if -self._skew_s <= step <= self._skew_s:
            life.t = now
            if now >= life.memory.next_due:
                life.end_due()
        elif life.t == -float("inf"):
            self._begin(now)
        elif step > 0.0:
            life.counts.clock_jump += 1
            self._jump_n = life.counts.events
            self._jump_seq = life.memory.seq - ROWS * self._size
            self._jump(now)
        else:
            life.counts.clock_back += 1
            recent = life.counts.events - self._jump_n <= RECENT * self._size
            self._go_back(now, self._jump_seq if recent else life.memory.seq)

    def _begin(self, t: float) -> None:
        """Start time at t. Rows from before wait as if they arrived now."""
        for row in self._life.memory.rows.values():
            self._life.memory.note(row.id)
            row.due = t + (self._life.hold_s if type(row) is Held else self._life.late_s)
        self._life.memory.order()
        self._life.advance(t)

    def _go_back(self, t: float, seq: int) -> None:
        """Set time back to t, by more than `skew_s`; rows that would last longer than a full wait from t end earlier.

        Pending events keep their times, except those after row `seq`, which arrived while engine time was wrong: where
        dated after t they are clamped to t, as they would have been with the right time.
        """
        memory, late_s, hold_s = self._life.memory, self._life.late_s, self._life.hold_s
        for row in memory.rows.values():
            if type(row) is Pending:
                if row.seq > seq and (row.t > t or row.due > self._life.labels.due(t, t)):
                    memory.note(row.id)
                    if row.t > t:
                        row.t, row.ahead = t, row.ahead + (row.t - t)
                    row.due = min(row.due, self._life.labels.due(row.t, t))
                continue
            latest = t + (late_s if type(row) is Finished else hold_s)
            if row.due > latest:
                memory.note(row.id)
                row.due = latest
        memory.order()
        self._life.advance(t)

    def _jump(self, t: float) -> None:
        """Set time forward to t, by more than `skew_s`. A label dated near t waits from t on, for its event."""
        near = t - self._skew_s
        for row in self._life.memory.held:
            if near <= row.t and self._life.memory.rows.get(row.id) is row:
                self._life.memory.note(row.id)
                row.due = t + self._life.hold_s
        self._life.advance(t)

    def date(self, t: float) -> tuple[float, float, bool]:
        """Return the time at which to date an event of time t, how far ahead of that t is, and whether it is stale."""
        life, settings = self._life, self._settings
        if t <= life.t:
            return t, 0.0, life.t - t > settings.stale_s and not settings.learn_stale
        if not self._beyond(t):
            return t, 0.0, False
        life.counts.future_event += 1
        return life.t, t - life.t, False

    def _beyond(self, t: float) -> bool:
        """Whether t is more than `skew_s` ahead of the recent times.

        Engine time is a number of events behind a stream in order: where events are rare, the distance
        from engine time to the median of the recent times says how many seconds those events take.
        """
        return t - self._life.t > self._skew_s + 4.0 * self._times.lead()

    def add_unless_ahead(self, t: float) -> None:
        """Add a time that is not that of an event; count and ignore one more than `skew_s` ahead."""
        life = self._life
        if life.t > -float("inf") and self._beyond(t):
            life.counts.future_time += 1
            return
        now = self.add(t)
        if now != life.t:
            self.move(now)

    def idle_n(self) -> float:
        """Return the number of events to expect in the time by which engine time is ahead of the newest event."""
        return self._times.events_until(self._life.t)

    def state(self) -> dict[str, Any]:
        """Return the state, for a snapshot."""
        return {"jump_n": self._jump_n, "jump_seq": self._jump_seq, **self._times.__getstate__()}

    def load(self, state: dict[str, Any]) -> None:
        """Take over a state, with the latest `3 * skew_n` of its times.

        Raises
        ------
        ValueError
            The numbers are not those of a clock.
        """
        saved = entries(state, "jump_n", "jump_seq", "size", "now", "times")
        jump_n, jump_seq = whole(saved, "jump_n"), whole(saved, "jump_seq", -WHOLE)
        times = EventTimes.__new__(EventTimes)
        kept = listed(saved, "times")[-self._size :]
        times.__setstate__({"size": self._size, "now": saved["now"], "times": kept})
        self._jump_n, self._jump_seq = jump_n, jump_seq
        self._bind(times)
