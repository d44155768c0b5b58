"""Cross-entropy with weights of classes by their effective number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.class_balanced_loss import ClassBalancedLoss
from streamimb._kernels.loss import fade_of
from streamimb.losses.parametric import Parametric
from streamimb.parameters import checked_half_life, number


class ClassBalanced(ClassBalancedLoss, Parametric):
    r"""Cross-entropy with a weight for each class from its running count.

    $$\ell(u, y) = -w_y \log q_y, \qquad q = \operatorname{softmax}(u), \quad
    w_k \propto \frac{1 - \beta}{1 - \beta^{n_k}}, \quad \sum_k w_k = K$$

    where $n_k$ counts the labels of class k, at least 1, and halves in `half_life` labels. At $\beta = 0$ all weights
    are 1, as $\beta \to 1$ they approach inverse frequencies.

    **Probability.** A shift: $p_k \propto q_k / w_k$. `sampling.ClassWeights` does the same to any learner, before it
    learns; use one of the two.

    **Cost**: O(classes) for each learning rate and learned event.

    Parameters
    ----------
    beta
        $\beta$ in [0, 1 - 1e-9]: events beyond $1/(1 - \beta)$ add nothing to the size of a class.
    half_life
        Of the counts of the classes, in labelled events, a finite number above 0.

    Raises
    ------
    ValueError
        For a parameter out of range.

    Examples
    --------
    >>> from streamimb import losses
    >>> loss = losses.ClassBalanced(beta=0.999)
    >>> u = loss.scores_one({False: 0.9, True: 0.1}, {False: 9_000, True: 1_000})
    >>> round(u[True] - u[False], 2)  # of -2.20 by the probabilities
    -1.74

    References
    ----------
    Cui et al. (2019), Class-balanced loss based on effective number of samples, arXiv:1901.05555.
    """

    def __init__(self, beta: float = 0.9999, half_life: float = 20_000.0) -> None:
        self.beta = number("beta", beta, lambda part: 0.0 <= part <= 1.0 - 1e-9, "a number in [0, 1 - 1e-9]")
        self.half_life = checked_half_life(half_life)
        ClassBalancedLoss.__init__(self, float(beta), fade_of(half_life))

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {}
