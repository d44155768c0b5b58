"""The focal loss with a power for each class that follows the gradients that the class received."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.equalized_focal_loss import EqualizedFocalLoss
from streamimb._kernels.loss import fade_of
from streamimb.losses.parametric import Parametric
from streamimb.parameters import checked_half_life, number


class EqualizedFocal(EqualizedFocalLoss, Parametric):
    r"""Focal loss whose power and weight are larger for a class whose score was mostly pushed down.

    $$\ell(u, y) = -\frac{\gamma_y}{\gamma} (1 - q_y)^{\gamma_y} \log q_y, \qquad q = \operatorname{softmax}(u), \qquad
    \gamma_k = \gamma + s (1 - g_k), \qquad g_k = \min(1, G^+_k / G^-_k)$$

    where $G^+_k$ sums the size of the gradient by the score of class k over learned events of class k, $G^-_k$ that
    over events of other classes; a sum below 1 counts as 1, and both halve in `half_life` labels. The published loss
    has a sigmoid for each class, this one the softmax of `Focal`. `counts` in its methods are the $g_k$.

    **Probability.** A known transform, that of `Focal` with a power and a weight for each class:
    $p_k \propto q_k / (\gamma_k c_k(q_k))$. At scores that mean the right probabilities the gradients of a class sum
    to 0, so $G^+_k = G^-_k$: with a learner whose probabilities are right, all $g_k$ come near 1, and the loss
    becomes `Focal`.

    **Cost**: that of `Focal`, and O(classes) for each learning rate and learned event.

    Parameters
    ----------
    gamma
        $\gamma$ in [0.01, 5], of a class that is in balance.
    scale
        s, 0 to 8; 0 is `Focal`.
    half_life
        Of the sums of gradients, in labelled events, a finite number above 0.

    Raises
    ------
    ValueError
        For a parameter out of range.

    Examples
    --------
    >>> from streamimb import losses
    >>> loss, ratios = losses.EqualizedFocal(), {"a": 1.0, "b": 0.5}
    >>> u = loss.scores_one({"a": 0.9, "b": 0.1}, ratios)
    >>> round(u["b"] - u["a"], 2)  # of -2.20 by the probabilities
    -0.73
    >>> round(loss.probabilities_one(u, ratios)["b"], 6)
    0.1

    References
    ----------
    Li, B. et al. (2022), Equalized focal loss for dense long-tailed object detection, arXiv:2201.02593. The transform
    is ours.
    """

    def __init__(self, gamma: float = 2.0, scale: float = 8.0, half_life: float = 20_000.0) -> None:
        self.gamma = number("gamma", gamma, lambda power: 0.01 <= power <= 5.0, "a number from 0.01 to 5")
        self.scale = number("scale", scale, lambda factor: 0.0 <= factor <= 8.0, "a number from 0 to 8")
        self.half_life = checked_half_life(half_life)
        EqualizedFocalLoss.__init__(self, float(gamma), float(scale), fade_of(half_life))

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {}
