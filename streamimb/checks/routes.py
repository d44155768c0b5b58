"""The laws of a `Route`: it removes the effect of sampling on a learner's probabilities exactly once.

The learner is simulated by counting: its answer is the share of each class in the mass it was given, so that only the
route is tested. A route with `draws = False` gets an event once, with its rate as `copies`; any other route gets the
drawn copies.
"""

from __future__ import annotations

import functools
import itertools
import math
import random
from collections.abc import Mapping
from typing import Any

from streamimb.checks.parts import Law, common, require
from streamimb.checks.state_data import data_of

N = 20_000
# P(class) of each kind of event; each kind is half of the stream
BINARY: tuple[dict[Any, float], ...] = ({False: 0.98, True: 0.02}, {False: 0.8, True: 0.2})
THREE: tuple[dict[Any, float], ...] = ({"a": 0.9, "b": 0.08, "c": 0.02}, {"a": 0.5, "b": 0.2, "c": 0.3})
RATES: dict[Any, float] = {False: 0.2, True: 3.0, "a": 0.2, "b": 1.0, "c": 3.0}


def prior_of(truths: tuple[dict[Any, float], ...]) -> dict[Any, float]:
    """Return the probability of each class on the stream of these kinds of events."""
    return {k: sum(truth[k] for truth in truths) / len(truths) for k in truths[0]}


@functools.lru_cache(N)
def _drawn(i: int) -> tuple[float, float, float]:
    rng = random.Random(i)
    return rng.random(), rng.random(), rng.random()


def event(route: Any, i: int, truths: tuple[dict[Any, float], ...]) -> tuple[int, Any, float]:
    """Event i of the test stream: its kind, its label, and the copies drawn at the rate of its class."""
    kind_at, label_at, copy_at = _drawn(i)
    kind = int(kind_at * len(truths))
    y = next(
        k
        for k, end in zip(truths[kind], itertools.accumulate(truths[kind].values()), strict=True)
        if label_at < end
    )
    return kind, y, float(int(RATES[y] + copy_at)) if _draws(route) else RATES[y]


def _draws(route: Any) -> bool:
    return bool(getattr(route, "draws", True))


def teach(route: Any, first: int, n: int) -> list[Any]:
    """Give it n events of two classes from the first on; return its weights and corrections."""
    said: list[Any] = []
    prior = prior_of(BINARY)
    rates = {k: RATES[k] for k in prior}
    for i in range(first, first + n):
        _, y, copies = event(route, i, BINARY)
        if copies:
            said.append(route.give_one(y, RATES[y], 1.0, copies))
        said.append(sorted(route.correct_one({False: 0.7, True: 0.3}, rates, prior).items()))
    return said


def corrections_are_probabilities(route: Any) -> None:
    """Of the classes of p, in [0, 1], summing to 1, for any p, rates and prior; before and after learning."""
    extremes = (0.0, 1e-300, 1e-9, 0.3, 1.0 - 1e-9, 1.0)
    pupil = route.clone()
    for n in (0, 1, 500):
        teach(pupil, 0, n)
        for score in extremes:
            for rare in extremes[1:-1]:
                for rate in (1e-6, 1.0, 1e3):
                    p, prior = {False: 1.0 - score, True: score}, {False: 1.0 - rare, True: rare}
                    _probabilities(pupil.correct_one(p, {False: rate, True: 1.0}, prior), p)
        many = {"a": 0.7, "b": 0.3, "c": 0.0}
        common_one = {"a": 0.9, "b": 0.1 - 1e-9, "c": 1e-9}
        _probabilities(pupil.correct_one(many, {k: RATES[k] for k in many}, common_one), many)


def _probabilities(q: Mapping[Any, float], p: Mapping[Any, float]) -> None:
    require(set(q) == set(p), "it answers other classes than those of p")
    require(all(0.0 <= value <= 1.0 for value in q.values()), "a correction outside [0, 1]")
    require(math.isclose(math.fsum(q.values()), 1.0), "the corrected probabilities do not sum to 1")


