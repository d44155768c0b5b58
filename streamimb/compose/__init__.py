"""The River wrappers. Here the parts meet: a learner, a sampler, a correction, a calibrator, a guard.

Each wrapper takes a River classifier and is one.
"""

from streamimb.compose.calibrated import CalibratedClassifier
from streamimb.compose.guarded import GuardedClassifier
from streamimb.compose.sampled import SampledClassifier
from streamimb.compose.schema import Field, Schema
from streamimb.compose.thresholded import ThresholdedClassifier
from streamimb.compose.with_features import WithFeatures

__all__ = [
    "CalibratedClassifier",
    "Field",
    "GuardedClassifier",
    "SampledClassifier",
    "Schema",
    "ThresholdedClassifier",
    "WithFeatures",
]
