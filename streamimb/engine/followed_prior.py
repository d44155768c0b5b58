"""The share of positives to expect now: from labels while they come, from scores where they are overdue."""

from collections.abc import Iterator
from typing import Any

from streamimb.metrics.ratio_interval import UNKNOWN, Interval, rate_interval
from streamimb.metrics.served import ServedMetrics
from streamimb.protocols import Reading
from streamimb.stats import LabelFreePrior

EDGE = 1e-6  # from 0 and 1, of the prior to which an estimate refers
LEAST_LEFT = 1e-9  # of the weight of labels in a long silence


class FollowedPrior:
    """The base rate of what was measured, and beside it an estimate that needs no labels.

    The interval of the base rate widens while no label comes: each event without one, and each that was to be expected
    in a pause of all inputs, forgets as much as a label would. While labels are overdue the estimate of the scores is
    reported in its place, as provisional. It changes no probability and no threshold: scores also fall where a field
    is missing.

    Cost: .1 µs per score.
    """

    __slots__ = ("free", "provisional")

    def __init__(self, free: LabelFreePrior | None = None, *, provisional: bool = False) -> None:
        self.free = LabelFreePrior() if free is None else free
        self.provisional = provisional

    def look(self, served: ServedMetrics, *, overdue: bool) -> None:
        """Note whether labels are overdue, and while they are not, the mean score of the last labelled events.

        Not their base rate: a mean score a tenth above it would move the estimate by half and more.
        """
        self.provisional = overdue
        n, _, _, _, p = served.recent.sums()
        if not overdue and n > 0.0:
            self.free.refer(min(1.0 - EDGE, max(EDGE, p / n)))

    def interval(self, served: ServedMetrics, silent_n: float) -> Interval:
        """Return the prior with its 95 % interval, after so many events without a label."""
        n, n2, y, y2, _ = served.base_rate.sums()
        if n <= 0.0:
            return UNKNOWN
        left = max(LEAST_LEFT, 0.5 ** (silent_n / served.half_life))
        found = rate_interval(n, n2 / left, y, y2 / left, served.base_rate.orphaned())
        if not self.provisional:
            return found
        value = self.free.get()
        return Interval(value, min(value, found.low), max(value, found.high))

    def readings(self, served: ServedMetrics, silent_n: float) -> Iterator[Reading]:
        """Return what is exported."""
        help = "Share of positives to expect now; wider while no label comes."
        yield self.interval(served, silent_n).reading("prior", help, title="prior", unit="share")
        yield Reading(
            "prior_provisional",
            "1 where labels are overdue, so that the prior is an estimate from scores alone.",
            float(self.provisional),
        )
        yield Reading(
            "prior_of_scores", "Estimate of the prior from scores alone, provisional.", self.free.get()
        )

    def state(self) -> dict[str, Any]:
        """Return the state, for a snapshot."""
        return {"free": self.free, "provisional": self.provisional}
