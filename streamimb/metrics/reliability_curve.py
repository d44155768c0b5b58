"""Reliability curve: predicted against observed in bins of equal weight, with intervals."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from streamimb.metrics.equal_mass import equal_mass, wilson
from streamimb.metrics.ranked_metric import RankedMetric
from streamimb.metrics.ratio_interval import Interval
from streamimb.metrics.reliability_svg import svg
from streamimb.metrics.river_metric import no_direction
from streamimb.parameters import whole
from streamimb.protocols import Reading


class Point(NamedTuple):
    """One bin: its share of the weight, the mean P(True), and the share of positives with its 95 % interval."""

    share: float
    predicted: float
    observed: Interval


class ReliabilityCurve(RankedMetric):
    r"""Predicted against observed in bins of equal weight; `get` is the share of the weight where both agree.

    A bin agrees where its predicted mean lies in Wilson's 95 % interval of its share of positives: about 95 % of the
    weight for a calibrated model. `points()` has the curve, `plot()` draws it with matplotlib (the extra `plot`), and
    a notebook shows it as a drawing, on logarithmic axes: equal ratios have equal lengths. `merge(other)` is this
    stream followed by the other's.

    **Cost**: O(1) amortised per event; O(n log n) per `get` in n ≤ 4,096 cells of 48 bytes.

    Parameters
    ----------
    half_life
        Events after which one counts half; > 0, or inf: every event counts alike.
    bins
        Number of bins; from 2 to 100.

    Raises
    ------
    ValueError
        A parameter is out of its range; P(True) not in [0, 1]; a weight is negative or not finite.

    Examples
    --------
    >>> from streamimb import metrics
    >>> curve = metrics.ReliabilityCurve(bins=2)
    >>> for i in range(1000):
    ...     curve.update(i % 50 == 0, 0.01)
    ...     curve.update(i % 10 == 1, 0.1)
    >>> [(round(p.predicted, 2), round(p.observed.value, 2)) for p in curve.points()]
    [(0.01, 0.02), (0.1, 0.1)]
    """

    bigger_is_better = no_direction("wide intervals agree with anything; compare models by LogLoss or ECE")

    def __init__(self, half_life: float = 20_000, bins: int = 10) -> None:
        RankedMetric.__init__(self, half_life)
        self.bins = whole("bins", bins, lambda n: 2 <= n <= 100, "a whole number of bins from 2 to 100")

    def points(self) -> list[Point]:
        """Return the bins, lowest probability first; there are fewer where many events have one probability."""
        cells = self.ranking()
        if not cells.weight().sum() > 0.0:
            return []
        found = equal_mass(cells, self.bins)
        return [
            Point(float(share), float(p), wilson(min(1.0, float(y)), float(n)))
            for share, p, y, _, n in zip(*found, strict=True)
        ]

    def get(self) -> float:
        """Return the share of the weight in bins that agree; nan before the first update."""
        points = self.points()
        agree = sum(p.share for p in points if p.observed.low <= p.predicted <= p.observed.high)
        return agree if points else math.nan

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        yield Reading("reliability_agreement", "Share of the events in bins that are calibrated.", self.get())
        value = {
            str(i): {
                "predicted": p.predicted,
                "observed": p.observed.value,
                "low": p.observed.low,
                "high": p.observed.high,
            }
            for i, p in enumerate(self.points(), 1)
        }
        yield Reading(
            "reliability", "Predicted and observed by bin of equal weight.", value, labels=("bin", "of")
        )

    def plot(self, ax: Any = None) -> Any:
        """Draw the curve on matplotlib axes, new ones where none are given, and return them.

        Raises
        ------
        ImportError
            matplotlib is not installed: `pip install "streamimb[plot]"`.
        """
        if ax is None:
            from matplotlib import pyplot

            ax = pyplot.figure().gca()
        points = self.points()
        predicted = [p.predicted for p in points]
        observed = [p.observed.value for p in points]
        below = [p.observed.value - p.observed.low for p in points]
        above = [p.observed.high - p.observed.value for p in points]
        ax.errorbar(predicted, observed, yerr=[below, above], fmt="o-")
        ends = [p for p in (*predicted, *observed) if p > 0.0]
        if ends:
            ax.plot([min(ends), max(ends)], [min(ends), max(ends)], linestyle="--")
            ax.set_xscale("log")
            ax.set_yscale("log")
        ax.set_xlabel("predicted")
        ax.set_ylabel("observed, with 95 % interval")
        return ax

    def _repr_html_(self) -> str:
        """Return the drawing that a notebook shows."""
        return svg([(p.predicted, *p.observed) for p in self.points()])
