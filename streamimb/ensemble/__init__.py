"""Ensembles for imbalance over any classifier of River's or ours: they sample and correct each member themselves.

Each member is a clone of one classifier that sees the whole stream, draws for itself how often it learns an event, and
is corrected by its own rates; the answer is the mean. A `SampledClassifier` around an ensemble is refused, because it
would correct twice; a `CalibratedClassifier` around it is right.
"""

from streamimb.ensemble.adaptive_random_forest import AdaptiveRandomForestClassifier
from streamimb.ensemble.balanced_bagging import BalancedBaggingClassifier
from streamimb.ensemble.cost_sensitive_forest import CostSensitiveForestClassifier
from streamimb.ensemble.oob import OOBClassifier
from streamimb.ensemble.prior_experts import PriorExpertsClassifier
from streamimb.ensemble.uob import UOBClassifier

__all__ = [
    "AdaptiveRandomForestClassifier",
    "BalancedBaggingClassifier",
    "CostSensitiveForestClassifier",
    "OOBClassifier",
    "PriorExpertsClassifier",
    "UOBClassifier",
]
