"""How much of an event the learner is given: samplers say a rate for every class of an event in one call.

What a rate does to the log-odds, and taking it out again, is not their business.
"""

from streamimb.sampling.class_weights import ClassWeights
from streamimb.sampling.score_under_sampler import ScoreUnderSampler
from streamimb.sampling.under_sampler import UnderSampler

__all__ = ["ClassWeights", "ScoreUnderSampler", "UnderSampler"]