def correct_one_is_pure(route: Any) -> None:
    """A call changes neither the route nor its arguments, and the same call returns the same."""
    pupil = route.clone()
    for n in (0, 200):
        teach(pupil, 0, n)
        p, prior = {False: 0.7, True: 0.3}, prior_of(BINARY)
        rates = {k: RATES[k] for k in p}
        before, given = data_of(pupil), data_of((p, rates, prior))
        first, second = (dict(pupil.correct_one(p, rates, prior)) for _ in range(2))
        require(first == second, "two equal calls returned different results")
        require(data_of(pupil) == before, "correct_one changed the route")
        require(data_of((p, rates, prior)) == given, "correct_one changed p, rates or prior")


def needs_rates_is_true(route: Any) -> None:
    """Where `needs_rates` is False the correction does not depend on the rates, which may be empty."""
    pupil = route.clone()
    require(isinstance(pupil.needs_rates, bool), f"needs_rates={pupil.needs_rates!r}: expected True or False")
    for n in (0, 200) if not pupil.needs_rates else ():
        teach(pupil, 0, n)
        p, prior = {False: 0.7, True: 0.3}, prior_of(BINARY)
        answers = [dict(pupil.correct_one(p, rates, prior)) for rates in ({}, {k: RATES[k] for k in p})]
        require(answers[0] == answers[1], "needs_rates is False, and the rates change the correction")


def given_weights_are_finite_and_above_0(route: Any) -> None:
    """The weight of each copy, for any rate and weight an event may have."""
    pupil = route.clone()
    for y in (False, True, "other"):
        for rate in (1e-6, 0.5, 1.0, 7.5, 1e3):
            for w in (1e-9, 1.0, 1e9):
                given = pupil.give_one(y, rate, w, max(1.0, float(int(rate))) if _draws(route) else rate)
                require(
                    math.isfinite(given) and given > 0.0, f"a copy of weight {given}: expected finite, > 0"
                )


def a_weight_multiplies(route: Any) -> None:
    """The copies of an event of weight w have w times the weight."""
    for y in (False, True):
        for rate, drawn in ((0.2, 1.0), (1.0, 1.0), (3.0, 3.0)):
            copies = drawn if _draws(route) else rate
            one, heavy = (route.clone().give_one(y, rate, w, copies) for w in (1.0, 7.0))
            require(math.isclose(heavy, 7.0 * one), f"w=7 gives {heavy / one:.3g} times the weight of w=1")


def _takes_out(route: Any, truths: tuple[dict[Any, float], ...]) -> None:
    """Give 20,000 events to a learner that counts; compare its corrected answers with the truth of each kind."""
    pupil = route.clone()
    mass = [dict.fromkeys(truth, 0.0) for truth in truths]
    for i in range(N):
        kind, y, copies = event(route, i, truths)
        if copies:
            weight = pupil.give_one(y, RATES[y], 1.0, copies)
            mass[kind][y] += (copies if _draws(route) else 1.0) * weight
    rates = {k: RATES[k] for k in truths[0]}
    for truth, given in zip(truths, mass, strict=True):
        total = math.fsum(given.values())
        q = pupil.correct_one({k: m / total for k, m in given.items()}, rates, prior_of(truths))
        for k in truth:
            require(
                abs(q[k] / truth[k] - 1.0) <= 0.25,
                f"sampled and corrected, class {k!r} of probability {truth[k]} is {q[k]:.3f}",
            )


def sampling_is_taken_out_of_two_classes(route: Any) -> None:
    """Rates of 0.2 and 3 move the odds 15 times; corrected, each class is within a quarter of its probability.

    The rarest class of a kind has 200 events, so a quarter is more than three standard errors.
    """
    _takes_out(route, BINARY)


def sampling_is_taken_out_of_three_classes(route: Any) -> None:
    """The same with labels a, b and c at rates of 0.2, 1 and 3."""
    _takes_out(route, THREE)


ROUTE_LAWS: tuple[Law, ...] = (
    *common(teach),
    corrections_are_probabilities,
    correct_one_is_pure,
    needs_rates_is_true,
    given_weights_are_finite_and_above_0,
    a_weight_multiplies,
    sampling_is_taken_out_of_two_classes,
    sampling_is_taken_out_of_three_classes,
)
