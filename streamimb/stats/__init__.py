"""Statistics of a stream: a class prior that follows changes, decayed means, counts and quantiles.

They are bounded in memory, pure to read, and saved as plain data. Those with an exact merge have `merge`.
"""

from streamimb.stats.class_prior import ClassPrior
from streamimb.stats.decayed import DecayedCount, DecayedMean
from streamimb.stats.decayed_quantiles import DecayedQuantiles

__all__ = ["ClassPrior", "DecayedCount", "DecayedMean", "DecayedQuantiles"]
