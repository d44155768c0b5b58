"""GAUC: ROC AUC within each user, averaged over users."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from streamimb._kernels.answer import label_of
from streamimb._kernels.observation import field_of, observation
from streamimb._kernels.saved import entries, labels, listed, numbers, refused, whole
from streamimb.metrics.event_field import Field
from streamimb.metrics.event_proba import features_of
from streamimb.metrics.ratio_interval import UNKNOWN, Interval
from streamimb.metrics.river_metric import RiverMetric, metric_half_life
from streamimb.parameters import field, refuse_other
from streamimb.parameters import whole as whole_parameter
from streamimb.protocols import Features, Proba, Reading
from streamimb.stats.poisson_interval import Z95

# Step, class, P(True) and weight of each event of a user, one after another: no object per event, which the garbage
# collector would visit.
Seen = list[float]
NUMBERS = 4


class GAUC(RiverMetric):
    r"""$\sum_u n_u AUC_u / \sum_u n_u$: ranking within a user, which is what a list of recommendations needs.

    Users with events of one class have no AUC and do not count; $n_u$ is the decayed weight of the events of user u.
    It is of the `users` seen last, and of the last `events` of each. The 95 % interval takes the users as a sample: the
    variance is $\sum_u n_u^2 (AUC_u - GAUC)^2/(\sum_u n_u)^2 \cdot m/(m - 1)$ with m users of both classes.
    `merge(other)` is this stream followed by the other's.

    **Cost**: O(events) time per event, 40 · users · events bytes at most; `get` sorts the events of each user.

    Parameters
    ----------
    by
        Name of a field of x, or a function of x: the user, a string, an integer, True or False.
    users
        Users that are remembered; from 1 to 1,000,000.
    events
        Events that are remembered of each; from 2 to 1,000.
    half_life
        Events, of all users, after which one counts half; > 0, or inf: every event counts alike.

    Raises
    ------
    ValueError
        A parameter is out of its range; P(True) not in [0, 1]; a weight is negative or not finite; x is missing or
        its user is no string or integer.

    Examples
    --------
    >>> from streamimb import metrics
    >>> metric = metrics.GAUC("user")
    >>> for user, p, y in [("a", 0.3, True), ("a", 0.2, False), ("b", 0.8, False), ("b", 0.7, True)]:
    ...     metric.update(y, p, x={"user": user})
    >>> round(metric.get(), 2)
    0.5

    References
    ----------
    Zhou et al. (2018), Deep Interest Network for Click-Through Rate Prediction, arXiv:1706.06978.
    """

    bigger_is_better = True
    _sources = ("by",)

    def __init__(self, by: Field, users: int = 1_000, events: int = 50, half_life: float = 20_000) -> None:
        self.by = field("by", by)
        self.users = whole_parameter(
            "users", users, lambda n: 1 <= n <= 1_000_000, "a whole number of users from 1 to 1,000,000"
        )
        self.events = whole_parameter(
            "events", events, lambda n: 2 <= n <= 1_000, "a whole number of events from 2 to 1,000"
        )
        self.half_life = metric_half_life(half_life)
        self._steps = 0
        self._seen: dict[Any, Seen] = {}  # the user seen last is last

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"by": "user", "users": 20, "events": 20}

    @property
    def memory_budget_bytes(self) -> int:
        """The bytes that all users can take."""
        return 100 * self.users * self.events

    def update(self, y_true: bool, y_pred: float | Proba, w: float = 1.0, x: Features | None = None) -> None:
        """Take one event: its class, P(True) or the probabilities of both classes, its weight and features."""
        y, p, w = observation(y_true, y_pred, w)
        user = label_of(field_of(self.by, features_of(y_pred, x)))
        if w > 0.0:
            self._steps += 1
            self._seen_of(user).extend((self._steps, y, p, w))

    def _seen_of(self, user: Any) -> Seen:
        """Return the events of a user, who is now the one seen last, with room for one more."""
        users = self._seen
        seen = users.pop(user, None)
        if seen is None:
            seen = []
            if len(users) >= self.users:
                del users[next(iter(users))]
        elif len(seen) >= NUMBERS * self.events:
            del seen[:NUMBERS]
        users[user] = seen
        return seen

    def get(self) -> float:
        """Return GAUC; nan until a user has events of both classes."""
        return self.interval().value

    def interval(self) -> Interval:
        """Return GAUC with its 95 % interval; nan until a user has events of both classes, the ends until two have."""
        weights, areas = np.array(list(self._areas()), dtype=np.float64).reshape(-1, 2).T
        total, users = weights.sum(), len(weights)
        if not total > 0.0:
            return UNKNOWN
        value = float(weights @ areas / total)
        if users < 2:
            return Interval(value, math.nan, math.nan)
        spread = float(((weights / total) ** 2 @ (areas - value) ** 2) * users / (users - 1))
        half = Z95 * math.sqrt(spread)
        return Interval(value, max(0.0, value - half), min(1.0, value + half))

    def _areas(self) -> Iterator[tuple[float, float]]:
        """The weight of the events of each user of both classes, and the area within them."""
        for seen in self._seen.values():
            if len(set(seen[1::NUMBERS])) < 2:
                continue
            step, y, p, w = np.array(seen, dtype=np.float64).reshape(-1, NUMBERS).T.copy()
            w *= 0.5 ** ((self._steps - step) / self.half_life)
            _, place = np.unique(p, return_inverse=True)
            pos, neg = np.bincount(place, w * y), np.bincount(place, w * (1.0 - y))
            pairs = pos.sum() * neg.sum()
            if pairs > 0.0:
                yield float(w.sum()), float(pos @ (np.cumsum(neg) - 0.5 * neg) / pairs)

    def merge(self, other: GAUC) -> None:
        """Take in another stream, as if it had come after this one."""
        refuse_other(self, other, *self._names())
        before = self._steps
        for user, seen in list(other._seen.items()):
            for i in range(0, len(seen), NUMBERS):
                self._seen_of(user).extend((before + seen[i], *seen[i + 1 : i + NUMBERS]))
        self._steps = before + other._steps

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        found = self.interval()
        yield Reading("gauc", "ROC AUC within a user, averaged over users.", found.value)
        yield found.reading("gauc_interval", "ROC AUC within a user, averaged over users.")

    def __getstate__(self) -> dict[str, Any]:
        events = [np.array(seen, dtype=np.float64).tobytes() for seen in self._seen.values()]
        parameters = {name: getattr(self, name) for name in self._names()}
        return {**parameters, "steps": self._steps, "seen": list(self._seen), "events_seen": events}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, *self._names(), "steps", "seen", "events_seen")
        fresh = GAUC(*(saved[name] for name in self._names()))
        fresh._steps = whole(saved, "steps")
        users = labels(saved, "seen")
        if len(users) > fresh.users:
            raise refused("seen", "at most as many users as are remembered")
        for user, held in zip(users, listed(saved, "events_seen", len(users)), strict=True):
            values = numbers({"events_seen": held}, "events_seen", None, 0.0)
            rows = list(zip(values[::4], values[1::4], values[2::4], values[3::4], strict=False))
            fits = all(
                step <= fresh._steps and step == int(step) and y in (0.0, 1.0) and p <= 1.0
                for step, y, p, _ in rows
            )
            if len(values) % 4 or not 1 <= len(rows) <= fresh.events or not fits:
                raise refused("events_seen", "rows of step, class, P(True) and weight")
            fresh._seen[user] = list(values)
        vars(self).update(vars(fresh))
