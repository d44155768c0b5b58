# cython: language_level=3
"""The memo of an ensemble, taken apart: what it said when the event was served, and the memo of each member.

A memo begins with the number of classes that its answers name: 0 for False and True, -1 where it holds none. Then come,
where the ensemble judges by a class prior, the prior of these classes, and for each member its generation, the size of
its own memo, what it answered (where members are judged), and its own memo. An answer, or a prior, of False and True is
P(True) alone.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from streamimb._kernels.answer import TWO
from streamimb._kernels.memos import refuse_outside

TWO_CLASSES, UNTOLD = 0, -1
STRANGE = (
    "memo: not that of an ensemble of {} members with {} classes; give the memo that scores_one returned for this "
    "event, or None"
)


class MemberMemo(NamedTuple):
    """What one member gave when the event was served."""

    generation: int  # of the member
    said: dict[Any, float] | None  # its answer; None where the memo has none
    own: tuple[float, ...]  # its own memo


class EnsembleMemo(NamedTuple):
    """What an ensemble gave when the event was served."""

    prior: dict[Any, float] | None  # by which it judged; None where the memo has none
    members: list[MemberMemo]
    length: int  # floats


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
    >>> taken_apart((0.0, 3.0, 2.0, 0.25, 7.0, 8.0), 1, [], True, False)
    EnsembleMemo(prior=None, members=[MemberMemo(generation=3, said={False: 0.75, True: 0.25}, own=(7.0, 8.0))], \
length=6)
    >>> taken_apart((0.0, 3.0), 1, [], True, False)
    Traceback (most recent call last):
    ValueError: memo: not that of an ensemble of 1 members with 0 classes; give the memo that scores_one returned for \
this event, or None
    """
    two = TWO.issuperset(labels)
    strange = ValueError(STRANGE.format(members, len(labels)))
    if not memo or not memo[0].is_integer() or not UNTOLD <= memo[0] <= (0 if two else len(labels)):
        raise strange
    classes = int(memo[0])
    told = labels[:classes] if classes > 0 else []
    size = 0 if classes == UNTOLD else max(1, classes)  # of an answer
    out = classes == UNTOLD or (classes == TWO_CLASSES and not two)
    at, prior = 1, None
    if by_prior:
        prior = _answer(memo, at, size, told, strange)
        at += size
    found = []
    for _ in range(members):
        if len(memo) < at + 2 or not all(
            memo[i].is_integer() and 0.0 <= memo[i] <= 2.0**53 for i in (at, at + 1)
        ):
            raise strange
        generation, more = int(memo[at]), int(memo[at + 1])
        at += 2
        said = None
        if judged:
            said = _answer(memo, at, size, told, strange)
            at += size
        if len(memo) < at + more:
            raise strange
        found.append(MemberMemo(generation, None if out else said, tuple(memo[at : at + more])))
        at += more
    return EnsembleMemo(None if out else prior, found, at)


def _answer(memo: Any, at: int, size: int, labels: list[Any], strange: ValueError) -> dict[Any, float]:
    """The answer that begins at a place of a memo; by class where there are labels."""
    if len(memo) < at + size:
        raise strange
    refuse_outside(memo, at, at + size)
    numbers = memo[at : at + size]
    if labels or not size:
        return dict(zip(labels, numbers, strict=True))
    return {False: 1.0 - numbers[0], True: numbers[0]}
