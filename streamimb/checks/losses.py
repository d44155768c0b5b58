"""The laws of a `protocols.Loss`: its gradient is 0 on average where the probabilities are right."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from typing import Any

from streamimb.checks.parts import Law, require
from streamimb.checks.state_data import data_of

LABELS = ("often", "seldom", "rare")
TOLERANCE = 1e-9


def cases() -> Iterator[tuple[dict[Any, float], dict[Any, float]]]:
    """Probabilities of two and three classes, and counts of labels from 1 to 100,000."""
    rng = random.Random(3)
    for classes in ((False, True), LABELS):
        for spread in (0.3, 3.0, 10.0):
            for _ in range(5):
                odds = {k: math.exp(rng.gauss(0.0, spread)) for k in classes}
                total = math.fsum(odds.values())
                yield {k: o / total for k, o in odds.items()}, {k: 10.0 ** rng.uniform(0, 5) for k in classes}


def every_class_gets_a_number(loss: Any) -> None:
    """Scores and gradients are finite numbers of exactly the classes that were given."""
    for p, counts in cases():
        u = loss.scores_one(dict(p), dict(counts))
        for y in p:
            for name, said in (
                ("scores_one", u),
                ("gradient_one", loss.gradient_one(dict(u), y, dict(counts))),
            ):
                require(set(said) == set(p), f"{name} returned other classes than it was given")
                require(all(math.isfinite(value) for value in said.values()), f"{name} returned no number")


def asking_is_pure(loss: Any) -> None:
    """A call changes neither the loss nor what it was given, and the same call returns the same again."""
    for p, counts in cases():
        before = data_of(loss)
        given = dict(p), dict(counts)
        u = loss.scores_one(*given)
        y = next(iter(p))
        scores = dict(u)
        said = loss.gradient_one(scores, y, given[1])
        require(given == (p, counts) and scores == u, "it changed what it was given")
        again = loss.scores_one(*given), loss.gradient_one(scores, y, given[1])
        require(again == (u, said), "the same call returned something else")
        require(data_of(loss) == before, "it changed with a call")


def the_truth_is_at_rest(loss: Any) -> None:
    """At the score of the true probabilities the gradient is 0 on average; or the loss says `needs_calibrator`."""
    if loss.needs_calibrator:
        return
    for p, counts in cases():
        u = loss.scores_one(p, counts)
        slopes = {y: loss.gradient_one(u, y, counts) for y in p}
        for k in p:
            size = math.fsum(p[y] * abs(slopes[y][k]) for y in p)
            mean = math.fsum(p[y] * slopes[y][k] for y in p)
            require(abs(mean) <= TOLERANCE * (1.0 + size), f"the mean gradient at the truth is {mean:.3g}")


LOSS_LAWS: tuple[Law, ...] = (every_class_gets_a_number, asking_is_pure, the_truth_is_at_rest)
