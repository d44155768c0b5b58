"""Statistics of a stream: a class prior that follows changes, an adaptive window, decayed means, counts and quantiles,
and reservoirs.

They are bounded in memory, pure to read, and saved as plain data. Those with an exact merge have `merge`.
"""

from streamimb.stats.adwin import ADWIN
from streamimb.stats.class_prior import ClassPrior
from streamimb.stats.decayed import DecayedCount, DecayedMean
from streamimb.stats.decayed_quantiles import DecayedQuantiles
from streamimb.stats.imbalance_tracker import ImbalanceTracker
from streamimb.stats.label_free_prior import LabelFreePrior
from streamimb.stats.propensity_weight import propensity_weight
from streamimb.stats.recency_reservoir import RecencyReservoir
from streamimb.stats.uniform_reservoir import UniformReservoir
from streamimb.stats.weighted_reservoir import WeightedReservoir

__all__ = [
    "ADWIN",
    "ClassPrior",
    "DecayedCount",
    "DecayedMean",
    "DecayedQuantiles",
    "ImbalanceTracker",
    "LabelFreePrior",
    "RecencyReservoir",
    "UniformReservoir",
    "WeightedReservoir",
    "propensity_weight",
]
