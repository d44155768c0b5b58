"""The vector-scaling loss: a factor and a term for the score of each class, by its count."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.loss import fade_of
from streamimb._kernels.vs_loss import VSLoss
from streamimb.losses.parametric import Parametric
from streamimb.parameters import checked_half_life, number


class VS(VSLoss, Parametric):
    r"""Vector-scaling loss: cross-entropy after a factor and a term for each class, which depend on its count.

    $$\ell(u, y) = -\log q_y, \qquad q = \operatorname{softmax}(\Delta \odot u + \tau \log n), \qquad
    \Delta_k = (n_k / n_{max})^\gamma$$

    where $n_k$ counts the labels of class k, at least 1, and halves in `half_life` labels. $\gamma = 0$ is
    `LogitAdjusted`; $\tau = 0$ are class-dependent temperatures (CDT); both 0: the cross-entropy. The margin of `LDAM`
    depends on which class is the label, so no parameters of VS give it.

    **Probability.** A known transform: $p = q$. Of the scores that mean p, `scores_one` returns those with
    $\sum_k u_k / \Delta_k = 0$, which holds along the gradient from 0 on. The learner keeps log-odds of p, and at them
    a factor is a step size: the probabilities are nearly those of the cross-entropy, and what changes is the score
    that is served as `raw`.

    **Cost**: O(classes) for each learning rate and learned event.

    Parameters
    ----------
    tau
        $\tau$, 0 to 5, of the term.
    gamma
        $\gamma$, 0 to 1, of the factor.
    half_life
        Of the counts of the classes, in labelled events, a finite number above 0.

    Raises
    ------
    ValueError
        For a parameter out of range.

    Examples
    --------
    >>> from streamimb import losses
    >>> loss, counts = losses.VS(tau=1.0, gamma=0.15), {"a": 990, "b": 10}
    >>> u = loss.scores_one({"a": 0.9, "b": 0.1}, counts)
    >>> round(u["b"] - u["a"], 2)
    2.88
    >>> round(loss.probabilities_one(u, counts)["b"], 6)
    0.1

    References
    ----------
    Kini et al. (2021), Label-imbalanced and group-sensitive classification under overparameterization,
    arXiv:2103.01550; Ye et al. (2020), Identifying and compensating for feature deviation in imbalanced deep learning,
    arXiv:2001.01385.
    """

    def __init__(self, tau: float = 1.0, gamma: float = 0.15, half_life: float = 20_000.0) -> None:
        self.tau = number("tau", tau, lambda power: 0.0 <= power <= 5.0, "a number from 0 to 5")
        self.gamma = number("gamma", gamma, lambda power: 0.0 <= power <= 1.0, "a number from 0 to 1")
        self.half_life = checked_half_life(half_life)
        VSLoss.__init__(self, float(tau), float(gamma), fade_of(half_life))

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {}
