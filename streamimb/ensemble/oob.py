"""Online bagging that copies the rare classes: `OOBClassifier`."""

from __future__ import annotations

from river import base

from streamimb.ensemble.combining import Mean
from streamimb.ensemble.ensemble import Ensemble
from streamimb.protocols import Sampler
from streamimb.sampling import ClassBalance


class OOBClassifier(Ensemble):
    r"""Over-sampling online bagging: each member learns all classes at the mass of the commonest.

    Member j learns an event of class k $K_j \sim \operatorname{Poisson}(\min(1000, w_{\max} / w_k))$ times, with the
    class sizes w of `sampling.ClassBalance`. Its probabilities are corrected to those of the unsampled stream, and the
    answer is the mean of the members'. With the memory of the literature (10 events) no event would get more than 9
    copies, so that 1 in 100 is never balanced: a memory that is too short for the stream is refused when an event is
    learned.

    It learns every event, and a rare one about as often as it is rarer than the commonest: dear. Trees that are given
    many copies of few events are too sure of them, see [docs/learners.md](docs/learners.md): calibrate. As many classes
    as the model has.

    **Cost**: `n_models` predictions and, for each learned copy (about 2 per event and member), a learning step of the
    model; .5 µs per member beside.

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
        A parameter is out of its range; a memory that is too short for the stream; a correction that the model does not
        support; a model that samples itself; a label that it does not accept; a weight `w` that it would drop.

    Examples
    --------
    >>> import random
    >>> from river import naive_bayes
    >>> from streamimb import ensemble
    >>> rng = random.Random(1)
    >>> model = ensemble.OOBClassifier(naive_bayes.GaussianNB(), n_models=3, seed=1)
    >>> for _ in range(2_000):
    ...     y = rng.random() < 0.05
    ...     model.learn_one({"a": rng.gauss(2.0 * y, 1)}, y)
    >>> round(model.kept_share)
    2

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
        return ClassBalance("over", self.memory)
