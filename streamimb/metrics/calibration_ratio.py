"""Predicted ÷ observed with its 95 % interval, decayed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.metric_sums import RatioSums
from streamimb._kernels.saved import alike, entries
from streamimb.metrics.observation import CheckedUpdate
from streamimb.metrics.ratio_interval import Interval, ratio_interval
from streamimb.parameters import Part, checked_half_life, refuse, refuse_other
from streamimb.protocols import Reading


class CalibrationRatio(RatioSums, CheckedUpdate, Part):
    r"""$\sum p / \sum y$, decayed, with Byar's 95 % interval: 1 is calibrated in the large.

    The interval takes the number of positives as Poisson of effective size $(\sum wy)^2 / \sum w^2 y$.
    `orphan()` adds a positive whose event was not found: that event may have been measured as a negative, so
    the interval widens downwards. `merge(other)` is this stream followed by the other's, exact up to rounding.

    **Cost**: O(1) time and memory per event.

    Parameters
    ----------
    half_life
        Events, or positives, after which one counts half; > 0.
    per
        "event", or "positive": decay once per positive, so that about the same number of positives counts however
        rare the class is.

    Raises
    ------
    ValueError
        A parameter is out of its range; P(True) not in [0, 1]; a weight is negative or not finite.

    Examples
    --------
    >>> from streamimb import metrics
    >>> metric = metrics.CalibrationRatio()
    >>> for i in range(1000):
    ...     metric.update(i % 100 == 0, 0.02)
    >>> [round(end, 1) for end in metric.get()]
    [2.0, 1.1, 4.2]
    """

    def __init__(self, half_life: float = 20_000, per: str = "event") -> None:
        self.half_life = checked_half_life(half_life)
        if per not in ("event", "positive"):
            refuse("per", per, "'event' or 'positive'")
        self.per = per
        RatioSums.__init__(self, self.half_life, per == "positive")

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"half_life": 100}

    def get(self) -> Interval:
        """Return predicted ÷ observed with its interval; nan before the first update."""
        n, n2, y, y2, p = self.sums()
        return ratio_interval(p, n, n2, y, y2, self.orphaned())

    def merge(self, other: CalibrationRatio) -> None:
        """Take in another stream, as if it had come after this one."""
        refuse_other(self, other, "half_life", "per")
        self.append(other)

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        if self.per == "event":
            yield self.get().reading(
                "calibration_ratio", "Predicted over observed; 1 is right.", title="predicted / observed"
            )
        else:
            yield self.get().reading(
                "calibration_ratio_recent",
                f"Predicted over observed, with weights that halve every {self.half_life:g} positives.",
                title=f"predicted / observed, last {self.half_life:g} positives",
            )

    def __getstate__(self) -> dict[str, Any]:
        return {"half_life": self.half_life, "per": self.per, "_sums": RatioSums.__getstate__(self)}

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "half_life", "per", "_sums")
        fresh = CalibrationRatio(saved["half_life"], saved["per"])
        alike(saved["_sums"], RatioSums.__getstate__(fresh), "fade", "per_positive")
        RatioSums.__setstate__(self, saved["_sums"])
        vars(self).update(half_life=saved["half_life"], per=saved["per"])
