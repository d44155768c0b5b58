"""Validation of constructor parameters, and `Part`, the base of all parts that keep a state.

A wrong parameter is refused by a message with its name, its value and what is expected.
"""

from __future__ import annotations

import copy
import inspect
import math
from collections.abc import Callable
from typing import Any, NoReturn, Self

import numpy as np
from river import base

NUMPY_NUMBERS = tuple({kind for kind in np.sctypeDict.values() if np.dtype(kind).kind in "iuf"})


def number(name: str, value: Any, fits: Callable[[float], bool], expected: str) -> float:
    """Return the number as a built-in one; refuse a value that is not finite (or is a bool), or does not fit.

    A whole number stays an int, because a part keeps its parameters as they were given.

    Numbers are int and float and those of numpy. Other types (a Fraction, a subclass) are refused: their arithmetic is
    not known, and no snapshot could hold them.

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
    plain: float = _plain(value)
    if not (finite(plain) and fits(plain)):
        refuse(name, value, expected)
    return plain


def numbers(name: str, value: Any, fits: Callable[[float], bool], expected: str) -> tuple[float, ...]:
    """Return a tuple of one or more such numbers; raises as `number`."""
    plain = tuple(_plain(one) for one in value) if type(value) is tuple else ()
    if not plain or not all(finite(one) and fits(one) for one in plain):
        refuse(name, value, expected)
    return plain


def whole(name: str, value: Any, fits: Callable[[int], bool], expected: str) -> int:
    """Return the integer as a built-in int; refuse a value that is none, or does not fit; raises as `number`."""
    plain: int = _plain(value)
    if type(plain) is not int or not fits(plain):
        refuse(name, value, expected)
    return plain


def whole_between(name: str, value: Any, low: int, high: int) -> int:
    """Return the integer in [low, high] as a built-in int; raises as `number`."""
    return whole(name, value, lambda n: low <= n <= high, f"a whole number from {low:,} to {high:,}")


def word(name: str, value: Any, words: tuple[str, ...]) -> str:
    """Return one of these words as a built-in str; numpy's str is a str too; raises as `number`."""
    if not isinstance(value, str) or value not in words:
        refuse(name, value, f"one of {', '.join(words)}")
    return str(value)


def count(name: str, value: Any, of: str) -> int:
    """Return the integer, in the range that a kernel can count; raises as `number`."""
    return whole(name, value, lambda n: 1 <= n < 2**63, f"a whole number of {of}, at least 1 and below 2**63")


def checked_half_life(value: Any) -> float:
    """Return the number of events after which one counts half, as a float; refuse what is not finite and > 0."""
    return number("half_life", value, lambda events: events > 0.0, "a finite number of events > 0")


def checked_seed(value: Any, name: str = "seed") -> int:
    """Return a seed, of draws or of hashes, as an int; refuse what is no whole number of 64 bits."""
    return whole(name, value, lambda seed: 0 <= seed < 2**64, "a whole number from 0 to 2**64 - 1")


def cost(
    name: str, value: Any, low: float, high: float, expected: str
) -> float | str | Callable[[Any], float]:
    """Return the source of a cost: a number in [low, high], the name of a field, or a callable of x.

    Raises as `number`. What a callable returns is checked for each event (`_kernels.event_cost`).
    """
    if callable(value):
        return value  # type: ignore[no-any-return]
    if isinstance(value, str):
        return str(value) or refuse(name, value, expected)
    return number(name, value, lambda amount: low <= amount <= high, expected)


def field(name: str, value: Any) -> str | Callable[[Any], Any]:
    """Return the name of a field of x, or a callable of x; raises as `number` for anything else."""
    if not (isinstance(value, str) and value) and (not callable(value) or isinstance(value, type)):
        refuse(name, value, "the name of a field of x, or a callable of x")
    found: str | Callable[[Any], Any] = value
    return found


def _plain(value: Any) -> Any:
    """A numpy number as a built-in one; any other value unchanged."""
    kind = type(value)
    if kind is float or kind is int:
        return value
    # By identity: a hostile value may lie about its class, or raise when it is asked.
    return value.item() if any(kind is one for one in NUMPY_NUMBERS) else value


def finite(value: Any) -> bool:
    """Whether a value is a finite number, built-in or numpy's; a bool is not."""
    plain = _plain(value)
    if type(plain) is not int and type(plain) is not float:
        return False
    try:
        return math.isfinite(plain)
    except OverflowError:  # an integer no float can hold
        return False


def switch(name: str, value: Any) -> None:
    """Refuse a value that is neither True nor False; raises as `number`."""
    if not isinstance(value, bool):
        refuse(name, value, "True or False")


