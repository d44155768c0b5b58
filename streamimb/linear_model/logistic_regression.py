"""The linear learner: logistic regression that needs no scaler, no encoder and no learning rate.

The effect of sampling arrives as an offset.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from streamimb.linear_model.logistic_learner import LogisticLearner
from streamimb.linear_model.options import checked_hash_bits, checked_hash_seed, checked_rates
from streamimb.losses.options import checked_binary_loss
from streamimb.protocols import Loss
from streamimb.stats import ClassPrior
from streamimb.stats.class_prior import begin_prior


class LogisticRegression(LogisticLearner):
    r"""Logistic regression on raw features, anchored on a live class prior, several learning rates mixed.

    $$p(x) = \sum_k v_k\,\sigma(g_k(x) + \operatorname{logit} m), \qquad
    g_k(x) = b_k + \sum_j w_{kj} z_j$$

    Numbers (bools are numbers) are standardised with the running moments of all labelled events (in which a value
    of a new size counts as at most $\sqrt{9 + n}$ standard deviations) and clipped softly at 3: beyond it $z$
    becomes $3(1 + \ln|z|/3)$. Strings are hashed (FNV-1a) to one of $2^{bits}$ slots of value 1. A missing number
    (absent, None, NaN, or beyond $10^{15}$) is 0, plus an indicator of its own where it is present in at least half
    of the recent events (counts halve every 1,000). Per coordinate $G_j$ sums squared gradients, one for all rates,
    and a step is $\alpha_k/(0.1 + \sqrt{G_j})$; the mixture $v$ follows the rate that was right when the event was
    served (two mixtures, with powers 1/16 and 1 of its probabilities, are mixed; fixed share $10^{-4}$). An example of
    weight $w$ is an explicit step up to weight 1 and the exact limit of small repeated steps for the rest, so that
    $w$ means $w$ repeats.

    **Cost**: one reading of the dict, O(features of the event + numbers that are mostly present) time. 13 floats per
    number for three rates, and from the first string on 4 floats for each of the $2^{bits}$ slots (8 MiB at 18
    bits).

    Parameters
    ----------
    learning_rates
        Step sizes $\alpha_k$ above 0, at most $10^6$, any number of them.
    hash_bits
        Strings are hashed to 2^hash_bits slots, 1 to 28.
    hash_seed
        Changes the slots of strings, 0 or more; equal seeds give equal slots in every process.
    prior
        P(True) to start from, in (0, 1): served until the first negative came; then it counts as one label. Or a
        `stats.ClassPrior` whose parameters are taken, not what it has counted.
    loss
        The loss that replaces cross-entropy: one of `streamimb.losses`. P(True) stays a probability, and
        `scores_one` has the score of the loss as `raw`. None: the cross-entropy.

    Raises
    ------
    ValueError
        For a parameter out of range; for `w` negative or not finite; for a label that is not True, False,
        1 or 0.
    TypeError
        For a feature that is neither number, string, bool nor None; nothing is learned of that event.

    Examples
    --------
    >>> from streamimb import linear_model
    >>> model = linear_model.LogisticRegression()
    >>> for i in range(1000):
    ...     model.learn_one({"amount": float(i % 50), "country": "NO" if i % 3 else "SE"}, i % 50 > 45)
    >>> round(model.predict_proba_one({"amount": 49.0, "country": "NO"})[True], 2)
    0.7

    References
    ----------
    Duchi, Hazan, Singer (2011), Adaptive subgradient methods, JMLR 12; Herbster, Warmuth (1998), Tracking
    the best expert, doi:10.1023/A:1007424614876; weights after Karampatziakis, Langford (2011),
    Online importance weight aware updates, arXiv:1011.1576, here with the exact change of $G$ along the path.
    """

    _parameters: ClassVar = ("learning_rates", "hash_bits", "hash_seed", "prior", "loss")
    _additive: ClassVar = False

    def __init__(
        self,
        learning_rates: tuple[float, ...] = (0.05, 0.2, 0.8),
        hash_bits: int = 18,
        hash_seed: int = 0,
        prior: float | ClassPrior = 0.05,
        loss: Loss | None = None,
    ) -> None:
        self.learning_rates = checked_rates(learning_rates)
        self.hash_bits, self.hash_seed = checked_hash_bits(hash_bits), checked_hash_seed(hash_seed)
        self.prior = prior
        self.loss = checked_binary_loss(loss)
        super().__init__(begin_prior(prior), self.learning_rates, self.hash_bits, self.hash_seed, 0, loss)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {}
        yield {"learning_rates": (0.2,)}
