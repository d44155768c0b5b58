"""The threshold with the least expected cost, for constant costs or for those of each event."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from streamimb._kernels.event_cost import event_cost
from streamimb._kernels.limits import COST_CAP
from streamimb._kernels.saved import entries, listed
from streamimb.decision.threshold import NEVER, checked_probability
from streamimb.parameters import Part, cost, numbers, refuse
from streamimb.protocols import Features, Reading

Cost = float | str | Callable[[Features], float]


class CostThreshold(Part):
    r"""Act where the expected cost of acting is at most that of not acting.

    With $c_{fn}$ the cost of a miss, $c_{fp}$ of a false alarm, $c_{tp}$ of a hit and 0 of leaving a negative alone:
    $p \ge c_{fp} / (c_{fp} + c_{fn} - c_{tp})$. A hit may cost something, such as the work on an alert; where it
    costs as much as a miss or more, acting never pays, and the threshold is 2.

    A cost that an event lacks, or that is negative, above 1e100 or no number, is replaced by that of `unknown`; so is
    one for which a callable raises a LookupError, TypeError, ValueError or ArithmeticError, as where it misses a field.

    **Cost**: O(1), reads up to three fields. No memory.

    Parameters
    ----------
    miss
        Cost of not acting on an event of class True: a number in [0, 1e100], the name of a field of x, or a callable of
        x. All costs have one unit, such as euros.
    false_alarm
        Cost of acting on an event of class False, likewise.
    hit
        Cost of acting on an event of class True, likewise.
    unknown
        (miss, false alarm, hit): the costs of events that lack a usable one; numbers in [0, 1e100].

    Raises
    ------
    ValueError
        A cost is of another kind or out of range.

    Examples
    --------
    >>> from streamimb import decision
    >>> rule = decision.CostThreshold(miss="amount", false_alarm=5.0)
    >>> round(rule.threshold_one({"amount": 45.0}, 0.0), 3)
    0.1

    References
    ----------
    Elkan, C. (2001). The Foundations of Cost-Sensitive Learning, IJCAI.
    """

    def __init__(
        self,
        miss: Cost,
        false_alarm: Cost = 1.0,
        hit: Cost = 0.0,
        unknown: tuple[float, float, float] = (1.0, 1.0, 0.0),
    ) -> None:
        expected = "a cost in [0, 1e100], the name of a field, or a callable of x"
        self.miss = cost("miss", miss, 0.0, COST_CAP, expected)
        self.false_alarm = cost("false_alarm", false_alarm, 0.0, COST_CAP, expected)
        self.hit = cost("hit", hit, 0.0, COST_CAP, expected)
        expected = "the three costs (miss, false alarm, hit) in [0, 1e100] as a tuple"
        self.unknown = numbers("unknown", unknown, lambda amount: 0.0 <= amount <= COST_CAP, expected)
        if len(self.unknown) != 3:
            refuse("unknown", unknown, expected)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"miss": 20.0}
        yield {"miss": "amount", "false_alarm": 5.0}

    @property
    def fields_read(self) -> tuple[str, ...]:
        """Names of the fields of x that are costs."""
        return tuple(source for source in (self.miss, self.false_alarm, self.hit) if isinstance(source, str))

    def threshold_one(self, x: Features, t: float) -> float:
        """Return the probability from which acting on the event costs less than not acting."""
        miss = cost_of(self.miss, x, self.unknown[0])
        false_alarm = cost_of(self.false_alarm, x, self.unknown[1])
        hit = cost_of(self.hit, x, self.unknown[2])
        gain = miss - hit
        return false_alarm / (false_alarm + gain) if gain > 0.0 else NEVER

    def observe_one(self, p: float, x: Features, t: float) -> None:
        """Count nothing: the threshold depends on costs alone."""
        checked_probability(p)

    def readings(self) -> Iterator[Reading]:
        """Return nothing: the rule counts nothing."""
        yield from ()

    def __getstate__(self) -> dict[str, Any]:
        return {
            "miss": self.miss,
            "false_alarm": self.false_alarm,
            "hit": self.hit,
            "unknown": list(self.unknown),
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "miss", "false_alarm", "hit", "unknown")
        fresh = CostThreshold(
            saved["miss"], saved["false_alarm"], saved["hit"], tuple(listed(saved, "unknown", 3))
        )
        vars(self).update(vars(fresh))


def cost_of(source: Cost, x: Features, unknown: float) -> float:
    """Return the cost of an event; `unknown` where it has none that is usable."""
    try:
        found = event_cost(source, x)
    except (LookupError, TypeError, ValueError, ArithmeticError):  # of a callable
        return unknown
    return found if found >= 0.0 else unknown
