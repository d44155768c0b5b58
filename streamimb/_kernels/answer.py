# cython: language_level=3
"""Reads labels, and P(True) from the probabilities that a classifier returns; no other module does either."""

from collections.abc import Mapping
from math import nan
from numbers import Integral, Real
from typing import Any

import cython

TWO = frozenset((False, True))  # 1, 0, 1.0, 0.0 and numpy's bools are the same keys
BOOLS = frozenset(("bool", "bool_"))  # Python's, and numpy's under either of its names
ROUNDING = 1e-9  # how far sums of floats may lie outside [0, 1]


class ProbabilityError(ValueError):
    """A classifier's answer without a probability of True; the message names types, never a value."""


class ClassesError(ProbabilityError):
    """The classes that a classifier names are not those of the labels, whatever the event."""


def true_of(p: Any, unknown: float = 0.0) -> float:
    """Return P(True) from a classifier's probabilities; `unknown` where it returns no probabilities yet.

    A classifier that names only False has not seen True: P(True) is 0. Of three or more classes that include both
    True and False, P(True) is the probability of True.

    **Cost**: two set comparisons, .2 µs.

    Raises
    ------
    ClassesError
        The answer names only classes that are neither True nor False: the strings "1" and "0", or 2 and 1.
    ProbabilityError
        It is no mapping, or holds a probability that is NaN, None or outside [0, 1].

    Examples
    --------
    >>> true_of({False: 0.7, True: 0.3}), true_of({0: 1.0}), true_of({}, 0.05)
    (0.3, 0.0, 0.05)
    >>> true_of({"0": 0.7, "1": 0.3})
    Traceback (most recent call last):
    streamimb._kernels.answer.ClassesError: the classifier names classes of type str where labels are True \
and False: train it on True and False, or 1 and 0, or map its classes to them
    """
    if other_classes(p) and not _names_true(p):
        types = ", ".join(sorted({type(k).__name__ for k in p}))
        raise ClassesError(
            f"the classifier names classes of type {types} where labels are True and False: "
            "train it on True and False, or 1 and 0, or map its classes to them"
        )
    if not p:
        return unknown
    if True in p:
        return probability(p[True])
    probability(p[False])
    return 0.0


def true_or_nan(p: Any) -> float:
    """Return P(True) from probabilities by class; NaN where none of the classes is True.

    Examples
    --------
    >>> true_or_nan({"a": 0.7, "b": 0.3}), true_or_nan({"a": 0.75, True: 0.25})
    (nan, 0.25)
    """
    return nan if other_classes(p) and not _names_true(p) else true_of(p)


def _names_true(p: Mapping[Any, Any]) -> bool:
    """Whether the class True is meant: 1 equals True, but among classes 1 and 2, for example, 1 may be the negative."""
    return True in p and (False in p or any(type(k).__name__ in BOOLS for k in p))


@cython.ccall
@cython.exceptval(-1.0, check=True)
def probability(q: Any) -> cython.double:
    """Return a probability as a float in [0, 1]; raise `ProbabilityError` for anything else."""
    p: cython.double
    if type(q) is float:
        p = q
        if 0.0 <= p <= 1.0:
            return p
    try:
        if isinstance(q, str | bytes | bytearray):  # `float` reads these
            raise TypeError
        p = float(q)
    except (TypeError, ValueError):
        raise ProbabilityError(
            f"the classifier gives {type(q).__name__} as a probability: it has to give a number in [0, 1]"
        ) from None
    if not -ROUNDING <= p <= 1.0 + ROUNDING:
        what = "NaN" if p != p else "a number outside [0, 1]"
        raise ProbabilityError(
            f"the classifier gives {what} as a probability: check what it learned from, and bound or scale "
            "its features"
        )
    return min(max(p, 0.0), 1.0)


def label_of(y: Any) -> Any:
    """Return a label as a bool, a string or an int, which a state can hold: 1, 0 and numpy's bools are True and False.

    **Cost**: .05 µs for an ASCII string.

    Raises
    ------
    ValueError
        For anything else, such as None, NaN, 2.5, a tuple, or a string with a lone surrogate.

    Examples
    --------
    >>> label_of(1.0), label_of(2.0), label_of("high")
    (True, 2, 'high')
    >>> label_of((1, 2))
    Traceback (most recent call last):
    ValueError: y is tuple: expected True or False, a string or an integer, which a state can hold
    """
    if y is True or y is False or (type(y) is str and y.isascii()):
        return y
    if isinstance(y, str):
        text = str.__str__(y)  # of numpy's strings and of enums the text itself
        if not encodable(text):
            raise ValueError("y: a string with a lone surrogate is no label: no state can hold it")
        return text
    if y is None or y != y:
        raise ValueError("y: None and NaN are no labels")
    if y in (0, 1):
        return bool(y)
    if isinstance(y, Integral):
        return int(y)
    if isinstance(y, Real) and float(y).is_integer():
        return int(float(y))
    raise ValueError(
        f"y is {type(y).__name__}: expected True or False, a string or an integer, which a state can hold"
    )


def encodable(text: str) -> bool:
    """Return whether UTF-8 can encode a string, which it cannot where there is a lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_label(y: Any) -> bool:
    """Return whether a state can hold y as a label: whether `label_of` returns y itself.

    Examples
    --------
    >>> is_label("high"), is_label(2), is_label(2.0), is_label(1)
    (True, True, False, False)
    """
    kind = type(y)
    return kind is bool or (kind is int and y not in (0, 1)) or (kind is str and encodable(y))


def check_classes(p: Any) -> None:
    """Refuse the classes that a classifier names where one of them is no label.

    Raises
    ------
    ClassesError
        Naming the type of the class.

    Examples
    --------
    >>> check_classes({(1, 2): 1.0})
    Traceback (most recent call last):
    streamimb._kernels.answer.ClassesError: the classifier names a class of type tuple: expected True and False, \
strings or integers
    """
    for k in p:
        if k is True or k is False or type(k) is int or (type(k) is str and k.isascii()):
            continue
        try:
            label_of(k)
        except ValueError as error:
            what = (
                "of a string with a lone surrogate" if isinstance(k, str) else f"of type {type(k).__name__}"
            )
            raise ClassesError(
                f"the classifier names a class {what}: expected True and False, strings or integers"
            ) from error


@cython.ccall
@cython.exceptval(-1, check=False)
def other_classes(p: Any) -> cython.bint:
    """Return whether p names a class other than True and False; raise `ProbabilityError` where p is no mapping."""
    if type(p) is not dict and not isinstance(p, Mapping):
        raise ProbabilityError(
            f"the classifier answers with {type(p).__name__}: "
            "its predict_proba_one has to give a dict of probabilities by class"
        )
    return len(p) > 2 or not p.keys() <= TWO
