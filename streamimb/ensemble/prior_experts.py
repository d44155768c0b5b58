"""Experts for different class priors, of which the stream tells the best: `PriorExpertsClassifier`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from river import base

from streamimb.ensemble.ensemble import Ensemble
from streamimb.ensemble.fixed_share import FixedShare
from streamimb.parameters import number, numbers
from streamimb.protocols import Sampler
from streamimb.sampling import ClassBalance, UnderSampler


class PriorExpertsClassifier(Ensemble):
    r"""Experts that assume different class priors, mixed by how well each was right of late.

    The live class prior m needs some hundred labels to follow a change of the classes' shares. Expert j assumes that
    class k is as frequent as $m_k^{1 - \tau_j}$: $\tau = 0$ the prior as it is, 1 all classes alike, 2 the rare ones as
    frequent as the common ones were. It says $e_{jk} \propto q_{jk} m_k^{-\tau_j}$, with $q_j$ the corrected
    probabilities of a member that learned every event (where $\tau_j$ is 0) or all classes at one mass. The answer is
    $\sum_j w_j e_j$, and the weights follow the labels by fixed share, $w_j \leftarrow (1 - \alpha)
    \frac{w_j e_j(y)}{\sum_i w_i e_i(y)} + \frac{\alpha}{J}$: where the best expert changes S times in n events, the log
    loss is at most that of these experts, and $(S + 1) \log J + S \log \frac1\alpha - n \log(1 - \alpha)$. Any number
    of classes. Until five labels of each of two classes have come, the expert with $\tau$ nearest to 0 answers alone.

    **Cost**: for each expert that of a member of `UOBClassifier`.

    Parameters
    ----------
    model
        Any River classifier or pipeline that gives probabilities; the experts are untrained clones of it, each with a
        `seed` of its own where it has that parameter. None: `linear_model.LogisticRegression()`.
    taus
        One for each expert, numbers in [-2, 3].
    switch
        $\alpha$, in [0, .1]. A large one follows faster and leaves more weight with experts that are wrong: .0001
        makes mean p about 1 % too high where 1 % are positive, .001 about 6 %.
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
    >>> from streamimb import ensemble
    >>> rng = random.Random(1)
    >>> model = ensemble.PriorExpertsClassifier(seed=1)
    >>> for i in range(3_050):
    ...     y = rng.random() < (0.02 if i < 3_000 else 0.6)  # the rare class is common from event 3,000 on
    ...     model.learn_one({"a": rng.gauss(2.0 * y, 1)}, y)
    >>> [round(weight, 2) for weight in model.weights]
    [0.0, 1.0, 0.0]

    References
    ----------
    Herbster, M. and Warmuth, M. K. (1998). Tracking the Best Expert. https://doi.org/10.1023/A:1007424614876. Zhang et
    al. (2022), Self-Supervised Aggregation of Diverse Experts for Test-Agnostic Long-Tailed Recognition,
    arXiv:2107.09249: experts for the prior as it is, a uniform and an inverse one. Weights by labels, as they come, are
    ours.
    """

    def __init__(
        self,
        model: base.Classifier | None = None,
        taus: tuple[float, ...] = (0.0, 1.0, 2.0),
        switch: float = 1e-4,
        correction: str = "auto",
        prior: float = 0.05,
        seed: int | None = None,
    ) -> None:
        self.taus = numbers("taus", taus, lambda tau: -2.0 <= tau <= 3.0, "a tuple of numbers in [-2, 3]")
        self.switch = number("switch", switch, lambda alpha: 0.0 <= alpha <= 0.1, "a number in [0, 0.1]")
        start = number("prior", prior, lambda p: 0.0 < p < 1.0, "a probability above 0 and below 1")
        self._share = FixedShare(self.taus, self.switch, start)
        self._assemble(model, len(self.taus), correction, prior, seed, self._share)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {"taus": (0.0, 1.0), "seed": 1}

    def _sampler(self, i: int) -> Sampler:
        return ClassBalance("under") if self.taus[i] else UnderSampler(keep_rate=1.0)

    @property
    def weights(self) -> list[float]:
        """The weight of each expert."""
        return list(self._share.weights)
