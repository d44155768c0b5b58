"""A limit on actions, around another rule."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

from streamimb._kernels.saved import entries, listed, refused, whole
from streamimb._kernels.saved import row as saved_row
from streamimb.decision.alert_budget import AlertBudget
from streamimb.decision.threshold import NEVER, checked_probability, checked_time
from streamimb.parameters import Part, number, refuse
from streamimb.parameters import whole as whole_parameter
from streamimb.protocols import DecisionRule, Features, Reading
from streamimb.stats.confirmed_time import FAR, ConfirmedTime

MOST = 100_000  # actions: their times take 3 MB


class RateLimit(Part):
    r"""Act where another rule does, but at most `actions` times in any `per_s` seconds.

    The times of the last `actions` actions are kept. Where all of them lie less than `per_s` seconds back, the
    threshold is 2, and nothing is acted on. So a fault that scores every event .99 causes a bounded number of actions.
    `withheld` counts the events that the limit alone kept from being acted on.

    A late event counts at the latest time before it. One that is more than `per_s` ahead counts there too, until 20 in
    a row are: a single wrong time delays actions by at most `per_s` seconds, and after a longer pause 19 events still
    count before it, unless pauses as long have become usual. Where 20 in a row are more than `per_s` late, time goes
    back to them.

    **Cost**: that of the rule, and O(1); O(actions) after a wrong time. At most `actions` numbers.

    Parameters
    ----------
    rule
        The rule that is limited; used itself, not copied.
    actions
        Most actions in `per_s` seconds; from 1 to 100,000.
    per_s
        Seconds; > 0.

    Raises
    ------
    ValueError
        `rule` is no decision rule; a number is out of its range.

    Examples
    --------
    >>> from streamimb import decision
    >>> rule, acted = decision.RateLimit(decision.CostThreshold(miss=99.0), actions=10, per_s=60.0), 0
    >>> for i in range(6_000):  # ten events a second for ten minutes, all scored .99
    ...     acted += rule.threshold_one({}, i / 10) <= 0.99
    ...     rule.observe_one(0.99, {}, i / 10)
    >>> acted, rule.withheld
    (100, 5900)
    """

    def __init__(self, rule: DecisionRule, actions: int, per_s: float = 60.0) -> None:
        if isinstance(rule, type) or not isinstance(rule, DecisionRule):
            refuse("rule", rule, "a decision rule such as decision.AlertBudget()")
        self.rule = rule
        self.actions = whole_parameter(
            "actions", actions, lambda n: 1 <= n <= MOST, f"a whole number of actions from 1 to {MOST:,}"
        )
        self.per_s = number("per_s", per_s, lambda s: s > 0.0, "a finite number of seconds > 0")
        self._clock = ConfirmedTime(self.per_s, self.per_s)
        self._times: deque[float] = deque(maxlen=self.actions)  # of the last actions
        self._withheld = 0

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"rule": AlertBudget(), "actions": 5}

    @property
    def fields_read(self) -> tuple[str, ...]:
        """Names of the fields of x that the rule reads, where it tells them."""
        return tuple(getattr(self.rule, "fields_read", ()))

    @property
    def withheld(self) -> int:
        """Events that the rule would have acted on, and the limit did not allow."""
        return self._withheld

    def _allows(self, t: float) -> bool:
        """Whether an event of time t may be acted on."""
        return len(self._times) < self.actions or self._clock.at(t) - self._times[0] >= self.per_s

    def threshold_one(self, x: Features, t: float) -> float:
        """Return the threshold of the rule; 2 where the limit allows no action at time t."""
        return self.rule.threshold_one(x, t) if self._allows(checked_time(t)) else NEVER

    def observe_one(self, p: float, x: Features, t: float) -> None:
        """Add an event of time t that was scored p."""
        t = checked_time(t)
        wanted = checked_probability(p) >= self.rule.threshold_one(x, t)
        self.rule.observe_one(p, x, t)
        allowed = self._allows(t)
        self._move(t)
        if wanted and allowed:
            # The event's own time, also while that waits to be confirmed: so no action is forgotten too soon.
            self._times.append(max(t, self._clock.now))
        elif wanted:
            self._withheld += 1

    def _move(self, t: float) -> None:
        """Move time. Where it shows that times were wrong, their actions count as of now."""
        before, waited = self._clock.now, bool(self._clock.waiting)
        now = self._clock.add(t)
        if now < before or (waited and not self._clock.waiting):
            self._times = deque((min(one, now) for one in self._times), self.actions)

    def readings(self) -> Iterator[Reading]:
        """Return the readings of the rule, and how many actions the limit withheld."""
        yield from self.rule.readings()
        yield Reading(
            "actions_withheld", "Actions that the rate limit withheld.", float(self._withheld), "counter"
        )

    def __getstate__(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "actions": self.actions,
            "per_s": self.per_s,
            "clock": self._clock.__getstate__(),
            "times": list(self._times),
            "withheld": self._withheld,
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "rule", "actions", "per_s", "clock", "times", "withheld")
        if not isinstance(saved["rule"], DecisionRule):
            raise refused("rule", "a decision rule")
        fresh = RateLimit(saved["rule"], saved["actions"], saved["per_s"])
        fresh._clock.__setstate__(saved["clock"])
        listed(saved, "times", most=fresh.actions)
        fresh._times.extend(saved_row(saved, "times", low=-FAR, high=FAR))
        fresh._withheld = whole(saved, "withheld")
        vars(self).update(vars(fresh))
