"""What is remembered of a stream: a class prior that follows its moves, decayed means, counts and quantiles.

Bounded in memory, pure to read, plain data to save. Where the maths has a merge, it is one.
"""

from streamimb.stats.class_prior import ClassPrior
from streamimb.stats.decayed import DecayedCount, DecayedMean
from streamimb.stats.decayed_quantiles import DecayedQuantiles

__all__ = ["ClassPrior", "DecayedCount", "DecayedMean", "DecayedQuantiles"]
