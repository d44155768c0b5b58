"""A value that a metric takes from the features of an event: a field by name, a function of x, or a constant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from streamimb._kernels.observation import field_of
from streamimb.parameters import field, finite, refuse
from streamimb.protocols import Features

Field = str | Callable[[Features], Any]
LARGEST = 1e15


def checked_amount(name: str, amount: Any) -> Field | float:
    """Return a constant from 0 to 1e15 as a float, or a field as `parameters.field`; refuse anything else."""
    if not isinstance(amount, str) and not callable(amount):
        if not (finite(amount) and 0.0 <= amount <= LARGEST):
            refuse(name, amount, "a number in [0, 1e15], the name of a field of x, or a function of x")
        return float(amount)
    return field(name, amount)


def amount_of(amount: Field | float, x: Features | None) -> float:
    """Return an amount from 0 to 1e15; raise ValueError for anything else.

    Examples
    --------
    >>> amount_of("price", {"price": 12}), amount_of(3.0, None)
    (12.0, 3.0)
    """
    if isinstance(amount, float):
        return amount
    value = field_of(amount, x)
    if type(value) is float and 0.0 <= value <= LARGEST:
        return value
    if not (finite(value) and 0.0 <= value <= LARGEST):
        raise ValueError("x: an amount is a number in [0, 1e15]")
    return float(value)
