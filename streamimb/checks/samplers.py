"""The laws of a `Sampler`: valid rates for any class at any time, from a call that changes nothing."""

from __future__ import annotations

import functools
import math
import random
from typing import Any

from streamimb.checks.classifiers import sum_of_said
from streamimb.checks.parts import Law, common, leaves_alone, require, weights_are_safe
from streamimb.checks.state_data import data_of
from streamimb.compose import SampledClassifier
from streamimb.linear_model import LogisticRegression
from streamimb.stats import ClassPrior

STREAM_N = 60_000  # events kept for the next law
BASE_RATE = 0.05
PRIOR = {False: 1.0 - BASE_RATE, True: BASE_RATE}  # what the wrapper hands over, on the stream of `event`


@functools.lru_cache(STREAM_N)
def _drawn(i: int) -> tuple[float, float, float]:
    rng = random.Random(i)
    return rng.expovariate(1.0), rng.gauss(0.0, 1.0), rng.random()


def event(i: int, base_rate: float = BASE_RATE) -> tuple[dict[str, Any], bool, dict[bool, float]]:
    """Event i of the test stream: features, label, and the pilot's probabilities."""
    size, x, chance = _drawn(i)
    score = min(0.999, base_rate * size)
    return {"score": score, "x": x}, chance < score, {False: 1.0 - score, True: score}


def teach(sampler: Any, first: int, n: int) -> list[Any]:
    """Let it learn n events from the first on; return its rates."""
    said = []
    for i in range(first, first + n):
        x, y, p = event(i)
        rates = sampler.rates_one(x, p, PRIOR)
        sampler.learn_one(x, y, p, rates, PRIOR)
        said.append((rates[False], rates[True]))
    return said


def _sound(rates: Any, p: Any) -> None:
    for label in p:
        require(label in rates, "a class of p has no rate")
        require(
            math.isfinite(rates[label]) and rates[label] > 0.0,
            f"a rate of {rates[label]}: expected a finite number > 0",
        )


def rates_are_finite_and_above_0(sampler: Any) -> None:
    """For every class of p, any p and any prior, before and after learning."""
    pupil = sampler.clone()
    extremes = (0.0, 1e-300, 1e-9, 0.01, 0.5, 1.0 - 1e-9, 1.0)
    for n in (0, 1, 500):
        teach(pupil, 0, n)
        for score in extremes:
            for rare in extremes[1:-1]:
                p, prior = {False: 1.0 - score, True: score}, {False: 1.0 - rare, True: rare}
                _sound(pupil.rates_one({}, p, prior), p)
        many = {"a": 0.7, "b": 0.3, "c": 0.0}
        _sound(pupil.rates_one({}, many, {"a": 0.9, "b": 0.1 - 1e-9, "c": 1e-9}), many)


def rates_one_is_pure(sampler: Any) -> None:
    """A call changes neither the sampler nor its arguments, and the same call returns the same."""
    pupil = sampler.clone()
    teach(pupil, 0, 100)
    for i in range(100, 110):
        x, _, p = event(i)
        prior = dict(PRIOR)
        before, given = data_of(pupil), data_of((x, p, prior))
        first, second = dict(pupil.rates_one(x, p, prior)), dict(pupil.rates_one(x, p, prior))
        require(first == second, "two equal calls returned different results")
        require(data_of(pupil) == before, "rates_one changed the sampler")
        require(data_of((x, p, prior)) == given, "rates_one changed x, p or prior")


def x_is_neither_changed_nor_aliased(sampler: Any) -> None:
    """After a negative and after a positive; a copy of x may be kept, within the budget of memory."""
    pupil = sampler.clone()
    teach(pupil, 0, 50)
    for y in (False, True):
        for name in ("x", "p", "rates", "prior"):
            x, _, p = event(50)
            given: dict[str, Any] = {
                "x": x,
                "p": p,
                "rates": dict(pupil.rates_one(x, p, PRIOR)),
                "prior": dict(PRIOR),
            }
            leaves_alone(pupil, given[name], functools.partial(_learn_given, pupil, given, y))


def _learn_given(sampler: Any, given: dict[str, Any], y: bool, _: Any) -> None:
    sampler.learn_one(given["x"], y, given["p"], given["rates"], given["prior"])


def first_events_are_learned(sampler: Any) -> None:
    """Where rates are drawn, the first event, and the first positive however late, are kept."""
    pupil = sampler.clone()
    if not pupil.draws:
        return  # without draws every event is learned
    x, _, p = event(0)
    require(min(pupil.rates_one(x, p, PRIOR).values()) >= 1.0, "the first event may be dropped")
    prior = {False: 0.9999, True: 0.0001}
    for i in range(2_000):
        x, _, p = event(i)
        rates = pupil.rates_one(x, p, prior)
        require(rates[True] >= 1.0, f"the first positive, at event {i}, may be dropped")
        pupil.learn_one(x, False, p, rates, prior)


