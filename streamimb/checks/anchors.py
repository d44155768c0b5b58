"""The laws of an `Anchor`: finite log-odds for any x, and a call that changes nothing.

An anchor may learn (a live prior, a forest) or not (a frozen batch model).
"""

from __future__ import annotations

import functools
import math
import random
from typing import Any

from streamimb.checks.parts import Law, common, leaves_alone, require, weights_are_safe
from streamimb.checks.state_data import data_of


def event(i: int) -> tuple[dict[str, float], bool, float]:
    """Event i of the test stream: features, label, and the full score before learning."""
    rng = random.Random(i)
    p = min(0.999, 0.05 * rng.expovariate(1.0))
    return {"a": rng.gauss(0.0, 1.0), "b": rng.random()}, rng.random() < p, p


def teach(anchor: Any, first: int, n: int) -> list[Any]:
    """Call it for n events from the first on, then let it learn each; return its log-odds."""
    said = []
    for i in range(first, first + n):
        x, y, p = event(i)
        said.append(anchor.logit_one(x))
        anchor.learn_one(x, y, p)
    return said


def log_odds_are_finite(anchor: Any) -> None:
    """For any x: empty, with large values, with unseen names; before learning, after one class only, and after both."""
    for labels in ((), (False,), (True,), (False, True)):
        pupil = anchor.clone()
        for i in range(300 if labels else 0):
            x, _, p = event(i)
            pupil.learn_one(x, labels[i % len(labels)], p)
        for x in (event(1)[0], {}, {"a": 1e6, "b": -1e6}, {"never seen": 1.0}):
            said = pupil.logit_one(dict(x))
            require(
                isinstance(said, float) and math.isfinite(said),
                f"logit_one is {said!r}: expected a finite float",
            )


def logit_one_is_pure(anchor: Any) -> None:
    """A call changes neither the anchor nor x, and the same call returns the same."""
    pupil = anchor.clone()
    teach(pupil, 0, 100)
    for i in range(100, 110):
        x = event(i)[0]
        before, given = data_of(pupil), data_of(x)
        require(pupil.logit_one(x) == pupil.logit_one(x), "two equal calls returned different results")
        require(data_of(pupil) == before, "logit_one changed the anchor")
        require(data_of(x) == given, "logit_one changed x")


def x_is_neither_changed_nor_aliased(anchor: Any) -> None:
    """After a negative and after a positive."""
    pupil = anchor.clone()
    teach(pupil, 0, 50)
    for y in (False, True):
        x, _, p = event(50)
        leaves_alone(pupil, x, functools.partial(pupil.learn_one, y=y, p=p))


def scores_of_0_and_1_are_taken(anchor: Any) -> None:
    """The full score may be 0 or 1, whatever the label: the log-odds stay finite."""
    pupil = anchor.clone()
    for p in (0.0, 1.0):
        for y in (False, True):
            for i in range(100):
                pupil.learn_one(event(i)[0], y, p)
            require(
                math.isfinite(pupil.logit_one(event(1)[0])),
                f"a score of {p} at y={y} left no finite log-odds",
            )


def _learn(anchor: Any, w: float, x: Any, y: bool, p: float) -> None:
    anchor.learn_one(x, y, p, w)


def weights_arrive_safely(anchor: Any) -> None:
    """A weight of 0 changes nothing, a bad one is refused, a huge one leaves finite log-odds."""
    for y in (False, True):
        for n in (0, 100):
            pupil = anchor.clone()
            teach(pupil, 0, n)
            x, _, p = event(n)
            weights_are_safe(pupil, functools.partial(_learn, x=x, y=y, p=p))
            said = (pupil.logit_one(x), *teach(pupil, n, 100))
            require(all(map(math.isfinite, said)), "a huge weight left no finite log-odds")


ANCHOR_LAWS: tuple[Law, ...] = (
    *common(teach),
    log_odds_are_finite,
    logit_one_is_pure,
    x_is_neither_changed_nor_aliased,
    scores_of_0_and_1_are_taken,
    weights_arrive_safely,
)
