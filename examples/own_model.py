"""A model of the user's own: what `factory = "own_model:build"` in own_model.toml calls.

Any River classifier will do. Sampled, it is corrected; calibrated, its probabilities can be acted on; the
service puts its guard before it. River's own classes are saved by pickle, hence `allow_pickle = true`.
"""

from river import base, tree

from streamimb import CalibratedClassifier, SampledClassifier, sampling


def build(share: float, grace_period: int) -> base.Classifier:
    """A Hoeffding tree that is given `share` of fraud; both come from `[model.arguments]`."""
    learner = tree.HoeffdingTreeClassifier(grace_period=grace_period, leaf_prediction="nb")
    return CalibratedClassifier(SampledClassifier(learner, sampling.UnderSampler(share=share), seed=1))