def classes_may_come_at_any_time(sampler: Any) -> None:
    """A class never seen has a rate, of at least 1 where rates are drawn; labels may be of any type."""
    for labels in (("a", "b", "c"), (0, 1, 2), (False, True, "other")):
        pupil = sampler.clone()
        known = list(labels[:2])
        for i in range(300):
            if i == 200:
                known.append(labels[2])
            p = {label: 1.0 / len(known) for label in known}
            rates = pupil.rates_one({}, p, dict(p))
            _sound(rates, p)
            if i == 200 and pupil.draws:
                require(rates[labels[2]] >= 1.0, "an event of a class never seen may be dropped")
            y = known[random.Random(i).randrange(len(known))]
            pupil.learn_one({}, y, p, rates, dict(p))


def a_label_that_was_not_expected_is_taken(sampler: Any) -> None:
    """A label that p does not name is learned, not a KeyError."""
    pupil = sampler.clone()
    teach(pupil, 0, 50)
    x, _, p = event(50)
    pupil.learn_one(x, "chargeback", p, pupil.rates_one(x, p, PRIOR), PRIOR)
    teach(pupil, 51, 50)


def _learn(sampler: Any, w: float, x: Any, y: Any, p: Any, rates: Any) -> None:
    sampler.learn_one(x, y, p, rates, PRIOR, w)


def weights_arrive_safely(sampler: Any) -> None:
    """A weight of 0 changes nothing, a bad one is refused, a huge one leaves every rate finite: the first too."""
    for y, n in ((False, 0), (True, 0), (False, 100), (True, 100)):
        pupil = sampler.clone()
        teach(pupil, 0, n)
        x, _, p = event(n)
        rates = pupil.rates_one(x, p, PRIOR)
        weights_are_safe(pupil, functools.partial(_learn, x=x, y=y, p=p, rates=rates))
        _sound(pupil.rates_one(x, p, PRIOR), p)
        teach(pupil, n + 1, 100)
        _sound(pupil.rates_one(x, p, PRIOR), p)


def sampling_is_corrected_on_every_route(sampler: Any) -> None:
    """Sampled and corrected, predictions sum to the truth, on each route that the sampler allows.

    Within a quarter over 5,000 events after 2,000: four standard errors of 200 positives. A correction that is omitted,
    or applied twice, misses by the ratio of the rates.
    """
    for route in ("offset", "prior", "weight") if sampler.draws else ("offset", "prior"):
        model = SampledClassifier(LogisticRegression(), sampler.clone(), route, seed=1)
        said = sum_of_said(model, 2_000, 5_000)
        require(0.75 <= said <= 1.25, f"by the {route} route predictions sum to {said:.2f} times the truth")


def reaches(sampler: Any, share: float | None, keep_rate: float | None, within: float = 0.2) -> None:
    """The learned copies have the promised share of rare ones, or rate of common ones, while the base rate changes.

    From 4 % to 16 % and back, 20,000 events each, judged against the true probabilities over the second half
    of each: 400 expected positives, so `within`, which is relative, is four standard errors of the base rate.
    Not among the laws of every sampler, because not every sampler promises a share.
    """
    pupil, prior = sampler.clone(), ClassPrior()
    for part, base_rate in enumerate((0.04, 0.16, 0.04)):
        learned = positives = negatives = 0.0
        for i in range(20_000):
            x, y, p = event(part * 20_000 + i, base_rate)
            now = prior.get()
            rates = pupil.rates_one(x, p, now)
            pupil.learn_one(x, y, p, rates, now)
            prior.update(y, 1.0)
            if i >= 10_000:
                learned += p[False] * rates[False]
                positives += p[True] * rates[True]
                negatives += p[False]
        wanted = (
            float(keep_rate or 1.0) * negatives
            if share is None
            else min(negatives, (1.0 - share) / share * positives)
        )
        require(
            abs(learned / wanted - 1.0) <= within,
            f"at a base rate of {base_rate} it learns {learned / wanted:.2f} times what it promises",
        )


SAMPLER_LAWS: tuple[Law, ...] = (
    *common(teach),
    rates_are_finite_and_above_0,
    rates_one_is_pure,
    x_is_neither_changed_nor_aliased,
    first_events_are_learned,
    classes_may_come_at_any_time,
    a_label_that_was_not_expected_is_taken,
    weights_arrive_safely,
    sampling_is_corrected_on_every_route,
)
