"""Metrics of served probabilities: losses, ratios with intervals, ranking.

A metric has River's `update(y_true, y_pred, w)` and `get`, and `merge`. It is decayed or windowed, bounded in memory,
and saved as plain data. Its `readings` have names and help texts for exporters. `served` has the metrics of the engine.
"""

from streamimb.metrics.base_rate import BaseRate
from streamimb.metrics.by_label import by_label
from streamimb.metrics.calibration_ratio import CalibrationRatio
from streamimb.metrics.log_loss import LogLoss
from streamimb.metrics.normalized_entropy import NormalizedEntropy
from streamimb.metrics.pr_auc import PRAUC
from streamimb.metrics.ratio_interval import Interval
from streamimb.metrics.roc_auc import ROCAUC

__all__ = [
    "PRAUC",
    "ROCAUC",
    "BaseRate",
    "CalibrationRatio",
    "Interval",
    "LogLoss",
    "NormalizedEntropy",
    "by_label",
]
