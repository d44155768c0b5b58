"""The laws of a conformal set: pure, made of the classes it was asked about, and covering every class."""

from __future__ import annotations

import random
from typing import Any

from streamimb.checks.parts import Law, common, require
from streamimb.checks.state_data import data_of


def event(i: int) -> tuple[dict[Any, float], Any]:
    """Event i of the test stream: true probabilities of three classes, one of them rare, and the class."""
    rng = random.Random(i)
    rare, middle = rng.betavariate(0.5, 20.0), rng.betavariate(2.0, 6.0)
    p = {"rare": rare, "middle": (1.0 - rare) * middle, "common": (1.0 - rare) * (1.0 - middle)}
    (y,) = rng.choices(list(p), list(p.values()))
    return p, y


def teach(sets: Any, first: int, n: int) -> list[Any]:
    """Ask for the sets of n events from the first on, then learn each; return the sets, sorted."""
    said = []
    for i in range(first, first + n):
        p, y = event(i)
        said.append(sorted(sets.classes_one(p)))
        sets.learn_one(p, y)
    return said


def classes_one_is_pure(sets: Any) -> None:
    """A call changes neither the part nor p, and returns classes of p."""
    pupil = sets.clone()
    for n in (0, 200):
        teach(pupil, 0, n)
        p, _ = event(n)
        before, given = data_of(pupil), dict(p)
        require(pupil.classes_one(p) == pupil.classes_one(p), "two equal calls returned different sets")
        require(pupil.classes_one(p) <= set(p), "a set has a class that p does not name")
        require(data_of(pupil) == before, "classes_one changed the part")
        require(p == given, "classes_one changed p")


def each_class_is_covered(sets: Any) -> None:
    """Of 6,000 events, the sets have the true class of `coverage` of each class, within .03."""
    pupil = sets.clone()
    hits = {"rare": 0, "middle": 0, "common": 0}
    n = dict.fromkeys(hits, 0)
    for i in range(6_000):
        p, y = event(i)
        hits[y] += y in pupil.classes_one(p)
        n[y] += 1
        pupil.learn_one(p, y)
    for y, count in n.items():
        require(abs(hits[y] / count - sets.coverage) <= 0.03, f"class {y}: covered {hits[y]} of {count}")


CONFORMAL_LAWS: tuple[Law, ...] = (*common(teach), classes_one_is_pure, each_class_is_covered)
