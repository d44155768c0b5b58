"""The seesaw loss, which spares rare classes the pull of labels of common ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streamimb._kernels.loss import fade_of
from streamimb._kernels.seesaw_loss import SeesawLoss
from streamimb.losses.parametric import Parametric
from streamimb.parameters import checked_half_life, number


class Seesaw(SeesawLoss, Parametric):
    r"""Cross-entropy whose pull on a class is less where the label is commoner, and more where the class outscores it.

    $$\ell(u, y) = -\log \frac{e^{u_y}}{\sum_k S_{yk} e^{u_k}}, \qquad
    S_{yk} = \min\left(1, \frac{n_k}{n_y}\right)^a \max\left(1, \frac{q_k}{q_y}\right)^b$$

    with $q = \operatorname{softmax}(u)$, of which a value below .01 counts as .01. The gradient takes S as constant.
    $n_k$ counts the labels of class k, at least 1, and halves in `half_life` labels.

    **Probability.** It needs the calibrator: what the learner gives is q, which is too high for rare classes. Use
    `CalibratedClassifier` around it, with `calibration.VectorScaling` or a calibrator for each class.

    **Cost**: O(classes) for each learning rate and learned event.

    Parameters
    ----------
    mitigation
        a, 0 to 5.
    compensation
        b, 0 to 5; with both 0 it is the cross-entropy.
    half_life
        Of the counts of the classes, in labelled events, a finite number above 0.

    Raises
    ------
    ValueError
        For a parameter out of range. A learner of two classes refuses the loss: take `linear_model.SoftmaxRegression`.

    Examples
    --------
    >>> from streamimb import losses
    >>> loss, counts = losses.Seesaw(), {"a": 1_000, "b": 10}
    >>> gradient = loss.gradient_one({"a": 0.0, "b": 0.0}, "a", counts)
    >>> round(gradient["b"], 3)  # of .5 by the cross-entropy
    0.025

    References
    ----------
    Wang et al. (2021), Seesaw loss for long-tailed instance segmentation, arXiv:2008.10032.
    """

    def __init__(
        self, mitigation: float = 0.8, compensation: float = 2.0, half_life: float = 20_000.0
    ) -> None:
        expected = "a number from 0 to 5"
        self.mitigation = number("mitigation", mitigation, lambda power: 0.0 <= power <= 5.0, expected)
        self.compensation = number("compensation", compensation, lambda power: 0.0 <= power <= 5.0, expected)
        self.half_life = checked_half_life(half_life)
        SeesawLoss.__init__(self, float(mitigation), float(compensation), fade_of(half_life))

    @classmethod
    def _unit_test_params(cls) -> Iterator[dict[str, Any]]:
        yield {}
