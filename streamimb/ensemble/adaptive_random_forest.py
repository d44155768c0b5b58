"""Bagged trees that are replaced one by one where a class changed: `AdaptiveRandomForestClassifier`."""

from __future__ import annotations

from river import base

from streamimb.ensemble.combining import Mean
from streamimb.ensemble.forest import Forest
from streamimb.protocols import Sampler
from streamimb.sampling import ClassBalance


class AdaptiveRandomForestClassifier(Forest):
    r"""Online bagging whose members are watched for drift one by one, by detectors that survive imbalance.

    Each member learns $K \sim \operatorname{Poisson}(c)$ copies of every event and answers with the mean. A forest that
    watches the error rate is blind where 1 in 100 is rare: a model that never finds the rare class has an error of 1 %,
    before and after that class has changed. Here each member has two `drift.ClassConditionalDrift`, whose windows
    hold the events of one class. At a warning of the sensitive one a successor begins to learn; when the other finds
    drift, and the successor has seen 20 events outside the commonest class, it takes over. A prior that moves replaces
    no member, because the correction follows it. As many classes as the model has.

    **Cost**: `n_models` predictions, c learning steps of each member (or one of weight K, where the model takes
    weights), and .6 µs per member; twice the learning while there is a successor. A member takes up to 30 kB beside
    its model, and a second model while there is a successor.

    Parameters
    ----------
    model
        Any River classifier or pipeline that gives probabilities; the members are untrained clones of it, each with a
        `seed` of its own where it has that parameter. None: a tree that
        splits early, `tree.HoeffdingTreeClassifier(grace_period=3.0, delta=0.3, tau=1.0, column_share=0.5)`.
    n_models
        Members, from 1 to 1,000.
    copies
        c: mean copies of an event for each member, in [.1, 100].
    correction
        The route of every member: "auto", "offset", "prior" or "weight", as of `SampledClassifier`.
    prior
        P(True) until the first negative has come; then it counts as one label. In (0, 1).
    seed
        Seed of the draws; None: one from the system's entropy.

    Raises
    ------
    ValueError
        A parameter is out of its range; a correction that the model does not support; a model that samples itself; a
        label that it does not accept; a weight `w` that it would drop.

    Examples
    --------
    >>> import random
    >>> from river import naive_bayes
    >>> from streamimb import ensemble
    >>> rng = random.Random(1)
    >>> model = ensemble.AdaptiveRandomForestClassifier(naive_bayes.GaussianNB(), n_models=3, seed=1)
    >>> for i in range(6_000):
    ...     y, sign = rng.random() < 0.02, 1.0 if i < 3_000 else -1.0  # the rare class changes sides
    ...     model.learn_one({"a": rng.gauss(2.0 * sign * y, 1)}, y)
    >>> model.replaced, round(model.predict_proba_one({"a": -2.0})[True], 1)
    (1, 0.1)

    References
    ----------
    Gomes, H. M. et al. (2017). Adaptive random forests for evolving data stream classification.
    https://doi.org/10.1007/s10994-017-5642-8: copies, warnings, successors. There each member is watched by its error
    and votes by its accuracy. The detectors and the correction are ours.
    """

    def __init__(
        self,
        model: base.Classifier | None = None,
        n_models: int = 10,
        copies: float = 6.0,
        correction: str = "auto",
        prior: float = 0.05,
        seed: int | None = None,
    ) -> None:
        self._plant(model, n_models, copies, correction, prior, seed, Mean())

    def _sampler(self, i: int) -> Sampler:
        return ClassBalance("none", copies=self.copies)
