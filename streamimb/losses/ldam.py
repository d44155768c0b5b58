"""Label-distribution-aware margins: a larger margin for a rarer class."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.loss import fade_of
from streamimb._kernels.margin_loss import MarginLoss
from streamimb.losses.parametric import Parametric
from streamimb.parameters import checked_half_life, number


class LDAM(MarginLoss, Parametric):
    r"""Cross-entropy after a margin is taken off the score of the label, larger for rarer classes.

    $$\ell(u, y) = -\log \frac{e^{u_y - d_y}}{e^{u_y - d_y} + \sum_{k \ne y} e^{u_k}}, \qquad
    d_k = d_{max}\, (n_{min} / n_k)^{1/4}$$

    where $n_k$ counts the labels of class k, at least 1, and halves in `half_life` labels.

    **Probability.** A known transform: with $q = \operatorname{softmax}(u)$,
    $p_k \propto q_k (1 - (1 - e^{-d_k}) q_k)$. The published loss multiplies scores by 30, on unit vectors; a linear
    model of a stream has neither, and the margin moves its scores little.

    **Cost**: O(classes) for each of about five Newton steps, at each learning rate and learned event; nothing when an
    event is scored.

    Parameters
    ----------
    margin
        $d_{max}$, the margin of the rarest class, 0 to .69; 0 is the cross-entropy. At ln 2 = .693 two different
        scores of more than two classes can mean the same probabilities.
    half_life
        Of the counts of the classes, in labelled events, a finite number above 0.

    Raises
    ------
    ValueError
        For a parameter out of range.

    Examples
    --------
    >>> from streamimb import losses
    >>> loss, counts = losses.LDAM(margin=0.5), {False: 10_000, True: 1}
    >>> u = loss.scores_one({False: 0.5, True: 0.5}, counts)
    >>> round(u[True] - u[False], 2)
    0.23
    >>> round(loss.probabilities_one(u, counts)[True], 6)
    0.5

    References
    ----------
    Cao et al. (2019), Learning imbalanced datasets with label-distribution-aware margin loss, arXiv:1906.07413. The
    transform is ours.
    """

    def __init__(self, margin: float = 0.5, half_life: float = 20_000.0) -> None:
        self.margin = number("margin", margin, lambda m: 0.0 <= m <= 0.69, "a number from 0 to 0.69")
        self.half_life = checked_half_life(half_life)
        MarginLoss.__init__(self, float(margin), fade_of(half_life))

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {}
