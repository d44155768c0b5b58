"""An adaptive forest where a missed rare event costs more: `CostSensitiveForestClassifier`."""

from __future__ import annotations

from typing import Any

from river import base

from streamimb.ensemble.forest import Forest
from streamimb.ensemble.matthews import MatthewsWeights, balanced
from streamimb.ensemble.members import checked_n_models
from streamimb.parameters import number
from streamimb.protocols import Features, Sampler
from streamimb.sampling import ClassBalance


class CostSensitiveForestClassifier(Forest):
    r"""The adaptive random forest for costs in inverse proportion to the sizes of the classes.

    As `AdaptiveRandomForestClassifier`, with three differences. A member learns $K \sim \operatorname{Poisson}(c \,
    m_{\min} / m_y)$ copies of an event of class y, with the live class prior m: all classes at the mass of the
    rarest. Members are weighted by the decayed Matthews correlation of their decisions, at least .01.
    And `predict_one` decides for the class with the largest $p_k / m_k$, which minimises the expected cost where an
    error on an event of class y costs $1 / m_y$. Probabilities are those of the unsampled stream. It takes as many
    classes as its model does.

    **Cost**: as of `AdaptiveRandomForestClassifier`, but with about 2 c m_min learning steps for each event and
    member (of two classes), and 4 µs more for each member and label.

    Parameters
    ----------
    model
        Any River classifier or pipeline that gives probabilities; the members are untrained clones of it, each with a
        `seed` of its own where it has that parameter. None: a tree that splits early,
        `tree.HoeffdingTreeClassifier(grace_period=3.0, delta=0.3, tau=1.0, column_share=0.5)`.
    n_models
        Members, from 1 to 1,000.
    copies
        c: mean copies of an event of the rarest class for each member, in [.1, 100]. Where it is 1 in 100, a member
        then learns a third of the others; with fewer copies it knows too little of them. Where it is 1 in 15, take 10.
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
    >>> model = ensemble.CostSensitiveForestClassifier(naive_bayes.GaussianNB(), n_models=3, seed=1)
    >>> for _ in range(5_000):
    ...     y = rng.random() < 0.02
    ...     model.learn_one({"a": rng.gauss(2.0 * y, 1)}, y)
    >>> model.predict_one({"a": 2.0}), round(model.predict_proba_one({"a": 2.0})[True], 1)  # the truth is .13
    (True, 0.1)

    References
    ----------
    Loezer, L., Enembreck, F., Barddal, J. P. and Britto, A. S. (2020). Cost-sensitive learning for imbalanced data
    streams. https://doi.org/10.1145/3341105.3373949: copies by cost, and weights by the Matthews correlation. The
    correction, and the detectors of the members, are ours.
    """

    def __init__(
        self,
        model: base.Classifier | None = None,
        n_models: int = 10,
        copies: float = 30.0,
        correction: str = "auto",
        prior: float = 0.05,
        seed: int | None = None,
    ) -> None:
        start = number("prior", prior, lambda p: 0.0 < p < 1.0, "a probability above 0 and below 1")
        self._weights = MatthewsWeights(checked_n_models(n_models), start)
        self._plant(model, n_models, copies, correction, prior, seed, self._weights)

    def _sampler(self, i: int) -> Sampler:
        return ClassBalance("under", copies=self.copies)

    def predict_one(self, x: Features, **kwargs: Any) -> Any:
        """Return the class whose probability is the highest in proportion to its prior."""
        p = self.predict_proba_one(x, **kwargs)
        return balanced(p, self._weights.prior.get()) if p else None
