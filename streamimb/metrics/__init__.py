"""What is said of served probabilities: losses, ratios with intervals, ranking, delays.

Each is a statistic (`update`, `get`, `merge`), decayed or windowed, bounded, and plain data when saved.
`Served` is what the engine feeds: all of them in one call.
"""

from streamimb.metrics.average_precision import AveragePrecision
from streamimb.metrics.calibration_ratio import CalibrationRatio
from streamimb.metrics.delay import DelayQuantiles
from streamimb.metrics.log_loss import LogLoss
from streamimb.metrics.normalized_entropy import NormalizedEntropy
from streamimb.metrics.ratio_interval import Interval
from streamimb.metrics.served import Report, Served

__all__ = [
    "AveragePrecision",
    "CalibrationRatio",
    "DelayQuantiles",
    "Interval",
    "LogLoss",
    "NormalizedEntropy",
    "Report",
    "Served",
]
