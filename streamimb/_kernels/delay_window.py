# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""An adaptive window on the logarithms of delays whose labels are due, and the same hours of the days before."""

from __future__ import annotations

from array import array
from math import inf, isfinite
from typing import Any

import cython

from streamimb._kernels.saved import entries, number, numbers, refused, whole

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import ceil, exp2, fabs, floor, fmod, log2, sqrt

    from streamimb._kernels.adaptive_window import AdaptiveWindow
else:
    from cython.cimports.libc.math import ceil, exp2, fabs, floor, fmod, log2, sqrt
    from cython.cimports.streamimb._kernels.adaptive_window import AdaptiveWindow

DOUBLINGS = cython.declare(cython.double, 32.0)  # 2^32 s are 136 years
DOUBLINGS_N = cython.declare(cython.int, 32)
LARGEST = cython.declare(cython.double, 1e300)
SLOT_S = cython.declare(cython.double, 1200.0)  # seconds of a slot, where the horizon is at most
LONGEST = cython.declare(cython.int, 19)  # doublings, 6 days; twice as long for each doubling beyond
PERIOD = cython.declare(cython.int, 72)  # slots of a day, or of 2, 4, 8 ... days
DAYS = cython.declare(cython.int, 7)  # before the newest, so that a weekend is compared with the one before
SLOTS = cython.declare(cython.int, 1024)  # 8 days that are compared, and those that wait: a horizon is 437
SHORT = cython.declare(cython.double, 18.0)  # slots from the first cut to the last one of one change: 6 hours
LEAST_N = cython.declare(cython.double, 20.0)  # labels of a part that is compared
FEW = cython.declare(cython.double, 5.0)  # labels of a day before; fewer are no day
LEAST_RATIO = cython.declare(cython.double, 0.5849625007211562)  # doublings: a factor of 1.5
OF_DAYS = cython.declare(cython.double, 0.2630344058337938)  # 1.2, of a whole day beside seven
Z = cython.declare(cython.double, 5.0)  # standard errors
LOOK_EVERY = cython.declare(cython.int, 32)  # labels between two looks at the horizon, at least; and a slot
KEPT = cython.declare(
    cython.double, 0.5 ** (1.0 / 125.0)
)  # of the counts, per look: the last 4,000 labels, or 125 slots
COVERED = cython.declare(cython.double, 31.0 / 32.0)  # of the labels, by a new horizon
LEAST_COVERED = cython.declare(cython.double, 15.0 / 16.0)
STILL_COVERED = cython.declare(
    cython.double, 3.0 / 4.0
)  # by a settled one: it stays, so that its window can judge
ENOUGH = cython.declare(cython.double, 1_000.0)  # judged labels of a settled horizon
SETTLED = cython.declare(cython.double, 4.0)  # horizons that it has lasted, and a day
JUDGED = cython.declare(
    cython.double, 256.0
)  # labels within a new horizon that are compared with those before
MARGIN = cython.declare(cython.double, 0.25)  # doublings
NONE = cython.declare(cython.double, -1.0)  # there is no reference
ALARMED = cython.declare(
    cython.double, -2.0
)  # nor will the mean within this horizon be one: it lies after an alarm
MOST = 1e15  # labels
WAITING = 438.0  # slots of a horizon, and the one of the clock
HALF = "a DelayWindow is one half of a LabelDelayDrift"


