"""All metrics of the served probabilities of one engine, updated by one compiled call per measured event."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.metric_sums import MetricSums
from streamimb._kernels.saved import entries, listed, number, refused
from streamimb.metrics.base_rate import BaseRate
from streamimb.metrics.by_label import by_label
from streamimb.metrics.calibration_ratio import CalibrationRatio
from streamimb.metrics.log_loss import LogLoss
from streamimb.metrics.normalized_entropy import NormalizedEntropy
from streamimb.metrics.pr_auc import PRAUC
from streamimb.parameters import Part, checked_half_life, refuse_other
from streamimb.protocols import Reading

RECENT = 50.0  # positives

_Metrics = tuple[
    CalibrationRatio,
    CalibrationRatio,
    CalibrationRatio,
    CalibrationRatio,
    BaseRate,
    NormalizedEntropy,
    PRAUC,
]


class ServedMetrics(MetricSums, Part):
    """The metrics of the engine: served probabilities against labels, updated by one call.

    `raw`, `corrected` and `calibrated` are the calibration ratios of the three stages, `recent` that of the
    calibrated probability over about the last 50 positives, however rare they are. `base_rate`, `log_loss`,
    `normalized_entropy` and `pr_auc` also use the calibrated probability.

    `add(raw, corrected, calibrated, y, w)` takes an event as it was served, and `take(served, y, w)` one whose
    probabilities are attributes with these names. They check nothing: probabilities are in [0, 1], a weight is above 0
    and at most 1e15.

    `lose()` counts an event that was not measured, `orphan(y)` a label whose event was not found: both lower
    `measured_share()`, and orphaned positives widen the intervals, as they may belong to measured events.
    `merge(other)` is this stream followed by the other's, exact up to rounding.

    **Cost**: about .15 µs per event compiled, at most 200 kB; `readings` sorts at most 4,096 cells.

    Parameters
    ----------
    half_life
        Measured events after which one counts half; > 0.

    Raises
    ------
    ValueError
        A parameter is out of its range.

    Examples
    --------
    >>> served = ServedMetrics()
    >>> for i in range(1000):
    ...     served.add(0.5, 0.02, 0.01, i % 100 == 0)
    >>> [round(ratio.get()) for ratio in (served.raw, served.corrected, served.calibrated)]
    [50, 2, 1]
    """

    def __init__(self, half_life: float = 20_000) -> None:
        self.half_life = checked_half_life(half_life)
        size = self.half_life
        ratios = CalibrationRatio(size), CalibrationRatio(size), CalibrationRatio(size)
        recent = CalibrationRatio(RECENT, "positive")
        rest = BaseRate(size), NormalizedEntropy(size), PRAUC(size)
        self._set_up((*ratios, recent, *rest), 0.0)

    def _set_up(self, metrics: _Metrics, lost: float) -> None:
        raw, corrected, calibrated, recent, rate, entropy, precision = metrics
        MetricSums.__init__(self, raw, corrected, calibrated, recent, rate, entropy.log_loss, precision, lost)
        self._metrics = metrics

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"half_life": 100}

    @property
    def raw(self) -> CalibrationRatio:
        """Predicted ÷ observed of the raw probability."""
        return self._metrics[0]

    @property
    def corrected(self) -> CalibrationRatio:
        """Predicted ÷ observed of the corrected probability."""
        return self._metrics[1]

    @property
    def calibrated(self) -> CalibrationRatio:
        """Predicted ÷ observed of the calibrated probability."""
        return self._metrics[2]

    @property
    def recent(self) -> CalibrationRatio:
        """Predicted ÷ observed of the calibrated probability, over about the last 50 positives."""
        return self._metrics[3]

    @property
    def base_rate(self) -> BaseRate:
        """The share of positives."""
        return self._metrics[4]

    @property
    def normalized_entropy(self) -> NormalizedEntropy:
        """The log loss over that of the base rate."""
        return self._metrics[5]

    @property
    def log_loss(self) -> LogLoss:
        """The log loss."""
        return self._metrics[5].log_loss

    @property
    def pr_auc(self) -> PRAUC:
        """The area under precision over recall."""
        return self._metrics[6]

    def leave_out(self, raw: float, corrected: float, calibrated: float, y: bool, w: float = 1.0) -> None:
        """Do nothing: takes the place of `add` for events that are not measured."""

    def orphan(self, y: bool) -> None:
        """Add a label whose event was not found: that event was never measured, or measured as a negative."""
        self.lose()
        if y:
            for metric in (self.raw, self.corrected, self.calibrated, self.recent, self.base_rate):
                metric.orphan()

    def sums(self) -> tuple[float, ...]:
        """Return (n, n2, y, y2, raw, corrected, calibrated, loss): the decayed sums behind all but the ranking."""
        stages = (ratio.sums()[4] for ratio in (self.raw, self.corrected, self.calibrated))
        return (*self.base_rate.sums()[:4], *stages, self.log_loss.sums()[2])

    def measured_share(self) -> float:
        """Return the decayed share of events that were measured; 1 where none was lost."""
        n, lost = self.base_rate.sums()[0], self.lost_n()
        return n / (n + lost) if lost > 0.0 else 1.0

    def readings(self) -> Iterator[Reading]:
        """Return what is exported."""
        yield Reading("measured", "Labelled events behind the metrics, decayed.", self.base_rate.sums()[0])
        yield Reading(
            "measured_share",
            "Share of remembered events that were measured.",
            self.measured_share(),
            unit="share",
        )
        yield from by_label(
            "stage", {"raw": self.raw, "corrected": self.corrected, "calibrated": self.calibrated}
        )
        yield from self.recent.readings()
        yield from self.base_rate.readings()
        yield from self.log_loss.readings()
        yield from self.normalized_entropy.readings()
        yield from self.pr_auc.readings()

    def merge(self, other: ServedMetrics) -> None:
        """Take in another stream, as if it had come after this one."""
        refuse_other(self, other, "half_life")
        self.append(other)

    def __getstate__(self) -> dict[str, Any]:
        return {
            "half_life": self.half_life,
            "metrics": self._metrics,
            "lost": self.lost_n(),
        }

    def __setstate__(self, state: Any) -> None:
        saved = entries(state, "half_life", "metrics", "lost")
        fresh, lost = ServedMetrics(saved["half_life"]), number(saved, "lost", 0.0)
        metrics: Any = tuple(listed(saved, "metrics", len(fresh._metrics)))
        for metric, expected in zip(metrics, fresh._metrics, strict=True):
            if type(metric) is not type(expected) or metric._get_params() != expected._get_params():
                raise refused("metrics", "those of these parameters")
        vars(self).update(half_life=fresh.half_life)
        self._set_up(metrics, lost)
