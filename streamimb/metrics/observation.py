"""Validation of the class, P(True) and the weight."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from streamimb._kernels.answer import true_of
from streamimb._kernels.event_weight import checked_weight
from streamimb.protocols import Proba


def observation(y_true: Any, y_pred: float | Proba, w: float) -> tuple[bool, float, float]:
    """Return the class as a bool, P(True) as a float, and the weight.

    A mapping is of the probabilities of both classes, as `predict_proba_one` returns it; P(True) is 0 where it is
    empty or has only False.

    **Cost**: O(1).

    Raises
    ------
    ValueError
        `y_true` is neither True nor False (1 and 0 are these), P(True) is not in [0, 1], a mapping names other classes
        than True and False, or w is no weight.

    Examples
    --------
    >>> observation(True, {False: 0.75, True: 0.25}, 1)
    (True, 0.25, 1.0)
    """
    if type(y_pred) is float and type(y_true) is bool and type(w) is float and 0.0 <= y_pred <= 1.0:
        return y_true, y_pred, w if w == 1.0 else checked_weight(w)  # the usual case needs no further check
    if not (isinstance(y_true, int | np.bool_ | np.integer) and y_true in (0, 1)):
        raise ValueError(f"y_true is {type(y_true).__name__}: expected True or False, or 1 or 0")
    p = true_of(y_pred) if isinstance(y_pred, Mapping) else y_pred
    if not 0.0 <= p <= 1.0:
        raise ValueError("y_pred: expected P(True), a number in [0, 1], or the probabilities of both classes")
    return bool(y_true), float(p), checked_weight(w)
