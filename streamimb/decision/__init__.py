"""Decision rules: from which probability on an event is acted on, at a cost, a capacity or an alert budget.

A rule gives a threshold for each event, and counts the events that were scored. It needs calibrated probabilities;
`ThresholdedClassifier` puts a rule around a classifier, and the service takes one in `[decision]`.
"""

from streamimb.decision.alert_budget import AlertBudget
from streamimb.decision.capacity_threshold import CapacityThreshold
from streamimb.decision.cost_threshold import CostThreshold
from streamimb.decision.f_beta_threshold import FBetaThreshold
from streamimb.decision.mondrian_conformal import MondrianConformal
from streamimb.decision.rate_limit import RateLimit

__all__ = [
    "AlertBudget",
    "CapacityThreshold",
    "CostThreshold",
    "FBetaThreshold",
    "MondrianConformal",
    "RateLimit",
]
