"""Cross-entropy of scores from which the prior of the classes was taken out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.loss import fade_of
from streamimb._kernels.vs_loss import VSLoss
from streamimb.losses.parametric import Parametric
from streamimb.parameters import checked_half_life, number


class LogitAdjusted(VSLoss, Parametric):
    r"""Cross-entropy of the scores plus $\tau$ times the log of the share of each class; $\tau = 1$: balanced softmax.

    $$\ell(u, y) = -\log q_y, \qquad q = \operatorname{softmax}(u + \tau \log n)$$

    where $n_k$ counts the labels of class k, at least 1, and halves in `half_life` labels.

    **Probability.** A shift: $p = q$. The highest score $u_k$ is the decision that has the highest recall averaged over
    the classes ($\tau = 1$). A learner of streamimb is anchored on the log of the prior already, so it learns the same
    with this loss as with the cross-entropy; what changes is the score that is served as `raw`.

    **Cost**: O(classes) for each learning rate and learned event.

    Parameters
    ----------
    tau
        $\tau$, 0 to 5; 0 is the cross-entropy.
    half_life
        Of the counts of the classes, in labelled events, a finite number above 0.

    Raises
    ------
    ValueError
        For a parameter out of range.

    Examples
    --------
    >>> from streamimb import losses
    >>> loss = losses.LogitAdjusted()
    >>> u = loss.scores_one({"a": 0.9, "b": 0.1}, {"a": 990, "b": 10})
    >>> max(u, key=u.get)
    'b'
    >>> round(loss.probabilities_one(u, {"a": 990, "b": 10})["b"], 6)
    0.1

    References
    ----------
    Menon et al. (2021), Long-tail learning via logit adjustment, arXiv:2007.07314; Ren et al. (2020), Balanced
    meta-softmax, arXiv:2007.10740.
    """

    def __init__(self, tau: float = 1.0, half_life: float = 20_000.0) -> None:
        self.tau = number("tau", tau, lambda power: 0.0 <= power <= 5.0, "a number from 0 to 5")
        self.half_life = checked_half_life(half_life)
        VSLoss.__init__(self, float(tau), 0.0, fade_of(half_life))

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {}
