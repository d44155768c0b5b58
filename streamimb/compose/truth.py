"""Labels as the lanes see them: True and False are told from every other label in one place."""

from typing import Any

from streamimb._kernels.lane import Lane
from streamimb.compose.capabilities import last_step, takes_offset
from streamimb.correction.answer import TWO
from streamimb.protocols import Proba


def canonical(y: Any) -> Any:
    """True and False for bools, numpy's bools, 1 and 0; every other label as it is."""
    if y is True or y is False:
        return y
    if y is None or y != y:
        raise ValueError("y: None and NaN are no labels")
    return bool(y) if y in (0, 1) else y


def other_classes(p: Proba) -> bool:
    """Whether probabilities are of classes beside True and False."""
    return not p.keys() <= TWO


def says_two_classes(model: Any) -> bool:
    """Whether it can say nothing but False and True. Any other may have met other labels before it was given."""
    step = last_step(model)
    return takes_offset(step) or (isinstance(step, Lane) and not step.left)
