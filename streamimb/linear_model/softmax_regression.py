"""Logistic regression of any number of classes that needs no scaler, no encoder and no learning rate.

This module has the parameters; the kernels have the arithmetic. The effect of sampling arrives as an offset for each
class.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from streamimb.linear_model.options import checked_hash_bits, checked_hash_seed, checked_rates
from streamimb.linear_model.softmax_learner import SoftmaxLearner
from streamimb.losses.options import checked_loss
from streamimb.protocols import Loss
from streamimb.stats import ClassPrior
from streamimb.stats.class_prior import begin_prior


class SoftmaxRegression(SoftmaxLearner):
    r"""Softmax regression on raw features, anchored on live class priors, several learning rates mixed.

    $$p_k(x) = \sum_r v_r\,\frac{m_k \exp g_{rk}(x)}{\sum_l m_l \exp g_{rl}(x)}, \qquad
    g_{rk}(x) = b_{rk} + \sum_j w_{rkj} z_j$$

    Features are read as by `LogisticRegression`: numbers are standardised and softly clipped, strings hashed, missing
    numbers have indicators. With the error $e_{rk} = 1[k = y] - p_{rk}$, per class and coordinate $G_{kj}$ sums the
    mean of $e_{rk}^2 z_j^2$ over the rates r, and a step is $\alpha_r e_{rk} z_j / (0.1 + \sqrt{G_{kj}})$; the mixture
    $v$ follows the rate that predicts best (fixed share $10^{-4}$). An example of weight $w$ is an explicit step up to
    weight 1 and the limit of small repeated steps for the rest, followed numerically. A new class may come at any time:
    its weights start at 0 and its prior counts from then on. Until a label other than True and False comes, the classes
    are these two.

    **Cost**: one reading of the dict, O(features of the event x classes) time. For R rates and K classes
    (R + 1) K floats for each number, gap and learned string, and from the first string on 4 bytes for each of the
    $2^{bits}$ slots.

    Parameters
    ----------
    learning_rates
        Step sizes $\alpha_r$ above 0, at most $10^6$, any number of them.
    hash_bits
        Strings are hashed to 2^hash_bits slots, 1 to 28.
    hash_seed
        Changes the slots of strings, 0 or more; equal seeds give equal slots in every process.
    prior
        P(True) to start from, in (0, 1), where the classes are True and False. Or a `stats.ClassPrior` whose
        parameters are taken, not what it has counted.
    loss
        The loss that replaces cross-entropy: one of `streamimb.losses`. Probabilities stay probabilities,
        unless the loss needs a calibrator; `scores_one` has the score of the loss as `raw`. None: the
        cross-entropy.

    Raises
    ------
    ValueError
        For a parameter out of range; for `w` negative or not finite; for a label that is neither str, int nor bool,
        and for one that would be class 1,001.
    TypeError
        For a feature that is neither number, string, bool nor None; nothing is learned of that event.

    Examples
    --------
    >>> from streamimb import linear_model
    >>> model = linear_model.SoftmaxRegression()
    >>> for i in range(1000):
    ...     model.learn_one({"size": float(i % 50)}, "small" if i % 50 < 20 else "mid" if i % 50 < 45 else "large")
    >>> p = model.predict_proba_one({"size": 48.0})
    >>> round(p["large"], 2), round(sum(p.values()), 9)
    (0.76, 1.0)

    References
    ----------
    Duchi, Hazan, Singer (2011), Adaptive subgradient methods, JMLR 12; Herbster, Warmuth (1998), Tracking
    the best expert, doi:10.1023/A:1007424614876; offsets after Menon et al. (2021), Long-tail learning via logit
    adjustment, arXiv:2007.07314. One G for several rates is ours.
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
        self.loss = checked_loss(loss)
        super().__init__(begin_prior(prior), self.learning_rates, self.hash_bits, self.hash_seed, loss)

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {}
        yield {"learning_rates": (0.2,)}
