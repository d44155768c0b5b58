"""The laws of a `Statistic`: reading is pure, weights are safe, and merging is one stream after the other."""

from __future__ import annotations

import functools
import math
import random
from collections.abc import Mapping
from typing import Any

from streamimb.checks.merging import merging
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
MERGE_LAWS: tuple[Law, ...] = (*merging(teach, _same), merge_is_associative)