@cython.cclass
class DelayWindow:
    """Labels that have come early are short ones, whatever the delays are. So a label is judged when its event is as
    old as the horizon: then all labels of events of that age are in but those that take longer, which are never judged.
    What is judged has one distribution at a start, in a pause and at an end, as long as the delays do not change.
    Labels are sums over slots of events, of 20 minutes each; slots that are due go to the window.

    Delays may depend on the hour, where labels come in batches or in office hours, and then cut the window every day.
    So for a day after a cut the newest 1, 2, 4 ... 64 slots are compared with the same hours of the seven days before
    (of those that were seen). Delays have changed if their mean is beyond those of all days by a factor of 1.5, by more
    than these differ among themselves, and by five standard errors from their common mean. After a change nothing is
    compared for two days: then the day before is one after the change too. Where cuts go on for more than six hours,
    delays do depend on the hour: for eight days whole days only are compared, because batches do not come to the
    minute, and with seven others only, because weekends differ; a factor of 1.2 is enough then.

    The horizon is a power of two seconds that covers 31 of 32 labels. Where one covers less than 15 of 16, or less than
    3 of 4 once it is settled, a longer one takes its place, and the window begins anew. If those that take longer are
    of young events, and not of those judged first, labels come later where the mean within the new horizon is higher
    than one label in 16 at that horizon explains.

    A subclass has `_judge(before, after)`, called with mean doublings of delays, and `_forget_alarms()`.
    """

    window: AdaptiveWindow
    drift_detected = cython.declare(cython.bint, visibility="public")
    slots: cython.double[::1]  # of each slot: labels, and the sums of doublings / 32 and of their squares
    counts: cython.double[::1]  # of labels by doublings of their delay, rounded up; decayed
    beyond: cython.double  # labels beyond the horizon, of events in the first half of those judged; decayed
    tick: cython.longlong  # labels since the last look at the horizon
    horizon: cython.int  # in doublings; -1: there is none yet
    clock: cython.double  # the latest event of which there is a label
    since: cython.double  # events from then on were seen with all labels within the horizon
    first: cython.double  # number of the oldest slot that waits, from `since` on
    last: cython.double  # number of the slot of the clock
    suspect: cython.double  # slots before this one are compared, because of a cut
    began: cython.double  # the slot after the first of these cuts
    restless: cython.double  # the days up to this slot are compared as a whole only
    held: cython.double  # slots before this one are not, because of an alarm
    part_n: cython.double  # the sums over the last part that was added up
    part_s: cython.double
    part_ss: cython.double
    reference: cython.double  # mean within an earlier horizon, or one of the two below

    def __cinit__(self) -> None:
        self._begin_window(AdaptiveWindow())

    def _begin_window(self, window: AdaptiveWindow) -> None:
        """Begin with this window."""
        self.window, self.drift_detected = window, False
        self.slots = array("d", bytes(24 * SLOTS))
        self.counts = array("d", bytes(8 * (DOUBLINGS_N + 1)))
        self.beyond, self.tick, self.horizon = 0.0, 0, -1
        self.clock = self.since = -inf
        self.first = self.last = self.suspect = self.began = self.restless = self.held = 0.0
        self.part_n = self.part_s = self.part_ss = 0.0
        self.reference = NONE

    def _window_now(self) -> AdaptiveWindow:
        return self.window

    @property
    def horizon_s(self) -> float:
        """Age in seconds at which the labels of an event are judged; nan before the first 32 labels."""
        return exp2(self.horizon) - 1.0 if self.horizon >= 0 else float("nan")

    def update(self, x: cython.double, t: cython.double) -> None:
        """Take the delay of a label in seconds, and the time of its event.

        Raises ValueError where the delay is negative or not finite, or the time is not finite.
        """
        i: cython.int
        slot: cython.double
        moved: cython.bint = False
        if not 0.0 <= x <= LARGEST:
            raise ValueError(
                "x: expected the seconds from an event to its label, a finite number of at least 0"
            )
        if not -LARGEST <= t <= LARGEST:
            raise ValueError("t: expected the time of the event in seconds, a finite number")
        if self.drift_detected:
            self.drift_detected = False
            self._forget_alarms()
        doublings: cython.double = min(DOUBLINGS, log2(1.0 + x))
        if t > self.clock:
            self.clock = t
            if self.horizon >= 0:
                slot = self.slot_of(t)
                moved = slot > self.last
                if moved:
                    self.judge_due()
                    self.move_to(slot)
        self.counts[cython.cast(cython.int, ceil(doublings))] += 1.0
        if doublings > self.horizon and 2.0 * (t - self.since) < self.clock - exp2(self.horizon) - self.since:
            self.beyond += 1.0
        self.tick += 1
        if self.tick >= LOOK_EVERY and (moved or self.horizon < 0):
            self.tick = 0
            self.look()
        if doublings <= self.horizon and t >= self.since:
            i = self.place(max(self.first, self.slot_of(t)))
            doublings = doublings / DOUBLINGS
            self.slots[i] += 1.0
            self.slots[i + 1] += doublings
            self.slots[i + 2] += doublings * doublings

    @cython.cfunc
    @cython.exceptval(check=False)
    def slot_s(self) -> cython.double:
        return SLOT_S * exp2(max(0, self.horizon - LONGEST))

    @cython.cfunc
    @cython.exceptval(check=False)
    def slot_of(self, t: cython.double) -> cython.double:
        return floor((t - self.since) / self.slot_s())

    @cython.cfunc
    @cython.exceptval(check=False)
    def place(self, slot: cython.double) -> cython.int:
        return 3 * cython.cast(cython.int, fmod(slot, SLOTS))

    @cython.cfunc
    @cython.exceptval(check=False)
    def move_to(self, slot: cython.double) -> cython.void:
        """Makes this the slot of the clock, and empties those in between."""
        i: cython.int
        at: cython.int
        for i in range(cython.cast(cython.int, min(float(SLOTS), slot - self.last))):
            at = self.place(slot - i)
            self.slots[at] = self.slots[at + 1] = self.slots[at + 2] = 0.0
        self.last = slot

    @cython.cfunc
    def judge_due(self) -> Any:
        """Hands the slots that are as old as the horizon to the window, and compares them with the days before."""
        i: cython.int
        at: cython.int
        slot: cython.double
        n: cython.double
        before: cython.double
        after: cython.double
        due: cython.double = floor((self.clock - self.since - exp2(self.horizon)) / self.slot_s())
        begin: cython.double = self.first
        # Counted, because beyond 2^53 a number plus 1 may be the same number.
        for i in range(
            cython.cast(cython.int, max(0.0, min(float(SLOTS), min(due, self.last + 1.0) - begin)))
        ):
            slot = begin + i
            at = self.place(slot)
            n = self.slots[at]
            self.first = slot + 1.0
            if n > 0.0:
                self.window.put(n, n, self.slots[at + 1], self.slots[at + 2])
                self.window.tick += cython.cast(cython.longlong, n)
                if self.window.tick >= self.window.every:
                    self.window.tick = 0
                    if self.window.cut():
                        self.note_cut()
                if self.held < self.first <= self.suspect:
                    self.compare(slot)
        self.first = max(self.first, due)
        if self.reference >= 0.0 and self.window.width >= JUDGED:
            before, after = self.reference, DOUBLINGS * self.window.get()
            self.reference = NONE
            if after > LEAST_COVERED * before + (1.0 - LEAST_COVERED) * self.horizon + MARGIN:
                self.reference = ALARMED
                self._judge(before, after)
        return None

    @cython.cfunc
    @cython.exceptval(check=False)
    def note_cut(self) -> cython.void:
        if self.first > self.suspect:
            self.began = self.first
        elif self.first > self.began + SHORT:
            self.restless = self.first + (DAYS + 1.0) * PERIOD
        self.suspect = self.first + PERIOD

    @cython.cfunc
    @cython.exceptval(check=False)
    def add_up(self, newest: cython.double, slots: cython.int) -> cython.void:
        """Computes the sums over a part: so many slots up to the newest one."""
        i: cython.int
        at: cython.int
        self.part_n = self.part_s = self.part_ss = 0.0
        for i in range(slots):
            at = self.place(newest - i)
            self.part_n += self.slots[at]
            self.part_s += self.slots[at + 1]
            self.part_ss += self.slots[at + 2]

    @cython.cfunc
    def compare(self, newest: cython.double) -> Any:
        """Compares the parts that end with this slot with the same hours of the days before."""
        slots: cython.int = PERIOD if newest < self.restless else 1
        while slots <= min(float(PERIOD), newest + 1.0):
            if self.differs(newest, slots):
                self.suspect, self.held = 0.0, newest + 1.0 + 2.0 * PERIOD
                self.reference = ALARMED
                return None
            slots *= 2
        return None

    @cython.cfunc
    def differs(self, newest: cython.double, slots: cython.int) -> cython.bint:
        day: cython.int
        end: cython.double
        other: cython.double
        lowest: cython.double = 1.0
        highest: cython.double = 0.0
        n: cython.double = 0.0
        s: cython.double = 0.0
        ss: cython.double = 0.0
        self.add_up(newest, slots)
        new: cython.double = self.part_n
        if new < LEAST_N:
            return False
        mean: cython.double = self.part_s / new
        spread: cython.double = max(0.0, self.part_ss / new - mean * mean)
        for day in range(1, DAYS + 1):
            end = newest - day * PERIOD
            if end - slots + 1.0 < 0.0:
                if slots == PERIOD:
                    return False
                break
            self.add_up(end, slots)
            if self.part_n >= FEW:
                other = self.part_s / self.part_n
                lowest, highest = min(lowest, other), max(highest, other)
                n, s, ss = n + self.part_n, s + self.part_s, ss + self.part_ss
        if n <= 0.0:
            return False
        other = max((OF_DAYS if slots == PERIOD else LEAST_RATIO) / DOUBLINGS, highest - lowest)
        if lowest - other <= mean <= highest + other:
            return False
        before: cython.double = s / n
        if fabs(mean - before) <= Z * sqrt(spread / new + max(0.0, ss / n - before * before) / n):
            return False
        self._judge(DOUBLINGS * before, DOUBLINGS * mean)
        return True

    @cython.cfunc
    def look(self) -> Any:
        """Begins anew with a longer horizon where this one covers too few labels."""
        i: cython.int
        total: cython.double = 0.0
        covered: cython.double = 0.0
        for i in range(DOUBLINGS_N + 1):
            total += self.counts[i]
            if i <= self.horizon:
                covered += self.counts[i]
        settled: cython.bint = (
            self.horizon >= 0
            and self.reference != ALARMED
            and self.window.width >= ENOUGH
            and self.clock - self.since >= max(SETTLED * exp2(self.horizon), PERIOD * self.slot_s())
        )
        if covered < (STILL_COVERED if settled else LEAST_COVERED) * total:
            if settled and self.beyond < 0.25 * (total - covered):
                self.reference = DOUBLINGS * self.window.get()
            elif self.reference == ALARMED:
                self.reference = NONE
            i = self.horizon
            while covered < COVERED * total and i < DOUBLINGS_N:
                i += 1
                covered += self.counts[i]
            self.horizon, self.since, self.beyond = i, self.clock, 0.0
            self.restless = max(0.0, self.restless - self.first)
            self.first = self.last = self.suspect = self.began = self.held = 0.0
            for i in range(3 * SLOTS):
                self.slots[i] = 0.0
            self.window.restart()
        self.beyond *= KEPT
        for i in range(DOUBLINGS_N + 1):
            self.counts[i] *= KEPT
        return None

    def _judge(self, before: float, after: float) -> None:
        """Name the change between these mean doublings; a subclass implements it."""
        raise NotImplementedError(HALF)

    def _forget_alarms(self) -> None:
        """Forget the alarms of the update before; a subclass implements it."""
        raise NotImplementedError(HALF)

    # Plain numbers and bytes, so that the compiled and the interpreted twin can load the same state.
    def _slots_now(self) -> dict[str, Any]:
        """Return all but the window, for a state."""
        return {
            "slots": bytes(array("d", self.slots)),
            "counts": bytes(array("d", self.counts)),
            "beyond": self.beyond,
            "tick": int(self.tick),
            "horizon": int(self.horizon),
            "clock": None if self.clock == -inf else self.clock,
            "since": None if self.since == -inf else self.since,
            "first": self.first,
            "last": self.last,
            "suspect": self.suspect,
            "began": self.began,
            "restless": self.restless,
            "held": self.held,
            "reference": self.reference,
        }

    def _resume_slots(self, state: Any) -> None:
        """Go on with what `_slots_now` returned; raises ValueError where it is none, and changes nothing then."""
        saved = entries(
            state, "slots", "counts", "beyond", "tick", "horizon", "clock", "since", "first", "last",
            "suspect", "began", "restless", "held", "reference",
        )  # fmt: skip
        flat = numbers(saved, "slots", 3 * SLOTS, 0.0)
        above = 1.0 + 1e-6  # of rounding
        for i in range(0, 3 * SLOTS, 3):
            n, s, ss = flat[i], flat[i + 1], flat[i + 2]
            if n > MOST or n != floor(n) or s > n * above or ss > s * above:
                raise refused("slots", "sums over the labels of each slot")
        counts = numbers(saved, "counts", DOUBLINGS_N + 1, 0.0)
        if not all(one <= MOST for one in counts):
            raise refused("counts", "decayed numbers of labels")
        horizon = whole(saved, "horizon", -1, DOUBLINGS_N)
        clock, since = (
            -inf if saved[name] is None else number(saved, name, -LARGEST, LARGEST)
            for name in ("clock", "since")
        )
        if clock < since or (horizon >= 0) is not isfinite(since):
            raise refused("since", "a time before the clock, where there is a horizon")
        first, last = number(saved, "first", 0.0, LARGEST), number(saved, "last", 0.0, LARGEST)
        if first != floor(first) or last != floor(last) or not last - WAITING <= first <= last:
            raise refused("first", "the number of a slot within a horizon of the last one")
        suspect = number(saved, "suspect", 0.0, first + PERIOD)
        began = number(saved, "began", 0.0, first)
        restless = number(saved, "restless", 0.0, first + (DAYS + 1.0) * PERIOD)
        held = number(saved, "held", 0.0, first + 2.0 * PERIOD)
        beyond, tick = number(saved, "beyond", 0.0, MOST), whole(saved, "tick")
        reference = number(saved, "reference", ALARMED, 32.0)
        # All of it was checked: nothing is refused from here on.
        self.slots, self.counts, self.horizon = array("d", flat), array("d", counts), horizon
        self.clock, self.since, self.beyond, self.tick = clock, since, beyond, tick
        self.first, self.last, self.reference = first, last, reference
        self.suspect, self.began, self.restless, self.held = suspect, began, restless, held
