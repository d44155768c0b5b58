# cython: language_level=3
"""What a metric takes of one event, validated: the class, P(True), the weight, and a field of its features."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral
from typing import Any

import cython

from streamimb._kernels.answer import BOOLS, true_of

if not cython.compiled:  # this branch first: type checkers do not resolve cimports
    from streamimb._kernels.event_weight import checked_weight
else:
    from cython.cimports.streamimb._kernels.event_weight import checked_weight


def observation(y_true: Any, y_pred: Any, w: Any) -> tuple[bool, float, float]:
    """Return the class as a bool, P(True) as a float, and the weight.

    A mapping is of the probabilities of both classes, as `predict_proba_one` returns it; P(True) is 0 where it is
    empty or has only False.

    **Cost**: O(1).

    Raises
    ------
    ValueError
        `y_true` is neither True nor False (1 and 0 are these), P(True) is no number in [0, 1], a mapping names other
        classes than True and False, or w is no weight.

    Examples
    --------
    >>> observation(True, {False: 0.75, True: 0.25}, 1)
    (True, 0.25, 1.0)
    """
    said: cython.double
    if type(y_pred) is float and type(w) is float and (y_true is True or y_true is False):
        said = y_pred
        if 0.0 <= said <= 1.0:
            return y_true, y_pred, checked_weight(w)  # the usual case needs no further check
    if not ((isinstance(y_true, Integral) or type(y_true).__name__ in BOOLS) and y_true in (0, 1)):
        raise ValueError(f"y_true is {type(y_true).__name__}: expected True or False, or 1 or 0")
    return bool(y_true), probability_of(y_pred), weight_of(w)


def probability_of(said: Any, name: str = "y_pred") -> float:
    """Return P(True) as a float: of a number in [0, 1], or of a mapping from both classes to their probabilities.

    `name` is that of the argument, for messages.

    **Cost**: O(1).

    Raises
    ------
    ValueError
        As `observation`.

    Examples
    --------
    >>> probability_of({False: 0.75, True: 0.25}), probability_of(0)
    (0.25, 0.0)
    """
    p = true_of(said) if isinstance(said, Mapping) else said
    try:
        fits = bool(0.0 <= p <= 1.0)
    except TypeError:
        fits = False
    if not fits:
        raise ValueError(
            f"{name}: expected P(True), a number in [0, 1], or the probabilities of both classes"
        )
    return float(p)


def weight_of(w: Any) -> float:
    """Return a weight as a float, at most 1e15; raises ValueError for what is none, as `observation`.

    **Cost**: O(1).

    Examples
    --------
    >>> weight_of(2)
    2.0
    """
    try:
        return checked_weight(w)
    except (TypeError, OverflowError):
        raise ValueError(f"w is {type(w).__name__}: a weight is a finite number of at least 0") from None


def field_of(field: Any, x: Any) -> Any:
    """Return the value of a field of x, or what a function of x returns.

    **Cost**: O(1), and that of the function.

    Raises
    ------
    ValueError
        x is None or no mapping, or has no such field.

    Examples
    --------
    >>> field_of("user", {"user": "u7"}), field_of(lambda x: x["user"][0], {"user": "u7"})
    ('u7', 'u')
    """
    if x is None:
        raise ValueError(
            "x: this metric needs the features of the event: update(y_true, y_pred, w, x); in a loop of River's put "
            "WithFeatures around the model"
        )
    if type(field) is not str and callable(field):
        return field(x)
    if type(x) is not dict and not isinstance(x, Mapping):
        raise ValueError(f"x is {type(x).__name__}: expected the features of the event by name")
    if field not in x:
        raise ValueError(f"x has no field {field!r}")
    return x[field]
