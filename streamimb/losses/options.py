"""The factor of a count at each label, and the check of the loss that a learner is given."""

from __future__ import annotations

from typing import Any

from streamimb._kernels.loss import Loss
from streamimb.parameters import refuse


def fade_of(half_life: float) -> float:
    """Return what a count is multiplied by at each label, for a half-life that was checked."""
    return float(0.5 ** (1.0 / half_life))


def checked_binary_loss(loss: Any) -> Any:
    """Return the loss of a learner of two classes, or None; raise ValueError also for one that needs a calibrator."""
    if checked_loss(loss) is not None and loss.needs_calibrator:
        others = "a loss that needs no calibrator, such as losses.Focal(), for two classes"
        refuse("loss", loss, f"{others}; for more, linear_model.SoftmaxRegression takes this one")
    return loss


def checked_loss(loss: Any) -> Any:
    """Return the loss of a learner, or None; raise ValueError for anything else."""
    if loss is not None and not isinstance(loss, Loss):
        refuse("loss", loss, "a loss of streamimb.losses, e.g. losses.Focal(), or None for the cross-entropy")
    return loss
