"""A threshold that acts on at most k events of each day, minute or other period."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from streamimb._kernels.log_histogram import LogHistogram
from streamimb._kernels.saved import alike, entries, listed, refused, whole
from streamimb._kernels.saved import number as saved_number
from streamimb._kernels.saved import row as saved_row
from streamimb.decision.threshold import NEVER, checked_probability, checked_time
from streamimb.parameters import Part, checked_half_life, count, number
from streamimb.protocols import Features, Reading
from streamimb.stats.confirmed_time import AGREE, FAR, ConfirmedTime

ENOUGH = 100  # scored events before their distribution is used
UNKNOWN = 0.5  # the threshold until then
LOW, RATIO, BUCKETS = 1e-9, 1.05, 850  # of odds: to 1e9 in steps of 5 %
EVERY = 16  # events between two computations of the threshold


class CapacityThreshold(Part):
    r"""Act on at most k events of each period of event time, those with the highest probabilities.

    With k' actions left and about n' events to come in the period, the threshold is the $1 - k'/n'$ quantile of the
    recent probabilities (decayed, within 5 % of the odds). n' follows from the number of events in the periods before.
    When k actions were taken, nothing is acted on until the next period: periods start at multiples of `period_s`. The
    quantile is computed anew every 16 events, or every fiftieth of the events of a period where that is sooner, and
    for the first event of each period.

    A late event counts in the present period. One that is more than a period ahead counts there too, until 20 in a row
    are: a single wrong time ends no more than the present period. Where 20 in a row are more than a period late, time
    goes back, and their period begins anew.

    **Cost**: about 2 µs, 7 kB.

    Parameters
    ----------
    capacity
        Actions of a period, k >= 1.
    period_s
        Seconds of a period: 86,400 is a day in UTC, 60 a minute; > 0.
    half_life
        Scored events after which one counts half in the distribution; > 0.

    Raises
    ------
    ValueError
        A parameter is out of its range; a probability or a time is no number.

    Examples
    --------
    >>> import random
    >>> from streamimb import decision
    >>> rule, rng, acted = decision.CapacityThreshold(capacity=50, period_s=1_000.0), random.Random(1), 0
    >>> for t in range(10_000):
    ...     p = rng.betavariate(0.5, 20.0)
    ...     acted += p >= rule.threshold_one({}, float(t))
    ...     rule.observe_one(p, {}, float(t))
    >>> 450 <= acted <= 500
    True
    """

    def __init__(self, capacity: int, period_s: float = 86_400.0, half_life: float = 20_000) -> None:
        self.capacity = count("capacity", capacity, "actions")
        self.period_s = number("period_s", period_s, lambda s: s > 0.0, "a finite number of seconds > 0")
        self.half_life = checked_half_life(half_life)
        self._odds = LogHistogram(self.half_life, LOW, RATIO, BUCKETS)
        self._clock = ConfirmedTime(self.period_s, self.period_s)
        self._period = -math.inf  # number of the present period
        self._early: list[
            float
        ] = []  # times of the actions on events that wait for their time to be confirmed
        self._used = self._seen = 0  # actions and events in it
        self._usual = 0.0  # events of a period; 0 before one has ended
        self._threshold = UNKNOWN

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"capacity": 5, "period_s": 100.0}

    def threshold_one(self, x: Features, t: float) -> float:
        """Return the threshold at event time t, in seconds; 2 where the capacity of the period is used up."""
        now = self._clock.at(checked_time(t))
        period = self._period_of(now)
        used = self._used_in(period)
        if used >= self.capacity:
            return NEVER
        # What was left at the end of a period is no measure for the first event of the next.
        if period <= self._period:
            return self._threshold
        return self._quantile(now, period, used, self._following())

    def observe_one(self, p: float, x: Features, t: float) -> None:
        """Add an event of time t that was scored p."""
        acted = checked_probability(p) >= self.threshold_one(x, t)
        now = self._clock.add(checked_time(t))
        period = self._period_of(now)
        if period != self._period:
            if period > self._period:
                self._usual = self._following()
            self._used, self._seen, self._period = self._used_in(period), 0, period
        self._odds.add(p / (1.0 - p) if p < 1.0 else 1e18)
        self._used += acted
        if acted and self._clock.waiting:
            self._early.append(t)
        if self._early:
            self._early = [one for one in self._early if one in self._clock.waiting]
        if self._seen % self._every() == 0:
            self._threshold = self._quantile(now, period, self._used, self._usual)
        self._seen += 1

    def _every(self) -> int:
        """Events after which the threshold is computed anew: few where a period has few."""
        return EVERY if self._usual == 0.0 else int(min(EVERY, max(1.0, self._usual / 50.0)))

    def _following(self) -> float:
        """The usual events of a period, once the present one is over."""
        if not self._seen:
            return self._usual
        return float(self._seen) if self._usual == 0.0 else 0.5 * (self._usual + self._seen)

    def _quantile(self, t: float, period: float, used: int, usual: float) -> float:
        """The threshold at which the capacity lasts until the end of the period, `used` of it being used up at t."""
        if self._odds.weight() < min(ENOUGH, self.half_life):
            return UNKNOWN
        elapsed = min(1.0, max(0.0, t / self.period_s - period))
        usual = usual or (self._seen / elapsed if elapsed > 0.0 else 0.0)
        to_come = max(1.0, usual * (1.0 - elapsed))
        left = self.capacity - used
        if left >= to_come:
            return 0.0
        odds = self._odds.quantile(1.0 - left / to_come)
        return odds / (1.0 + odds)

    def _period_of(self, t: float) -> float:
        """The number of the period of time t."""
        return float(math.floor(t / self.period_s))

    def _used_in(self, period: float) -> int:
        """Actions in a period: the present one, or one that begins, where events that waited may belong to it."""
        if period == self._period:
            return self._used
        return sum(self._period_of(t) == period for t in self._early)

    def readings(self) -> Iterator[Reading]:
        """Return the actions taken in the present period."""
        yield Reading("capacity_used", "Actions taken in the present period.", float(self._used))

    def __getstate__(self) -> dict[str, Any]:
        return {
            "capacity": self.capacity,
            "period_s": self.period_s,
            "half_life": self.half_life,
            "odds": self._odds.__getstate__(),
            "clock": self._clock.__getstate__(),
            "early": list(self._early),
            "used": self._used,
            "seen": self._seen,
            "usual": self._usual,
            "threshold": self._threshold,
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(
            state,
            "capacity",
            "period_s",
            "half_life",
            "odds",
            "clock",
            "early",
            "used",
            "seen",
            "usual",
            "threshold",
        )
        fresh = CapacityThreshold(saved["capacity"], saved["period_s"], saved["half_life"])
        alike(saved["odds"], fresh._odds.__getstate__(), "decay", "low", "ratio", "buckets")
        fresh._odds.__setstate__(saved["odds"])
        fresh._clock.__setstate__(saved["clock"])
        if fresh._clock.now > -math.inf:
            fresh._period = fresh._period_of(fresh._clock.now)
        listed(saved, "early", most=AGREE)
        fresh._early = saved_row(saved, "early", low=-FAR, high=FAR)
        if any(one not in fresh._clock.waiting for one in fresh._early):
            raise refused("early", "times that wait to be confirmed")
        fresh._used, fresh._seen = whole(saved, "used"), whole(saved, "seen")
        fresh._usual = saved_number(saved, "usual", 0.0, 1e15)
        fresh._threshold = saved_number(saved, "threshold", 0.0, 1.0)
        vars(self).update(vars(fresh))
