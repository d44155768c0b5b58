"""Drift detectors with River's API whose alarms name what moved.

By what a detector watches, `update` takes `(y, p, w)` of labelled scores, `(p, w)` of scores, x of features, or the
delay of a label. `drift_detected` tells whether the last update raised an alarm, and `alarms` names it, with evidence
and what to look at.
"""

from streamimb.drift.calibration_drift import CalibrationDrift
from streamimb.drift.class_conditional_drift import ClassConditionalDrift
from streamimb.drift.ddm_oci import DDMOCI
from streamimb.drift.feature_drift import FeatureDrift
from streamimb.drift.foreign_detector import ForeignDetector
from streamimb.drift.label_delay_drift import LabelDelayDrift
from streamimb.drift.lfr import LFR
from streamimb.drift.pauc_page_hinkley import PAUCPageHinkley
from streamimb.drift.score_drift import ScoreDrift

__all__ = [
    "DDMOCI",
    "LFR",
    "CalibrationDrift",
    "ClassConditionalDrift",
    "FeatureDrift",
    "ForeignDetector",
    "LabelDelayDrift",
    "PAUCPageHinkley",
    "ScoreDrift",
]
