# cython: language_level=3
"""Reads labels, and P(True) from the probabilities that a classifier returns; no other module does either."""

from collections.abc import Mapping
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
    """Return True or False for bools, numpy's bools, 1 and 0; every other label as it is."""
    if y is True or y is False:
        return y
    if y is None or y != y:
        raise ValueError("y: None and NaN are no labels")
    return bool(y) if y in (0, 1) else y


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
