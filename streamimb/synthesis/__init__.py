"""Synthesizers: what is learned in place of further copies of an event.

The sampler decides how many copies there are, and the weights of the examples sum to them, so the correction is that
of the sampler. Examples exist only while they are learned: no metric, calibrator, prior or sampler meets one.
"""

from streamimb.synthesis.balanced_replay import BalancedReplay
from streamimb.synthesis.borderline_smote import BorderlineSMOTE
from streamimb.synthesis.external import External
from streamimb.synthesis.gaussian_replay import GaussianReplay
from streamimb.synthesis.hard_replay import HardReplay
from streamimb.synthesis.remix import Remix
from streamimb.synthesis.smote import SMOTE

__all__ = ["SMOTE", "BalancedReplay", "BorderlineSMOTE", "External", "GaussianReplay", "HardReplay", "Remix"]
