"""A limit on actions, around another rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.saved import entries, refused, whole
from streamimb._kernels.saved import number as saved_number
from streamimb.decision.alert_budget import AlertBudget
from streamimb.decision.threshold import NEVER, checked_probability, checked_time
from streamimb.parameters import Part, count, number, refuse
from streamimb.protocols import DecisionRule, Features, Reading


class RateLimit(Part):
    r"""Act where another rule does, but not oftener than `actions` times in `per_s` seconds of event time.

    A token bucket: it holds `actions` tokens, gains actions / per_s of them a second, and an action takes one. Without
    a token the threshold is 2, and nothing is acted on. So a fault that scores every event .99 causes a bounded number
    of actions. `withheld` counts the events that the limit alone kept from being acted on.

    **Cost**: that of the rule, and O(1); two floats.

    Parameters
    ----------
    rule
        The rule that is limited; used itself, not copied.
    actions
        Most actions in `per_s` seconds; >= 1.
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
    (109, 5891)
    """

    def __init__(self, rule: DecisionRule, actions: int, per_s: float = 60.0) -> None:
        if isinstance(rule, type) or not isinstance(rule, DecisionRule):
            refuse("rule", rule, "a decision rule such as decision.AlertBudget()")
        self.rule = rule
        self.actions = count("actions", actions, "actions")
        self.per_s = number("per_s", per_s, lambda s: s > 0.0, "a finite number of seconds > 0")
        self._tokens, self._t = float(self.actions), -1e15
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

    def _left(self, t: float) -> float:
        """Tokens at time t; an event that comes late gains none."""
        gained = max(0.0, checked_time(t) - self._t) * self.actions / self.per_s
        return min(float(self.actions), self._tokens + gained)

    def threshold_one(self, x: Features, t: float) -> float:
        """Return the threshold of the rule; 2 where the limit allows no action at time t."""
        return self.rule.threshold_one(x, t) if self._left(t) >= 1.0 else NEVER

    def observe_one(self, p: float, x: Features, t: float) -> None:
        """Add an event of time t that was scored p."""
        left = self._left(t)
        wanted = checked_probability(p) >= self.rule.threshold_one(x, t)
        self.rule.observe_one(p, x, t)
        self._tokens, self._t = left, max(self._t, t)
        if wanted and left >= 1.0:
            self._tokens = left - 1.0
        elif wanted:
            self._withheld += 1

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
            "tokens": self._tokens,
            "t": self._t,
            "withheld": self._withheld,
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "rule", "actions", "per_s", "tokens", "t", "withheld")
        if not isinstance(saved["rule"], DecisionRule):
            raise refused("rule", "a decision rule")
        fresh = RateLimit(saved["rule"], saved["actions"], saved["per_s"])
        fresh._tokens = saved_number(saved, "tokens", 0.0, float(fresh.actions))
        fresh._t = saved_number(saved, "t", -1e15, 1e15)
        fresh._withheld = whole(saved, "withheld")
        vars(self).update(vars(fresh))
