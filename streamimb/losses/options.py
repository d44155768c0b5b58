"""The check of the loss that a learner is given."""

from __future__ import annotations

from typing import Any

from streamimb.parameters import checked_half_life, refuse
from streamimb.protocols import Loss


def checked_binary_loss(loss: Any) -> Any:
    """Return the loss of a learner of two classes, or None; raise ValueError also for one that needs a calibrator."""
    if checked_loss(loss) is not None and loss.needs_calibrator:
        others = "a loss that needs no calibrator, such as losses.Focal(), for two classes"
        refuse("loss", loss, f"{others}; for more, linear_model.SoftmaxRegression takes this one")
    return loss


def checked_loss(loss: Any) -> Any:
    """Return the loss of a learner, or None; raise ValueError for anything else."""
    if loss is None:
        return None
    if isinstance(loss, type) or not isinstance(loss, Loss):
        expected = (
            "losses.Focal() or another object with the methods of protocols.Loss; None is the cross-entropy"
        )
        refuse("loss", loss, expected)
    checked_half_life(getattr(loss, "half_life", 1.0))  # a loss whose counts do not fade has none
    return loss