def refuse(name: str, value: Any, expected: str) -> NoReturn:
    """Raise the ValueError of a parameter that is not what was expected; a part, whose text has lines, by its class."""
    shown = repr(value)
    raise ValueError(f"{name}={type(value).__name__ if chr(10) in shown else shown}: expected {expected}")


def refuse_other(part: Any, other: Any, *names: str) -> None:
    """Refuse to merge with a part of another kind, or with another value of one of these parameters.

    Raises
    ------
    ValueError
        Naming what differs.

    Examples
    --------
    >>> from streamimb import stats
    >>> refuse_other(stats.DecayedCount(5), stats.DecayedMean(5), "half_life")
    Traceback (most recent call last):
    ValueError: other is a DecayedMean: expected a DecayedCount
    """
    if type(other) is not type(part):
        raise ValueError(f"other is a {type(other).__name__}: expected a {type(part).__name__}")
    for name in names:
        own, its = getattr(part, name), getattr(other, name)
        if own != its:
            raise ValueError(f"{name}={own!r} does not merge with {name}={its!r}: use one for both")


class _Parameter:
    """An attribute that keeps its first value, unless River's `mutate` may change it."""

    # Not a `__setattr__` of the parts: interpreted kernels set attributes in every call. No `__get__`: without one an
    # attribute is read from the dict of the part, and no Python code runs.
    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __set__(self, part: Any, value: Any) -> None:
        name = self.name
        own = part.__dict__.setdefault(name, value)
        if own is value:  # the first value, or the same: interpreted kernels set these names too
            return
        if name not in part._mutable_attributes:
            raise AttributeError(
                f"{name}: {type(part).__name__} was set up with what it was given and would not follow another; "
                f"build a new one, or clone({{{name!r}: ...}})"
            )
        part.__dict__[name] = value


class Part(base.Base):
    """River's `Base`, with state that lies in kernels, set up once from the parameters.

    A clone with attributes is a copy of the whole part. A parameter cannot be changed after construction, because the
    kernels would not follow; the exceptions are those that River's `mutate` may change.
    """

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        # A third party's subclass handles its own parameters.
        init = vars(cls).get("__init__") if cls.__module__.partition(".")[0] == "streamimb" else None
        for name in [] if init is None else list(inspect.signature(init).parameters)[1:]:
            # A property decides itself whether it may be changed.
            if not inspect.isdatadescriptor(inspect.getattr_static(cls, name, None)):
                setattr(cls, name, _Parameter(name))

    def __setstate__(self, state: Any) -> None:
        """Take over attributes whose names and kinds are those of a new object with these parameters.

        Parts with a state in a kernel override this method. All of it is checked before any of it is set.

        Raises
        ------
        ValueError
            Naming the attribute.
        """
        kind = type(self)
        if kind.__module__.partition(".")[0] == "streamimb":
            self._check_saved(state)
        vars(self).update(state)

    def _check_saved(self, state: Any) -> None:
        """Refuse a state that no object of this class can have; a class adds the ranges of its own numbers."""
        if type(state) is not dict:
            raise ValueError(f"state: expected a dict, not {type(state).__name__}")
        names = list(inspect.signature(type(self).__init__).parameters)[1:]
        stored = [
            name if name in state else f"_{name}" for name in names
        ]  # a property keeps it under the other name
        if not all(name in state for name in stored):
            raise ValueError("state: a parameter is missing: restore a state that this version wrote")
        fresh = vars(type(self)(*(state[name] for name in stored)))
        if state.keys() != fresh.keys():
            raise ValueError(f"state: expected the attributes {', '.join(fresh)}")
        for name, value in fresh.items():
            saved = state[name]
            same = type(saved) is type(value)
            if same and isinstance(value, Part) and name not in stored:
                same = saved._get_params() == value._get_params()
            if not same or (type(saved) is float and saved != value and not math.isfinite(saved)):
                raise ValueError(
                    f"state: {name}: expected a {type(value).__name__} that follows from the parameters"
                )

    def clone(self, new_params: dict[str, Any] | None = None, include_attributes: bool = False) -> Self:
        """Return a new part with the same parameters, or with new ones; with attributes, a copy of this part.

        Raises
        ------
        ValueError
            Where both are given, because what was learned belongs to the parameters it was learned with.
        """
        if not include_attributes:
            return super().clone(new_params)
        if new_params:
            raise ValueError(
                f"new_params={new_params!r}, include_attributes=True: what was learned belongs to the parameters "
                "it was learned with; ask for one of the two"
            )
        return copy.deepcopy(self)
