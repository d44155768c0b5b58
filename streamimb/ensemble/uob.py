"""Online bagging that thins the common classes: `UOBClassifier`."""

from __future__ import annotations

from river import base

from streamimb.ensemble.combining import Mean
from streamimb.ensemble.ensemble import Ensemble
from streamimb.protocols import Sampler
from streamimb.sampling import ClassBalance


class UOBClassifier(Ensemble):
    r"""Under-sampling online bagging: each member learns all classes at the mass of the rarest.

    Member j learns an event of class k $K_j \sim \operatorname{Poisson}(w_{\min} / w_k)$ times, with the class sizes w
    of `sampling.ClassBalance`. Its probabilities are corrected to those of the unsampled stream, and the answer is the
    mean of the members'. Wang, Minku and Yao average the uncorrected ones; argmax $p_k / m_k$ with the class prior m,
    or p above the base rate, is their balanced decision.

    It is cheap, because a member learns about twice the events of the rarest class; it does not learn from the other
    events. It supports as many classes as the model.

    **Cost**: `n_models` predictions and, for each learned copy, a learning step of the model; plus .5 µs per member.

    Parameters
    ----------
    model
        Any River classifier or pipeline that gives probabilities; the members are untrained clones of it, each with a
        `seed` of its own where it has that parameter. None: `linear_model.LogisticRegression()`.
    n_models
        Members, from 1 to 1,000.
    memory
        Events that the class sizes remember, in [2, 1e9]; None: the live class prior, whose memory follows the stream.
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
    >>> model = ensemble.UOBClassifier(naive_bayes.GaussianNB(), n_models=5, seed=1)
    >>> for _ in range(5_000):
    ...     y = rng.random() < 0.02
    ...     model.learn_one({"a": rng.gauss(2.0 * y, 1)}, y)
    >>> round(model.predict_proba_one({"a": 2.0})[True], 2)  # the truth is .13
    0.14

    References
    ----------
    Wang, S., Minku, L. L. and Yao, X. (2015). Resampling-Based Ensemble Methods for Online Class Imbalance Learning.
    https://doi.org/10.1109/TKDE.2014.2345380. The correction, and class sizes that follow the stream, are ours.
    """

    def __init__(
        self,
        model: base.Classifier | None = None,
        n_models: int = 10,
        memory: float | None = None,
        correction: str = "auto",
        prior: float = 0.05,
        seed: int | None = None,
    ) -> None:
        self.memory = memory
        self._assemble(model, n_models, correction, prior, seed, Mean())

    def _sampler(self, i: int) -> Sampler:
        return ClassBalance("under", self.memory)
