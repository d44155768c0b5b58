# cython: language_level=3
"""The check of a memo: finite floats, where a part gives one and where a caller passes one back."""

from __future__ import annotations

from math import isfinite
from typing import Any

import cython

SIZE = (
    "memo: {} floats where this model gives {}; leave it out where the model or the event has changed since it "
    "scored, such as by a new field"
)
KIND = "memo: expected the tuple of finite floats that scores_one returned, or None"
RANGE = "memo: a probability in it is outside [0, 1]; give the memo that scores_one returned for this event, or None"

EVENT = "memo: that of an event with another number of strings; leave it out, or give that of this event"
BEYOND = "memo: a number in it is outside [{:g}, {:g}]; give the memo that scores_one returned for this event, or None"


def memo_of(given: Any, size: int) -> tuple[float, ...]:
    """Return the memo of a part as a tuple of finite floats.

    Raises
    ------
    ValueError
        Its length is not the declared one, or it holds something else.

    Examples
    --------
    >>> memo_of([1, 0.5], 2)
    (1.0, 0.5)
    >>> memo_of([0.5], 2)
    Traceback (most recent call last):
    ValueError: memo_one gave 1 floats: memo_size is 2
    """
    try:
        memo = tuple(float(part) for part in given)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"memo_one gave {type(given).__name__}: expected {size} finite floats") from error
    if len(memo) != size:
        raise ValueError(f"memo_one gave {len(memo)} floats: memo_size is {size}")
    if not all(isfinite(part) for part in memo):
        raise ValueError(f"memo_one gave NaN or an infinite number: expected {size} finite floats")
    return memo


def memo_from(memo: Any) -> tuple[float, ...]:
    """Return a memo that a caller passes back as a tuple of its own: a list, as JSON makes it, may change later.

    Raises
    ------
    ValueError
        Saying what a memo is.

    Examples
    --------
    >>> memo_from([0.5, 1.0])
    (0.5, 1.0)
    >>> memo_from((0.5, "a"))
    Traceback (most recent call last):
    ValueError: memo: expected the tuple of finite floats that scores_one returned, or None
    """
    if type(memo) is not tuple and type(memo) is not list:
        raise ValueError(KIND)
    own = tuple(memo)
    if not all(type(part) is float and isfinite(part) for part in own):
        raise ValueError(KIND)
    return own


def refuse_size(memo: Any, size: int) -> None:
    """Refuse a memo that has not so many floats.

    Raises
    ------
    ValueError
        With both numbers.

    Examples
    --------
    >>> refuse_size((0.5,), 2)
    Traceback (most recent call last):
    ValueError: memo: 1 floats where this model gives 2; leave it out where the model or the event has changed \
since it scored, such as by a new field
    """
    if len(memo) != size:
        raise ValueError(SIZE.format(len(memo), size))


def refuse_outside(memo: Any, first: int, last: int) -> None:
    """Refuse a memo whose floats from place `first` to before `last` are not all probabilities.

    Raises
    ------
    ValueError
        Saying what to give instead.

    Examples
    --------
    >>> refuse_outside((3.0, 0.5, 1.5), 1, 3)
    Traceback (most recent call last):
    ValueError: memo: a probability in it is outside [0, 1]; give the memo that scores_one returned for this event, \
or None
    """
    p: cython.double
    for p in memo[first:last]:
        if not 0.0 <= p <= 1.0:
            raise ValueError(RANGE)


def refuse_beyond(memo: Any, first: int, last: int, most: float) -> None:
    """Refuse a memo whose floats from place `first` to before `last` are not all from -most to most.

    Raises
    ------
    ValueError
        Saying what to give instead.

    Examples
    --------
    >>> refuse_beyond((3.0, 0.5, 1e300), 1, 3, 1_500.0)
    Traceback (most recent call last):
    ValueError: memo: a number in it is outside [-1500, 1500]; give the memo that scores_one returned for this event, \
or None
    """
    part: cython.double
    for part in memo[first:last]:
        if not -most <= part <= most:
            raise ValueError(BEYOND.format(-most, most))
