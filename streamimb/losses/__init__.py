"""Losses that replace the cross-entropy of a learner.

A loss has scores of its own, and states which probability a score means. A learner keeps the log-odds of
probabilities and takes the gradient at the score that they have, so samplers, corrections and calibrators meet
probabilities whatever the loss is; the score is served as `raw`.
"""

from streamimb.losses.class_balanced import ClassBalanced
from streamimb.losses.equalized_focal import EqualizedFocal
from streamimb.losses.focal import Focal
from streamimb.losses.ldam import LDAM
from streamimb.losses.logit_adjusted import LogitAdjusted
from streamimb.losses.seesaw import Seesaw
from streamimb.losses.vs import VS

__all__ = ["LDAM", "VS", "ClassBalanced", "EqualizedFocal", "Focal", "LogitAdjusted", "Seesaw"]
