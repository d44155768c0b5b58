# cython: language_level=3
"""The memo of an ensemble, taken apart: what it said when the event was served, and the memo of each member.

A memo begins with the number of classes that its answers name: 0 for False and True, -1 where it holds none. Then come,
where the ensemble judges by a class prior, the prior of these classes, and for each member its generation, the size of
its own memo, what it answered (where members are judged), and its own memo. An answer, or a prior, of False and True is
P(True) alone.
"""

from __future__ import annotations

from typing import Any

import cython

from streamimb._kernels.answer import TWO
from streamimb._kernels.memos import refuse_outside

TWO_CLASSES, UNTOLD = 0, -1
MOST = 2**53  # of a generation
STRANGE = (
    "memo: not that of an ensemble of {} members with {} classes; give the memo that scores_one returned for this "
    "event, or None"
)


class EnsembleMemo:
    """What an ensemble gave when the event was served: the prior by which it judged, and of each member in their order
    its generation, its answer and its own memo; None where a memo has no prior, or no answer. `length` counts floats.
    """

    def __init__(
        self,
        prior: dict[Any, float] | None,
        generations: list[int],
        said: list[dict[Any, float] | None],
        own: list[tuple[float, ...]],
        length: int,
    ) -> None:
        self.prior, self.generations, self.said, self.own, self.length = prior, generations, said, own, length


def numbers_of(p: dict[Any, float], labels: list[Any]) -> list[float]:
    """Return the probability of each of these classes; of False and True, where there are no labels, that of True.

    Examples
    --------
    >>> numbers_of({"a": 0.25, "b": 0.75}, ["b", "a"]), numbers_of({False: 0.25, True: 0.75}, [])
    ([0.75, 0.25], [0.75])
    """
    return [p.get(label, 0.0) for label in labels] if labels else [p.get(True, 0.0)]


def named(labels: list[Any], answers: list[dict[Any, float]]) -> int:
    """Return the number at the start of a memo: how many of the learned labels its answers name.

    Examples
    --------
    >>> named([False, True], [{False: 0.5, True: 0.5}]), named(["a", "b"], [{"b": 1.0}]), named(["a"], [{"c": 1.0}])
    (0, 2, -1)
    """
    known = TWO if TWO.issuperset(labels) else frozenset(labels)
    if not all(known.issuperset(answer) for answer in answers):
        return UNTOLD
    return TWO_CLASSES if known is TWO else len(labels)


def taken_apart(memo: Any, members: int, labels: list[Any], judged: bool, by_prior: bool) -> EnsembleMemo:
    """Return the parts of the memo of an ensemble that has learned these labels; what follows it is left.

    Answers of False and True are left out where other labels were learned since: they named no class of the stream.

    Raises
    ------
    ValueError
        The memo is too short, names more classes, or has no whole number where one belongs, or a probability outside
        [0, 1].

    Examples
    --------
    >>> told = taken_apart((0.0, 3.0, 2.0, 0.25, 7.0, 8.0), 1, [], True, False)
    >>> told.generations, told.said, told.own, told.length
    ([3], [{False: 0.75, True: 0.25}], [(7.0, 8.0)], 6)
    >>> taken_apart((0.0, 3.0), 1, [], True, False)
    Traceback (most recent call last):
    ValueError: memo: not that of an ensemble of 1 members with 0 classes; give the memo that scores_one returned for \
this event, or None
    """
    i: cython.Py_ssize_t
    at: cython.Py_ssize_t = 1
    size: cython.Py_ssize_t
    classes: cython.Py_ssize_t
    more: cython.Py_ssize_t
    n: cython.Py_ssize_t = len(memo)
    two = TWO.issuperset(labels)
    strange = (members, len(labels))
    classes = _whole(memo, 0, n, UNTOLD, 0 if two else len(labels), strange)
    told = labels[:classes] if classes > 0 else []
    size = 0 if classes == UNTOLD else max(1, classes)  # of an answer
    out = classes == UNTOLD or (classes == TWO_CLASSES and not two)
    prior = None
    generations: list[Any] = []
    said: list[Any] = []
    own: list[Any] = []
    if by_prior:
        prior = _answer(memo, at, size, told, strange)
        at += size
    for i in range(members):
        generations.append(_whole(memo, at, n, 0, MOST, strange))
        more = _whole(memo, at + 1, n, 0, n, strange)
        at += 2
        answer = None
        if judged:
            answer = _answer(memo, at, size, told, strange)
            at += size
        said.append(None if out else answer)
        if n < at + more:
            raise ValueError(STRANGE.format(*strange))
        own.append(tuple(memo[at : at + more]))
        at += more
    return EnsembleMemo(None if out else prior, generations, said, own, at)


@cython.cfunc
@cython.exceptval(-2, check=True)
def _whole(
    memo: Any,
    at: cython.Py_ssize_t,
    n: cython.Py_ssize_t,
    low: cython.Py_ssize_t,
    high: cython.Py_ssize_t,
    strange: tuple[int, int],
) -> cython.Py_ssize_t:
    """The whole number at a place of a memo of n floats."""
    value: cython.double = low - 1.0 if at >= n else memo[at]
    if not low <= value <= high or value != int(value):
        raise ValueError(STRANGE.format(*strange))
    return int(value)


@cython.cfunc
def _answer(
    memo: Any, at: cython.Py_ssize_t, size: cython.Py_ssize_t, labels: list[Any], strange: tuple[int, int]
) -> dict[Any, float]:
    """The answer that begins at a place of a memo; by class where there are labels."""
    numbers = memo[at : at + size]
    if len(numbers) < size:
        raise ValueError(STRANGE.format(*strange))
    refuse_outside(numbers, 0, size)
    if labels or not size:
        return dict(zip(labels, numbers, strict=True))
    return {False: 1.0 - numbers[0], True: numbers[0]}
