# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""An adaptive window on the logarithms of delays, in cohorts of events whose labels are all due."""

from __future__ import annotations

from array import array
from math import inf, isfinite
from typing import Any

import cython

from streamimb._kernels.saved import entries, number, numbers, refused, whole

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from math import ceil, exp2, floor, fmod, log2

    from streamimb._kernels.adaptive_window import AdaptiveWindow
else:
    from cython.cimports.libc.math import ceil, exp2, floor, fmod, log2
    from cython.cimports.streamimb._kernels.adaptive_window import AdaptiveWindow

DOUBLINGS = cython.declare(cython.double, 32.0)  # 2^32 s are 136 years
DOUBLINGS_N = cython.declare(cython.int, 32)
LARGEST = cython.declare(cython.double, 1e300)
COHORTS = cython.declare(cython.double, 32.0)  # of one horizon
SLOTS = cython.declare(cython.int, 64)  # of cohorts that wait, more than there are
LOOK_EVERY = cython.declare(cython.int, 32)  # labels between two looks at the horizon, at least; and a cohort
KEPT = cython.declare(
    cython.double, 0.5 ** (1.0 / 125.0)
)  # of the counts, per look: 4,000 labels, or four horizons
COVERED = cython.declare(cython.double, 31.0 / 32.0)  # of the labels, by a new horizon
LEAST_COVERED = cython.declare(cython.double, 15.0 / 16.0)
STILL_COVERED = cython.declare(
    cython.double, 3.0 / 4.0
)  # by a settled one: it stays, so that its window can judge
ENOUGH = cython.declare(cython.double, 1_000.0)  # judged labels of a settled horizon
SETTLED = cython.declare(cython.double, 4.0)  # horizons that it has lasted
JUDGED = cython.declare(
    cython.double, 256.0
)  # labels within a new horizon that are compared with those before
MARGIN = cython.declare(cython.double, 0.25)  # doublings
NONE = cython.declare(cython.double, -1.0)  # there is no reference
ALARMED = cython.declare(
    cython.double, -2.0
)  # nor will the mean within this horizon be one: it lies after an alarm
MOST = 1e15  # labels
HALF = "a DelayWindow is one half of a LabelDelayDrift"


