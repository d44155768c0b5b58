"""The share of positives with its 95 % interval, decayed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.metric_sums import RatioSums
from streamimb._kernels.saved import alike, entries
from streamimb.metrics.observation import CheckedUpdate
from streamimb.metrics.ratio_interval import Interval, rate_interval
from streamimb.parameters import Part, checked_half_life, refuse_other
from streamimb.protocols import Reading


class BaseRate(RatioSums, CheckedUpdate, Part):
    r"""$\sum y / \sum 1$, decayed, with Byar's 95 % interval, within [0, 1]; what was predicted is not used.

    `orphan()` adds a positive whose event was not found; the upper end counts it. `merge(other)` is this
    stream followed by the other's, exact up to rounding.

    **Cost**: O(1) time and memory per event.

    Parameters
    ----------
    half_life
        Events after which one counts half; > 0.

    Raises
    ------
    ValueError
        `half_life` is not > 0; P(True) not in [0, 1]; a weight is negative or not finite.

    Examples
    --------
    >>> from streamimb import metrics
    >>> metric = metrics.BaseRate()
    >>> for i in range(1000):
    ...     metric.update(i % 100 == 0, 0.02)
    >>> [round(end, 3) for end in metric.get()]
    [0.01, 0.005, 0.018]
    """

    def __init__(self, half_life: float = 20_000) -> None:
        self.half_life = checked_half_life(half_life)
        RatioSums.__init__(self, self.half_life)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"half_life": 100}

    def get(self) -> Interval:
        """Return the share of positives with its interval; nan before the first update."""
        n, n2, y, y2, _ = self.sums()
        return rate_interval(n, n2, y, y2, self.orphaned())

    def merge(self, other: BaseRate) -> None:
        """Take in another stream, as if it had come after this one."""
        refuse_other(self, other, "half_life")
        self.append(other)

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        yield self.get().reading("base_rate", "Share of positives.", title="base rate", unit="share")

    def __getstate__(self) -> dict[str, Any]:
        return {"half_life": self.half_life, "_sums": RatioSums.__getstate__(self)}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "half_life", "_sums")
        alike(saved["_sums"], RatioSums.__getstate__(BaseRate(saved["half_life"])), "fade", "per_positive")
        RatioSums.__setstate__(self, saved["_sums"])
        vars(self).update(half_life=saved["half_life"])
