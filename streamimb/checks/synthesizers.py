"""The laws of a `Synthesizer`: examples with the mass of the copies, made from copies of what it learned."""

from __future__ import annotations

import functools
import math
import random
from collections.abc import Iterable
from typing import Any

from streamimb.checks.classifiers import sum_of_said
from streamimb.checks.parts import Law, common, leaves_alone, require
from streamimb.checks.state_data import data_of
from streamimb.compose import SampledClassifier
from streamimb.linear_model import LogisticRegression


@functools.lru_cache(20_000)
def _drawn(i: int) -> tuple[float, float, str, float]:
    rng = random.Random(i)
    return rng.gauss(0.0, 1.0), rng.gauss(5.0, 100.0), rng.choice("uvw"), rng.random()


def event(i: int) -> tuple[dict[str, Any], bool]:
    """Event i of the test stream: features, some of them missing, and a label that is True in one of five."""
    a, b, s, chance = _drawn(i)
    x: dict[str, Any] = {"a": a, "b": b, "n": i % 7, "s": s, "flag": i % 2 == 0}
    if i % 5 == 0:
        x["b"] = None
    if i % 11 == 0:
        del x["s"]
    return x, chance < (0.4 if a > 0.0 else 0.05)


def score(x: Any) -> dict[bool, float]:
    """The probabilities that the test stream gives an example: any function of x."""
    a = x.get("a")
    p = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, a if isinstance(a, float) else 0.0))))
    return {False: 1.0 - p, True: p}


def teach(synthesizer: Any, first: int, n: int) -> list[Any]:
    """Ask for examples of one event in four, and let it learn n events from the first on; return the examples."""
    said = []
    for i in range(first, first + n):
        x, y = event(i)
        if i % 4 == 0:
            said.append(data_of(_made(synthesizer, x, y, 1 + i % 3)))
        synthesizer.learn_one(x, y)
    return said


def _made(synthesizer: Any, x: Any, y: Any, copies: int) -> list[Any]:
    return [(example, float(w)) for example, w in synthesizer.examples_one(x, y, copies, score)]


def _sound(examples: Iterable[Any], copies: int) -> None:
    weights = []
    for x, w in examples:
        require(type(x) is dict, f"an example is a {type(x).__name__}: expected a dict of features")
        require(math.isfinite(w) and w > 0.0, f"an example has the weight {w}: expected a finite number > 0")
        weights.append(w)
    total = math.fsum(weights)
    require(abs(total - copies) <= 1e-9 * copies, f"the weights sum to {total}, of {copies} copies")


def weights_sum_to_the_copies(synthesizer: Any) -> None:
    """For any number of copies, before and after learning: the correction relies on it."""
    pupil = synthesizer.clone()
    for n in (0, 1, 10, 300):
        teach(pupil, 0, n)
        for y in (False, True):
            for copies in (1, 2, 3, 10, 57):
                _sound(_made(pupil, event(n)[0], y, copies), copies)


def x_is_neither_changed_nor_aliased(synthesizer: Any) -> None:
    """learn_one and examples_one keep copies of x, and examples share nothing with x or with the synthesizer."""
    pupil = synthesizer.clone()
    for n in (0, 1, 200):
        teach(pupil, 0, n)
        for y in (False, True):
            leaves_alone(pupil, event(n)[0], functools.partial(pupil.learn_one, y=y))
            x = {**event(n)[0], "list": [1.0]}
            before = data_of(x)
            made = _made(pupil, x, y, 5)
            require(data_of(x) == before, "examples_one changed x")
            learned = data_of(pupil)
            x.clear()
            for example, _ in made:
                require(bool(example), "an example is x itself: give a copy")
                example.clear()
                example["another"] = 1.0
            require(data_of(pupil) == learned, "an example is what the synthesizer keeps: give a copy")


def classes_may_come_at_any_time(synthesizer: Any) -> None:
    """A class never seen gets its copies; labels may be of any type."""
    for labels in (("a", "b", "c"), (0, 1, 2), (False, True, "other")):
        pupil = synthesizer.clone()
        for i in range(200):
            x, y = event(i)[0], labels[i % 2 if i < 150 else 2]
            _sound(_made(pupil, x, y, 3), 3)
            pupil.learn_one(x, y)


def events_of_any_fields_are_taken(synthesizer: Any) -> None:
    """No fields, other fields, extreme numbers, names that are integers, values that cannot be kept."""
    pupil = synthesizer.clone()
    odd: list[dict[Any, Any]] = [
        {}, {"a": 1e308, "b": -1e308}, {"a": math.nan, "b": math.inf}, {1: 2.0, "s": "\ud800"}, {"a": "text", "s": 1.0},
        {"a": 2**200, "n": 2**63}, {"list": [1.0], ("t",): 1.0, None: None}, {"a": 5e-324, "flag": None},
    ]  # fmt: skip
    for _ in range(3):
        for x in odd:
            for y in (True, False):
                _sound(_made(pupil, dict(x), y, 4), 4)
                pupil.learn_one(dict(x), y)
        teach(pupil, 0, 60)


class _Copies:
    """A sampler of constant rates above 1: of which the further copies are made by the synthesizer."""

    depends_on_x = False
    draws = True

    def rates_one(self, x: Any, p: Any, prior: Any) -> Any:
        return {label: 5.0 if label is True else 1.3 for label in p}

    def learn_one(self, x: Any, y: Any, p: Any, rates: Any, prior: Any, w: float = 1.0) -> None:
        """Nothing depends on events."""


@functools.cache
def _with_copies(route: str) -> float:
    return sum_of_said(SampledClassifier(LogisticRegression(), _Copies(), route, seed=1), 2_000, 5_000)


def predictions_sum_to_those_with_copies(synthesizer: Any) -> None:
    """Corrected by either route and not calibrated, predictions sum to those with copies, within a quarter.

    Over 5,000 events after 2,000. Examples that are nothing like events of their class miss: what they teach is mass
    that the correction then takes from all other events.
    """
    for route in ("offset", "prior"):
        model = SampledClassifier(
            LogisticRegression(), _Copies(), route, seed=1, synthesizer=synthesizer.clone()
        )
        said = sum_of_said(model, 2_000, 5_000) / _with_copies(route)
        require(
            0.75 <= said <= 1.25,
            f"by the {route} route predictions sum to {said:.2f} times those with copies",
        )


SYNTHESIZER_LAWS: tuple[Law, ...] = (
    *common(teach),
    weights_sum_to_the_copies,
    x_is_neither_changed_nor_aliased,
    classes_may_come_at_any_time,
    events_of_any_fields_are_taken,
    predictions_sum_to_those_with_copies,
)
