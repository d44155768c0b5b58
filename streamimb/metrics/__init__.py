"""Metrics of served probabilities: losses, calibration, ranking, alerts, values, each right at one in a thousand.

Each is a `BinaryMetric` of River (`update(y_true, y_pred, w)`, `get`, `works_with`, `+`), and has `merge`, `readings`
with names and help texts for exporters, and where it is known `interval()`. One parameter is its memory: after
`half_life` events one counts half; `half_life=inf` counts all events alike, and `Windowed` the last ones alone. Each is
bounded in memory and saved as plain data. `served` has the metrics of the engine.
"""

from streamimb.metrics.base_rate import BaseRate
from streamimb.metrics.brier_score import BrierScore
from streamimb.metrics.by_label import by_label
from streamimb.metrics.calibration_ratio import CalibrationRatio
from streamimb.metrics.calibration_slope import CalibrationSlope
from streamimb.metrics.cohen_kappa import CohenKappa
from streamimb.metrics.ece import ECE
from streamimb.metrics.expected_performance import ExpectedPerformance
from streamimb.metrics.f1 import F1
from streamimb.metrics.g_mean import GMean
from streamimb.metrics.gauc import GAUC
from streamimb.metrics.lift import Lift
from streamimb.metrics.log_loss import LogLoss
from streamimb.metrics.mcc import MCC
from streamimb.metrics.normalized_entropy import NormalizedEntropy
from streamimb.metrics.pr_auc import PRAUC
from streamimb.metrics.precision_at_k import PrecisionAtK
from streamimb.metrics.ratio_interval import Interval
from streamimb.metrics.recall import Recall
from streamimb.metrics.recall_at_budget import RecallAtBudget
from streamimb.metrics.reliability_curve import ReliabilityCurve
from streamimb.metrics.roc_auc import ROCAUC
from streamimb.metrics.savings import Savings
from streamimb.metrics.segmented import Segmented
from streamimb.metrics.smooth_ece import SmoothECE
from streamimb.metrics.value_recall import ValueRecall
from streamimb.metrics.windowed import Windowed

__all__ = [
    "ECE",
    "F1",
    "GAUC",
    "MCC",
    "PRAUC",
    "ROCAUC",
    "BaseRate",
    "BrierScore",
    "CalibrationRatio",
    "CalibrationSlope",
    "CohenKappa",
    "ExpectedPerformance",
    "GMean",
    "Interval",
    "Lift",
    "LogLoss",
    "NormalizedEntropy",
    "PrecisionAtK",
    "Recall",
    "RecallAtBudget",
    "ReliabilityCurve",
    "Savings",
    "Segmented",
    "SmoothECE",
    "ValueRecall",
    "Windowed",
    "by_label",
]
