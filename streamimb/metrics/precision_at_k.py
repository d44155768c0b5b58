"""Precision among the k highest scores of a period, expected and observed."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from typing import Any

from streamimb._kernels.observation import field_of, observation
from streamimb._kernels.saved import entries, listed, number, refused, row, whole
from streamimb.metrics.equal_mass import wilson
from streamimb.metrics.event_field import Field
from streamimb.metrics.event_proba import features_of
from streamimb.metrics.ratio_interval import UNKNOWN, Interval
from streamimb.metrics.river_metric import RiverMetric
from streamimb.parameters import field, finite, refuse_other
from streamimb.parameters import number as parameter
from streamimb.parameters import whole as whole_parameter
from streamimb.protocols import Features, Proba, Reading
from streamimb.stats.confirmed_time import FAR, ConfirmedTime

MEMORY = 10  # half-lives after which a period is dropped
MOST_SCORES = 4  # kept, in multiples of k; as many are needed only where weights are below 1

Group = list[float]  # events of one score: their weight, weight of positives, squares of weights


class Period:
    """The highest scores of a period, with their events."""

    __slots__ = ("heap", "n", "scores")

    def __init__(self, scores: dict[float, Group] | None = None) -> None:
        self.scores: dict[float, Group] = {} if scores is None else scores
        self.heap = sorted(self.scores)  # the lowest is first
        self.n = sum(group[0] for group in self.scores.values())  # events, each as many as it weighs

    def take(self, p: float, group: Group, k: int) -> None:
        """Add events of one score, and drop the lowest scores: above them are k events."""
        scores, heap = self.scores, self.heap
        held = scores.get(p)
        if held is None:
            scores[p] = list(group)
            heapq.heappush(heap, p)
        else:
            scores[p] = [a + b for a, b in zip(held, group, strict=True)]
        self.n += group[0]
        while len(heap) > 1 and (self.n - scores[heap[0]][0] >= k or len(heap) > MOST_SCORES * k):
            self.n -= scores.pop(heapq.heappop(heap))[0]


class PrecisionAtK(RiverMetric):
    r"""Share of positives among the k events with the highest P(True) of each period, observed and expected.

    The precision of a team that handles k alerts a day. A period is by the time of the event, so that labels may come
    in any order. `get` and `interval()` are of all closed periods (those before the last one begun), a period counting
    half after `half_life` periods; `expected()` is the mean P(True) of the same events: about the same if the model
    is calibrated where it matters. An event of weight w stands for w events, so it fills w of the k. Of events with the
    k-th score, such a part counts as fills k. The interval is Wilson's. `merge(other)` is this stream followed by the
    other's.

    One event begins at most the next period; events further ahead wait in periods of their own until 20 in a row are
    that far ahead. So a single wrong time neither closes periods nor drops them. Where 20 in a row are too old to be
    kept, time goes back to them.

    **Cost**: O(log k) per event; at most k scores for each of 20 half-lives of periods, 4 k where weights are below 1.

    Parameters
    ----------
    time
        Name of a field of x, or a function of x: the time of the event, in seconds.
    k
        Events that are looked at in each period; from 1 to 10,000.
    period_s
        Length of a period, in seconds; > 0.
    half_life
        Periods after which one counts half; > 0 and at most 100.

    Raises
    ------
    ValueError
        A parameter is out of its range; P(True) not in [0, 1]; a weight is negative or not finite; x is missing or
        its time is no number.

    Examples
    --------
    >>> from streamimb import metrics
    >>> metric = metrics.PrecisionAtK("t", k=2)
    >>> next_day = [(90_000.0 + i, 0.5, False) for i in range(20)]  # one event alone may have a wrong time
    >>> for t, p, y in [(0.0, 0.9, True), (1.0, 0.5, False), (2.0, 0.1, True), *next_day]:
    ...     metric.update(y, p, x={"t": t})
    >>> metric.get(), metric.expected()
    (0.5, 0.7)
    """

    bigger_is_better = True
    _sources = ("time",)

    def __init__(self, time: Field, k: int = 100, period_s: float = 86_400.0, half_life: float = 7.0) -> None:
        self.time = field("time", time)
        self.k = whole_parameter(
            "k", k, lambda n: 1 <= n <= 10_000, "a whole number of events from 1 to 10,000"
        )
        self.period_s = parameter("period_s", period_s, lambda s: s > 0.0, "a number of seconds > 0")
        expected = "a number of periods > 0 and <= 100"
        self.half_life = parameter("half_life", half_life, lambda n: 0.0 < n <= 100.0, expected)
        self._periods: dict[int, Period] = {}
        self._kept = math.ceil(MEMORY * self.half_life) + 1
        self._clock = ConfirmedTime(self.period_s, self._kept * self.period_s)
        self._newest = 0  # the last period begun

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"time": "t", "k": 2, "period_s": 6_000.0}

    @property
    def memory_budget_bytes(self) -> int:
        """The bytes that all its periods can take."""
        return 400 * MOST_SCORES * self.k * (self._kept + 1)

    def update(self, y_true: bool, y_pred: float | Proba, w: float = 1.0, x: Features | None = None) -> None:
        """Take one event: its class, P(True) or the probabilities of both classes, its weight and features."""
        y, p, w = observation(y_true, y_pred, w)
        t = field_of(self.time, features_of(y_pred, x))
        if not ((type(t) is float or finite(t)) and -FAR <= t <= FAR):
            raise ValueError("x: a time is a number of seconds within 1e15 of 0")
        if w > 0.0:
            t = float(t)
            before = self._clock.now
            if self._clock.add(t) != before:
                self._follow()
            period = math.floor(t / self.period_s)
            held = self._periods.get(period)
            # Most events are below the k highest of their period.
            if held is None or held.n < self.k or p >= held.heap[0]:
                self._take(period, p, [w, w if y else 0.0, w * w])

    def _follow(self) -> None:
        """Let the last period begun follow the clock."""
        if self._clock.now > -math.inf:
            newest = math.floor(self._clock.now / self.period_s)
            if newest != self._newest:
                self._newest = newest
                self._drop()

    def _drop(self) -> None:
        """Drop what is too old, and of the periods that have not begun all but the next ones."""
        oldest, kept = self._newest - self._kept, self._kept
        ahead = sorted(period for period in self._periods if period > self._newest)
        for period in [one for one in self._periods if one <= oldest] + ahead[kept:]:
            del self._periods[period]

    def _take(self, period: int, p: float, group: Group) -> None:
        held = self._periods.get(period)
        if held is None:
            if period <= self._newest - self._kept:
                return
            self._periods[period] = held = Period()
            self._drop()
            if period not in self._periods:
                return
        held.take(p, group, self.k)

    def _sums(self) -> tuple[float, float, float, float]:
        """Sums over the closed periods: weights, those of positives, their expected value, squares of weights."""
        newest = self._newest
        sums = [0.0] * 4
        for period in sorted(self._periods):
            if period >= newest:
                break
            fade, left = 0.5 ** ((newest - 1 - period) / self.half_life), float(self.k)
            scores = self._periods[period].scores
            for p in sorted(scores, reverse=True):
                w, hits, squares = scores[p]
                part = fade * min(1.0, left / w)
                left = max(0.0, left - w)
                for i, more in enumerate((part * w, part * hits, part * w * p, part * fade * squares)):
                    sums[i] += more
        return sums[0], sums[1], sums[2], sums[3]

    def get(self) -> float:
        """Return the precision; nan before a period is closed."""
        return self.interval().value

    def interval(self) -> Interval:
        """Return the precision with its 95 % interval."""
        w, hits, _, squares = self._sums()
        return wilson(min(1.0, hits / w), w * w / squares) if w > 0.0 else UNKNOWN

    def expected(self) -> float:
        """Return the mean P(True) of the same events; nan before a period is closed."""
        w, _, predicted, _ = self._sums()
        return predicted / w if w > 0.0 else math.nan

    def merge(self, other: PrecisionAtK) -> None:
        """Take in another stream, as if it had come after this one."""
        refuse_other(self, other, *self._names())
        self._clock.append(other._clock)
        self._follow()
        for period in sorted(other._periods):
            for p, group in list(other._periods[period].scores.items()):
                self._take(period, p, group)

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        yield self.interval().reading(
            "precision_at_k", f"Share of positives in the top {self.k} of each period.", unit="share"
        )
        yield Reading(
            "precision_at_k_expected",
            f"Mean P(True) of the top {self.k} of each period.",
            self.expected(),
            unit="share",
        )

    def __getstate__(self) -> dict[str, Any]:
        held = [
            [period, [[p, *group] for p, group in sorted(self._periods[period].scores.items())]]
            for period in sorted(self._periods)
        ]
        own = {name: getattr(self, name) for name in self._names()}
        return {**own, "clock": self._clock.__getstate__(), "periods": held}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, *self._names(), "clock", "periods")
        fresh = PrecisionAtK(*(saved[name] for name in self._names()))
        fresh._clock.__setstate__(saved["clock"])
        fresh._follow()
        for one in listed(saved, "periods", most=2 * fresh._kept - 1):
            period, groups = listed({"period": one}, "period", 2)
            place = whole({"period": period}, "period", -(2**62), 2**62)
            if place in fresh._periods or place <= fresh._newest - fresh._kept:
                raise refused("periods", "periods that differ and are not too old")
            scores: dict[float, Group] = {}
            for values in listed({"groups": groups}, "groups", most=MOST_SCORES * fresh.k):
                p, w, hits, squares = row({"group": values}, "group", 4, 0.0)
                number({"score": p}, "score", 0.0, 1.0)
                if w <= 0.0 or hits > w or p in scores:
                    raise refused("periods", "groups of events of different scores")
                scores[p] = [w, hits, squares]
            if not scores:
                raise refused("periods", "periods with events")
            fresh._periods[place] = Period(scores)
        vars(self).update(vars(fresh))
