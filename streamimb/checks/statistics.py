"""The laws of a `Statistic`: reading is pure, weights are safe, and merging is one stream after the other."""

from __future__ import annotations

import functools
import math
import random
from collections.abc import Mapping
from typing import Any

from streamimb.checks.parts import Law, common, require, weights_are_safe
from streamimb.checks.state_data import data_of

TOLERANCE = 1e-9  # relative: a merge multiplies by a power of the fade once, a stream by the fade many times


def value(i: int) -> bool:
    """Value i of the test stream: True in one of twenty, more often from 1,000 on."""
    return random.Random(i).random() < (0.05 if i < 1_000 else 0.3)


def teach(statistic: Any, first: int, n: int) -> list[Any]:
    """Update it with n values from the first on; return its value after each."""
    said = []
    for i in range(first, first + n):
        statistic.update(value(i))
        said.append(statistic.get())
    return said


def get_is_pure(statistic: Any) -> None:
    """Reading changes nothing, and works before the first update."""
    pupil = statistic.clone()
    for n in (0, 100):
        teach(pupil, 0, n)
        before = data_of(pupil)
        require(pupil.get() == pupil.get(), "two equal calls returned different results")
        require(data_of(pupil) == before, "get changed the statistic")


def _update(statistic: Any, w: float, y: bool) -> None:
    statistic.update(y, w)


def weights_arrive_safely(statistic: Any) -> None:
    """A weight of 0 changes nothing, a bad one is refused, a huge one leaves it finite; 9 has another effect than 1."""
    for y in (False, True):
        pupil = statistic.clone()
        teach(pupil, 0, 100)
        weights_are_safe(pupil, functools.partial(_update, y=y))
        require(all(map(math.isfinite, _numbers(pupil.get()))), "a huge weight left it not finite")
        teach(pupil, 100, 100)
        require(all(map(math.isfinite, _numbers(pupil.get()))), "a huge weight left it not finite")
    light, heavy = statistic.clone(), statistic.clone()
    for part, w in ((light, 1.0), (heavy, 9.0)):
        part.update(True, 1.0)
        part.update(False, w)
        part.update(True, w)
    require(light.get() != heavy.get(), "w is dropped: 9 counted as 1")


def merge_is_the_concatenation(statistic: Any) -> None:
    """At every cut, merging the second part into the first is having seen both; the second is left alone."""
    whole = statistic.clone()
    teach(whole, 0, 200)
    for cut in range(0, 201, 8):
        head, tail = statistic.clone(), statistic.clone()
        teach(head, 0, cut)
        teach(tail, cut, 200 - cut)
        before = data_of(tail)
        head.merge(tail)
        _same(head, whole, f"cut at {cut}, the merge is not the whole")
        require(data_of(tail) == before, "merge changed what was merged in")
        teach(head, 200, 50)
        go_on = statistic.clone()
        teach(go_on, 0, 250)
        _same(head, go_on, f"cut at {cut}, what follows a merge is not what follows the whole")


def empty_is_neutral(statistic: Any) -> None:
    """Merging with an empty statistic, in either order, changes nothing."""
    pupil, empty = statistic.clone(), statistic.clone()
    teach(pupil, 0, 100)
    before = pupil.get()
    pupil.merge(statistic.clone())
    require(pupil.get() == before, "merging an empty one changed it")
    empty.merge(pupil)
    _same(empty, pupil, "an empty one does not become what is merged into it")


def merge_is_associative(statistic: Any) -> None:
    """(a b) c = a (b c)."""

    def part(first: int) -> Any:
        pupil = statistic.clone()
        teach(pupil, first, 70)
        return pupil

    left, right, middle = part(0), part(0), part(70)
    left.merge(part(70))
    left.merge(part(140))
    middle.merge(part(140))
    right.merge(middle)
    _same(left, right, "(a b) c is not a (b c)")


def _numbers(answer: Any) -> list[float]:
    return list(answer.values()) if isinstance(answer, Mapping) else [answer]


def _same(one: Any, other: Any, message: str) -> None:
    pairs = zip(_numbers(one.get()), _numbers(other.get()), strict=True)
    require(all(math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=TOLERANCE) for a, b in pairs), message)


STATISTIC_LAWS: tuple[Law, ...] = (*common(teach), get_is_pure, weights_arrive_safely)
MERGE_LAWS: tuple[Law, ...] = (merge_is_the_concatenation, empty_is_neutral, merge_is_associative)
