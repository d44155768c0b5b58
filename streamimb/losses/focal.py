"""The focal loss, which gives events with a sure answer less weight."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.focal_loss import FocalLoss
from streamimb.losses.parametric import Parametric
from streamimb.parameters import number


class Focal(FocalLoss, Parametric):
    r"""Cross-entropy with the factor $(1 - q_y)^\gamma$, small where the score of the label is high.

    $$\ell(u, y) = -(1 - q_y)^\gamma \log q_y, \qquad q = \operatorname{softmax}(u)$$

    **Probability.** A known transform: the loss is smallest on average at scores for which
    $p_k \propto q_k / c(q_k)$, $c(q) = (1-q)^\gamma - \gamma q (1-q)^{\gamma-1} \log q$. So q is no probability: it is
    too close to 1/2, or 1/K. The learner keeps log-odds of p, and finds the q of an event that it learns by Newton's
    method.

    **Cost**: O(classes) for each of about six Newton steps, at each learning rate and learned event; nothing when an
    event is scored.

    Parameters
    ----------
    gamma
        $\gamma$, 0 to 5; 0 is the cross-entropy.

    Raises
    ------
    ValueError
        For a parameter out of range.

    Examples
    --------
    >>> from streamimb import losses
    >>> loss = losses.Focal(gamma=2.0)
    >>> p = {False: 0.99, True: 0.01}
    >>> u = loss.scores_one(p, {False: 99, True: 1})
    >>> round(u[True] - u[False], 2)
    -1.71
    >>> round(loss.probabilities_one(u, {False: 99, True: 1})[True], 6)
    0.01

    References
    ----------
    Lin et al. (2017), Focal loss for dense object detection, arXiv:1708.02002; the transform after Charoenphakdee et
    al. (2021), On focal loss for class-posterior probability estimation, arXiv:2011.09172.
    """

    def __init__(self, gamma: float = 2.0) -> None:
        self.gamma = number("gamma", gamma, lambda power: 0.0 <= power <= 5.0, "a number from 0 to 5")
        FocalLoss.__init__(self, float(gamma))

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {}
