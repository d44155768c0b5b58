"""Samplers: how much of an event the learner gets, as a rate for every class in one call.

A sampler neither draws nor corrects; `compose.SampledClassifier` does.
"""

from streamimb.sampling.both_sampler import BothSampler
from streamimb.sampling.class_balance import ClassBalance
from streamimb.sampling.class_weights import ClassWeights
from streamimb.sampling.cluster_sampler import ClusterSampler
from streamimb.sampling.density_ratio import DensityRatio
from streamimb.sampling.dynamic_sampler import DynamicSampler
from streamimb.sampling.error_band_sampler import ErrorBandSampler
from streamimb.sampling.example_costs import ExampleCosts
from streamimb.sampling.over_sampler import OverSampler
from streamimb.sampling.product import Product
from streamimb.sampling.score_under_sampler import ScoreUnderSampler
from streamimb.sampling.under_sampler import UnderSampler

__all__ = [
    "BothSampler",
    "ClassBalance",
    "ClassWeights",
    "ClusterSampler",
    "DensityRatio",
    "DynamicSampler",
    "ErrorBandSampler",
    "ExampleCosts",
    "OverSampler",
    "Product",
    "ScoreUnderSampler",
    "UnderSampler",
]
