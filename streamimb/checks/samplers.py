"""The laws of a `Sampler`: rates are rates, for any class at any time, and asking for them changes nothing.

Must never know a test runner, or a sampler by name.
"""

from __future__ import annotations

import functools
import math
import random
from typing import Any

from streamimb.checks.classifiers import is_true_on_the_unsampled_stream
from streamimb.checks.parts import Law, common, image, require, weights_are_kept_in
from streamimb.compose import SampledClassifier
from streamimb.linear_model import LogisticRegression

MARK = "a feature that must not be kept"


def event(i: int, base_rate: float = 0.05) -> tuple[dict[str, Any], bool, dict[bool, float]]:
    """Event i of a stream of its own: features, label, and the pilot's probabilities."""
    rng = random.Random(i)
    score = min(0.999, base_rate * rng.expovariate(1.0))
    return {MARK: score, "x": rng.gauss(0.0, 1.0)}, rng.random() < score, {False: 1.0 - score, True: score}


def teach(sampler: Any, first: int, n: int) -> list[Any]:
    """Show it n events from the first on; return the rates it gave."""
    said = []
    for i in range(first, first + n):
        x, y, p = event(i)
        rates = sampler.rates_one(x, p)
        sampler.learn_one(x, y, p, rates)
        said.append((rates[False], rates[True]))
    return said


def _sound(rates: Any, p: Any) -> None:
    for label in p:
        require(label in rates, "a class of p has no rate")
        require(
            math.isfinite(rates[label]) and rates[label] > 0.0,
            f"a rate of {rates[label]}: the shift is not finite",
        )


def rates_are_finite_and_above_0(sampler: Any) -> None:
    """Of every class of p, for any p, taught or not."""
    pupil = sampler.clone()
    for n in (0, 1, 500):
        teach(pupil, 0, n)
        for score in (0.0, 1e-300, 1e-9, 0.01, 0.5, 1.0 - 1e-9, 1.0):
            p = {False: 1.0 - score, True: score}
            _sound(pupil.rates_one({}, p), p)
        many = {"a": 0.7, "b": 0.3, "c": 0.0}
        _sound(pupil.rates_one({}, many), many)


def rates_one_is_pure(sampler: Any) -> None:
    """Asking changes neither the sampler nor x nor p, and the same question has the same answer."""
    pupil = sampler.clone()
    teach(pupil, 0, 100)
    x, _, p = event(100)
    before, x_before, p_before = image(pupil), dict(x), dict(p)
    first, second = dict(pupil.rates_one(x, p)), dict(pupil.rates_one(x, p))
    require(first == second, "asked twice, it gave two answers")
    require(image(pupil) == before, "rates_one changed the sampler")
    require((x, p) == (x_before, p_before), "rates_one changed x or p")


def x_is_neither_changed_nor_kept(sampler: Any) -> None:
    """Nothing of the features is in the sampler's state."""
    pupil = sampler.clone()
    x, y, p = event(1)
    before = dict(x)
    pupil.learn_one(x, y, p, pupil.rates_one(x, p))
    require(x == before, "learn_one changed x")
    require(MARK.encode() not in image(pupil), "x is kept in the state")


def first_events_are_learned(sampler: Any) -> None:
    """Where rates are drawn, the first event, and the first positive however late, are kept."""
    pupil = sampler.clone()
    if not pupil.draws:
        return  # an example of any weight is an example
    x, _, p = event(0)
    require(min(pupil.rates_one(x, p).values()) >= 1.0, "the first event may be dropped")
    for i in range(2_000):
        x, _, p = event(i)
        pupil.learn_one(x, False, p, pupil.rates_one(x, p))
    require(
        pupil.rates_one(x, p)[True] == 1.0, "after 2,000 negatives the rate of the first positive is not 1"
    )


def a_class_may_come_at_any_time(sampler: Any) -> None:
    """A class never seen has rate 1; after it came, every class has a rate, whatever kind the labels are."""
    for labels in (("a", "b", "c"), (0, 1, 2), (False, True, "other")):
        pupil = sampler.clone()
        known = list(labels[:2])
        for i in range(300):
            if i == 200:
                known.append(labels[2])
            p = {label: 1.0 / len(known) for label in known}
            rates = pupil.rates_one({}, p)
            _sound(rates, p)
            if i == 200:
                require(rates[labels[2]] == 1.0, "a class never seen has a rate that is not 1")
            y = known[random.Random(i).randrange(len(known))]
            pupil.learn_one({}, y, p, rates)


def a_label_that_was_not_expected_is_taken(sampler: Any) -> None:
    """A label that p does not name is learned, not a KeyError."""
    pupil = sampler.clone()
    teach(pupil, 0, 50)
    x, _, p = event(50)
    pupil.learn_one(x, "chargeback", p, pupil.rates_one(x, p))
    teach(pupil, 51, 50)


def _learn(sampler: Any, w: float, x: Any, y: Any, p: Any, rates: Any) -> None:
    sampler.learn_one(x, y, p, rates, w)


def weights_arrive_safely(sampler: Any) -> None:
    """A weight of 0 changes nothing, a bad one is refused, a huge one leaves every rate finite."""
    for y in (False, True):
        pupil = sampler.clone()
        teach(pupil, 0, 100)
        x, _, p = event(100)
        rates = pupil.rates_one(x, p)
        weights_are_kept_in(pupil, functools.partial(_learn, x=x, y=y, p=p, rates=rates))
        _sound(pupil.rates_one(x, p), p)
        teach(pupil, 101, 100)
        _sound(pupil.rates_one(x, p), p)


def what_it_does_is_taken_out_again(sampler: Any) -> None:
    """Sampled and corrected, the long-run mean probability is the truth's."""
    model = SampledClassifier(LogisticRegression(), sampler.clone(), seed=1)
    is_true_on_the_unsampled_stream(model)


def reaches(sampler: Any, share: float | None, keep_rate: float | None, within: float = 0.2) -> None:
    """What is learned makes up the share of rare events, or the rate of common ones; the base rate moves.

    From 4 % to 16 % and back, 20,000 events each, judged against the true probabilities over the second half
    of each: 400 expected positives, so `within`, which is relative, is four standard errors of the base rate.
    Not among the laws of every sampler, because not every sampler promises a share.
    """
    pupil = sampler.clone()
    for part, base_rate in enumerate((0.04, 0.16, 0.04)):
        learned = positives = negatives = 0.0
        for i in range(20_000):
            x, y, p = event(part * 20_000 + i, base_rate)
            rates = pupil.rates_one(x, p)
            pupil.learn_one(x, y, p, rates)
            if i >= 10_000:
                learned += p[False] * rates[False]
                positives += p[True]
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
    x_is_neither_changed_nor_kept,
    first_events_are_learned,
    a_class_may_come_at_any_time,
    a_label_that_was_not_expected_is_taken,
    weights_arrive_safely,
    what_it_does_is_taken_out_again,
)
