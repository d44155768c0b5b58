"""Constructor parameters of every part: wrong ones refused by name, and what a copy of a part takes along.

Knows River's `Base`; never what a parameter is for.
"""

from __future__ import annotations

import copy
import inspect
import math
from collections.abc import Callable
from numbers import Integral, Real
from typing import Any, NoReturn, Self

from river import base


def number(name: str, value: Any, fits: Callable[[float], bool], expected: str) -> None:
    """Refuse what is no finite number (a bool is none), or one that does not fit.

    Raises
    ------
    ValueError
        Naming the parameter, its value and what was expected.

    Examples
    --------
    >>> number("half_life", "300", lambda events: events > 0, "a number of events above 0")
    Traceback (most recent call last):
    ValueError: half_life='300': expected a number of events above 0
    """
    if not (_finite(value) and fits(value)):
        refuse(name, value, expected)


def numbers(name: str, value: Any, fits: Callable[[float], bool], expected: str) -> None:
    """Refuse what is no tuple of one or more such numbers; raises as `number`."""
    if not isinstance(value, tuple) or not value or not all(_finite(one) and fits(one) for one in value):
        refuse(name, value, expected)


def _finite(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, Real):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer no float can hold
        return False


def whole(name: str, value: Any, fits: Callable[[int], bool], expected: str) -> None:
    """Refuse what is no integer (a bool is none), or one that does not fit; raises as `number`."""
    if isinstance(value, bool) or not isinstance(value, Integral) or not fits(int(value)):
        refuse(name, value, expected)


def switch(name: str, value: Any) -> None:
    """Refuse what is neither True nor False; raises as `number`."""
    if not isinstance(value, bool):
        refuse(name, value, "True or False")


def refuse(name: str, value: Any, expected: str) -> NoReturn:
    """Raise the ValueError of a parameter that is not what was expected."""
    raise ValueError(f"{name}={value!r}: expected {expected}")


class Part(base.Base):
    """River's `Base`, with state that lies in kernels: a clone with attributes is a copy of all of it."""

    def clone(self, new_params: dict[str, Any] | None = None, include_attributes: bool = False) -> Self:
        """Return a new one of the same parameters, or of these; with attributes, a copy of what it is.

        Raises
        ------
        ValueError
            Where both are asked for: what was learned belongs to the parameters it was learned with.
        """
        if not include_attributes:
            return super().clone(new_params)
        if new_params:
            raise ValueError(
                f"new_params={new_params!r}, include_attributes=True: what was learned belongs to the parameters "
                "it was learned with; ask for one of the two"
            )
        return copy.deepcopy(self)


class Joined(Part):
    """A part made of parts that were joined at construction: none of its parameters is exchanged afterwards."""

    _parameters: frozenset[str]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._parameters = frozenset(inspect.signature(cls.__init__).parameters)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self._parameters and name in vars(self):
            raise AttributeError(
                f"{name}: {type(self).__name__} is joined to what it was given and would not follow another; "
                f"build a new one, or clone({{{name!r}: ...}})"
            )
        super().__setattr__(name, value)
