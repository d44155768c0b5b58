"""Synthesizers: what is learned in place of further copies of an event.

The sampler decides how many copies there are, and the weights of the examples sum to them, so the correction is that
of the sampler. Examples exist only while they are learned: no metric, calibrator, prior or sampler meets one.
"""

from streamimb.synthesis.smote import SMOTE

__all__ = ["SMOTE"]
