"""Online bagging under any sampler: `BalancedBaggingClassifier`."""

from __future__ import annotations

from typing import Any

from river import base

from streamimb.compose.capabilities import refuse_stranger
from streamimb.ensemble.combining import Mean
from streamimb.ensemble.ensemble import Ensemble
from streamimb.protocols import Sampler
from streamimb.sampling import UnderSampler


class BalancedBaggingClassifier(Ensemble):
    r"""Online bagging in which each member has a bootstrap sample that a sampler has balanced.

    Member j learns an event of class y $K_j \sim \operatorname{Poisson}(r_j(x, y))$ times, at the rate of its own copy
    of the sampler: the bootstrap and the sampler's draw in one. Its probabilities are corrected to those of the
    unsampled stream, and the answer is the mean of the members'. By default rare events are half of what a member
    learns, as in imbalanced-learn's class of this name. With a sampler that depends on the score each member is its own
    pilot.

    **Cost**: `n_models` predictions and, for each learned copy, a learning step of the model; beside them, per member,
    .5 µs and the cost of the sampler.

    Parameters
    ----------
    model
        Any River classifier or pipeline that gives probabilities; the members are untrained clones of it, each with a
        `seed` of its own where it has that parameter. None: `linear_model.LogisticRegression()`.
    sampler
        Any sampler that draws copies; each member has a clone of it. None: `sampling.UnderSampler(share=0.5)`.
    n_models
        Members, from 1 to 1,000.
    correction
        The route of every member: "auto", "offset", "prior" or "weight", as of `SampledClassifier`.
    prior
        P(True) until the first negative has come; then it counts as one label. In (0, 1).
    seed
        Seed of the draws; None: one from the system's entropy.

    Raises
    ------
    ValueError
        A parameter is out of its range; a sampler that gives weights; a correction that the model does not support; a
        model that samples itself; a label that it does not accept; a weight `w` that it would drop.

    Examples
    --------
    >>> import random
    >>> from streamimb import ensemble, sampling
    >>> rng = random.Random(1)
    >>> model = ensemble.BalancedBaggingClassifier(sampler=sampling.UnderSampler(share=0.2), n_models=5, seed=1)
    >>> for _ in range(5_000):
    ...     y = rng.random() < 0.02
    ...     model.learn_one({"a": rng.gauss(2.0 * y, 1)}, y)
    >>> round(model.predict_proba_one({"a": 2.0})[True], 1)  # the truth is .13
    0.1

    References
    ----------
    Oza, N. C. (2005). Online Bagging and Boosting. https://doi.org/10.1109/ICSMC.2005.1571498. Samplers and their
    correction are ours.
    """

    def __init__(
        self,
        model: base.Classifier | None = None,
        sampler: Sampler | None = None,
        n_models: int = 10,
        correction: str = "auto",
        prior: float = 0.05,
        seed: int | None = None,
    ) -> None:
        if sampler is not None:
            refuse_stranger("sampler", sampler, Sampler, "an object such as sampling.UnderSampler(share=0.2)")
            if not isinstance(sampler, base.Base):
                raise ValueError(
                    f"sampler: each member needs a clone, and {type(sampler).__name__} has none: let it subclass "
                    "river.base.Base"
                )
        self.sampler: Any = UnderSampler(share=0.5) if sampler is None else sampler
        self._assemble(model, n_models, correction, prior, seed, Mean())

    def _sampler(self, i: int) -> Sampler:
        sampler: Sampler = self.sampler.clone()
        return sampler
