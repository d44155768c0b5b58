"""Costs of single events: each is learned with a weight in proportion to the cost of an error on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from streamimb._kernels.cost_rate import CostRate, sums_of
from streamimb._kernels.saved import entries
from streamimb.parameters import Part, cost
from streamimb.protocols import Features

HALF_LIFE = 10_000  # of the mean costs, in labelled events

Cost = float | str | Callable[[Features], float]


class ExampleCosts(CostRate, Part):
    r"""Learn each event as one example, weighted by what an error on it costs.

    With $c_1(x)$ the cost of a miss, $c_0(x)$ that of a false alarm, their means (half-life 10,000 labelled events)
    and the prior m of True: $r(x, k) = c_k(x) / s$, $s = m\,\bar c_1 + (1 - m)\,\bar c_0$, in [1e-6, 1e6]. The unit of
    the costs does not matter. The raw score is then $p c_1 / (p c_1 + (1 - p) c_0)$: an alarm where it is at least 1/2
    has the least expected cost (Elkan), and the corrected p stays the probability. A label other than False counts as
    True.

    A cost that is missing, negative, not finite or no number counts as the mean; `missing_share` is the share of such
    events. A callable works in plain loops and pickles where its module has it by name; a service saves it only with
    `allow_pickle`, because it is no data. Fields and numbers are saved always.

    **Cost**: O(1): reads two fields twice (0.3 µs), 5 floats.

    Parameters
    ----------
    miss
        Cost of missing an event of class True: a number in [1e-6, 1e15], the name of a field of x, or a callable that
        returns the cost for x. All costs have one unit.
    false_alarm
        Cost of an alarm on an event of class False, likewise.

    Raises
    ------
    ValueError
        Where a cost is out of range, an empty name, or of another kind; where a weight is negative or not finite.

    Examples
    --------
    >>> from streamimb import sampling
    >>> sampler = sampling.ExampleCosts(miss="amount", false_alarm=5.0)
    >>> p = prior = {False: 0.9, True: 0.1}
    >>> rates = sampler.rates_one({"amount": 50.0}, p, prior)
    >>> round(rates[True] / rates[False], 3)
    10.0

    References
    ----------
    Elkan, C. (2001). The Foundations of Cost-Sensitive Learning, IJCAI. Zadrozny, B., Langford, J. and Abe, N. (2003).
    Cost-sensitive learning by cost-proportionate example weighting. https://doi.org/10.1109/ICDM.2003.1250950.
    """

    depends_on_x = True
    draws = False

    def __init__(self, miss: Cost, false_alarm: Cost = 1.0) -> None:
        expected = "a cost in [1e-6, 1e15], the name of a field, or a callable of x"
        self.miss = cost("miss", miss, 1e-6, 1e15, expected)
        self.false_alarm = cost("false_alarm", false_alarm, 1e-6, 1e15, expected)
        CostRate.__init__(self, HALF_LIFE)
        self._set_costs(self.miss, self.false_alarm)

    @property
    def fields_read(self) -> tuple[str, ...]:
        """Names of the fields of x that are costs."""
        return tuple(source for source in (self.miss, self.false_alarm) if isinstance(source, str))

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"miss": 20.0}
        yield {"miss": "amount", "false_alarm": 5.0}

    def __getstate__(self) -> dict[str, Any]:
        return {"miss": self.miss, "false_alarm": self.false_alarm, "sums": self._sums}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "miss", "false_alarm", "sums")
        fresh = ExampleCosts(saved["miss"], saved["false_alarm"])  # checks them
        sums = sums_of(saved)
        CostRate.__init__(self, HALF_LIFE)
        vars(self).update(miss=fresh.miss, false_alarm=fresh.false_alarm)
        self._set_costs(fresh.miss, fresh.false_alarm)
        self._resume(sums)