@cython.cclass
class DelayWindow:
    """Labels that have come early are short ones, whatever the delays are. So a label is judged when its event is as
    old as the horizon: then all labels of events of that age are in but those that take longer, which are never judged.
    What is judged has one distribution at a start, in a pause and at an end, as long as the delays do not change.
    Labels wait as sums over cohorts of events, of a 32nd of the horizon each.

    The horizon is a power of two seconds that covers 31 of 32 labels. Where one covers less than 15 of 16, or less than
    3 of 4 once it is settled, a longer one takes its place, and the window begins anew. If those that take longer are
    of young events, and not of those judged first, labels come later where the mean within the new horizon is higher
    than one label in 16 at that horizon explains.

    A subclass has `_judge(before, after)`, called with mean doublings of delays, and `_forget_alarms()`.
    """

    window: AdaptiveWindow
    drift_detected = cython.declare(cython.bint, visibility="public")
    waiting: cython.double[::1]  # of each slot: labels, and the sums of doublings / 32 and of their squares
    counts: cython.double[::1]  # of labels by doublings of their delay, rounded up; decayed
    beyond: cython.double  # labels beyond the horizon, of events in the first half of those judged; decayed
    tick: cython.longlong  # labels since the last look at the horizon
    horizon: cython.int  # in doublings; -1: there is none yet
    clock: cython.double  # the latest event of which there is a label
    since: cython.double  # events from then on were seen with all labels within the horizon
    first: cython.double  # number of the oldest cohort that waits, from `since` on
    last: cython.double  # number of the cohort of the clock
    reference: cython.double  # mean within an earlier horizon, or one of the two below

    def __cinit__(self) -> None:
        self._begin_window(AdaptiveWindow())

    def _begin_window(self, window: AdaptiveWindow) -> None:
        """Begin with this window."""
        self.window, self.drift_detected = window, False
        self.waiting = array("d", bytes(24 * SLOTS))
        self.counts = array("d", bytes(8 * (DOUBLINGS_N + 1)))
        self.beyond, self.tick, self.horizon = 0.0, 0, -1
        self.clock = self.since = -inf
        self.first, self.last, self.reference = 0.0, 0.0, NONE

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
        cohort: cython.double
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
                cohort = self.cohort_of(t)
                moved = cohort > self.last
                if moved:
                    self.last = cohort
                    self.judge_due()
        self.counts[cython.cast(cython.int, ceil(doublings))] += 1.0
        if doublings > self.horizon and 2.0 * (t - self.since) < self.clock - exp2(self.horizon) - self.since:
            self.beyond += 1.0
        self.tick += 1
        if self.tick >= LOOK_EVERY and (moved or self.horizon < 0):
            self.tick = 0
            self.look()
        if doublings <= self.horizon and t >= self.since:
            i = 3 * self.slot(max(self.first, self.cohort_of(t)))
            doublings = doublings / DOUBLINGS
            self.waiting[i] += 1.0
            self.waiting[i + 1] += doublings
            self.waiting[i + 2] += doublings * doublings

    @cython.cfunc
    @cython.exceptval(check=False)
    def cohort_of(self, t: cython.double) -> cython.double:
        return floor((t - self.since) / exp2(self.horizon) * COHORTS)

    @cython.cfunc
    @cython.exceptval(check=False)
    def slot(self, cohort: cython.double) -> cython.int:
        return cython.cast(cython.int, fmod(cohort, SLOTS))

    @cython.cfunc
    def judge_due(self) -> Any:
        """Hands the cohorts that are as old as the horizon to the window."""
        i: cython.int
        cut: cython.bint = False
        n: cython.double
        due: cython.double = self.last - COHORTS  # from here on they wait
        end: cython.double = min(due, self.first + SLOTS)
        while self.first < end:
            i = 3 * self.slot(self.first)
            n = self.waiting[i]
            if n > 0.0:
                self.window.put(n, n, self.waiting[i + 1], self.waiting[i + 2])
                self.window.tick += cython.cast(cython.longlong, n)
                if self.window.tick >= self.window.every:
                    self.window.tick = 0
                    cut = self.window.cut() or cut
                self.waiting[i] = self.waiting[i + 1] = self.waiting[i + 2] = 0.0
            self.first += 1.0
        self.first = max(self.first, due)
        if cut:
            self.reference = ALARMED
            before, after = self.window.means
            self._judge(DOUBLINGS * before, DOUBLINGS * after)
        elif self.reference >= 0.0 and self.window.width >= JUDGED:
            before, after = self.reference, DOUBLINGS * self.window.get()
            self.reference = NONE
            if after > LEAST_COVERED * before + (1.0 - LEAST_COVERED) * self.horizon + MARGIN:
                self.reference = ALARMED
                self._judge(before, after)
        return None

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
            and self.clock - self.since >= SETTLED * exp2(self.horizon)
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
            self.first = self.last = 0.0
            for i in range(3 * SLOTS):
                self.waiting[i] = 0.0
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
    def _cohorts(self) -> dict[str, Any]:
        """Return all but the window, for a state."""
        return {
            "waiting": bytes(array("d", self.waiting)),
            "counts": bytes(array("d", self.counts)),
            "beyond": self.beyond,
            "tick": int(self.tick),
            "horizon": int(self.horizon),
            "clock": None if self.clock == -inf else self.clock,
            "since": None if self.since == -inf else self.since,
            "first": self.first,
            "last": self.last,
            "reference": self.reference,
        }

    def _resume_cohorts(self, state: Any) -> None:
        """Go on with what `_cohorts` returned; raises ValueError where it is none, and changes nothing then."""
        saved = entries(
            state, "waiting", "counts", "beyond", "tick", "horizon", "clock", "since", "first", "last", "reference"
        )  # fmt: skip
        flat = numbers(saved, "waiting", 3 * SLOTS, 0.0)
        above = 1.0 + 1e-6  # of rounding
        for i in range(0, 3 * SLOTS, 3):
            n, s, ss = flat[i], flat[i + 1], flat[i + 2]
            if n > MOST or n != floor(n) or s > n * above or ss > s * above:
                raise refused("waiting", "sums over labels of each cohort")
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
        if first != floor(first) or last != floor(last) or not last - COHORTS <= first <= last:
            raise refused("first", "the number of a cohort within a horizon of the last one")
        beyond, tick = number(saved, "beyond", 0.0, MOST), whole(saved, "tick")
        reference = number(saved, "reference", ALARMED, 32.0)
        # All of it was checked: nothing is refused from here on.
        self.waiting, self.counts, self.horizon = array("d", flat), array("d", counts), horizon
        self.clock, self.since, self.beyond, self.tick = clock, since, beyond, tick
        self.first, self.last, self.reference = first, last, reference
