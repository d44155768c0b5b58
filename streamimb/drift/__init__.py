"""Drift detectors with River's API whose alarms name what moved.

`update` takes what the detector watches: `(y, p, w)` for labelled scores, `(p, w)` for scores, `(x)` for features.
`drift_detected` tells whether the last update raised an alarm, and `alarms` names it, with evidence and what to look at.
"""

from streamimb.drift.calibration_drift import CalibrationDrift
from streamimb.drift.class_conditional_drift import ClassConditionalDrift
from streamimb.drift.feature_drift import FeatureDrift
from streamimb.drift.score_drift import ScoreDrift

__all__ = ["CalibrationDrift", "ClassConditionalDrift", "FeatureDrift", "ScoreDrift"]
