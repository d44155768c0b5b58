"""The laws of a `DecisionRule`: thresholds that are numbers, asked for without a change, and counted scores."""

from __future__ import annotations

import functools
import math
import random
from typing import Any

from streamimb.checks.metrics import described
from streamimb.checks.parts import Law, LawBroken, common, leaves_alone, require
from streamimb.checks.state_data import data_of

NO_PROBABILITIES = (-0.1, 1.1, math.nan, math.inf)


def event(i: int) -> tuple[float, dict[str, float], float]:
    """Event i of the test stream: its probability, its features, and its time in seconds."""
    rng = random.Random(i)
    return rng.betavariate(0.3, 10.0), {"amount": rng.expovariate(0.02), "cost": 5.0 * rng.random()}, 2.0 * i


def teach(rule: Any, first: int, n: int) -> list[Any]:
    """Ask for the thresholds of n events from the first on and count each; return the thresholds."""
    said = []
    for i in range(first, first + n):
        p, x, t = event(i)
        said.append(rule.threshold_one(x, t))
        rule.observe_one(p, x, t)
    return said


def thresholds_are_numbers(rule: Any) -> None:
    """A threshold is a finite float >= 0: at first, later, for any features, scores of 0 and 1, and after silence."""
    pupil = rule.clone()
    odd: list[tuple[float, dict[str, Any], float]] = [
        (0.0, {}, 600.0),
        (1.0, {"never seen": "a"}, 1e9),
        (0.5, {}, 1e9),
    ]
    for p, x, t in [*map(event, range(300)), *odd]:
        for features in (x, {}, {"amount": math.nan, "cost": None}):
            threshold = pupil.threshold_one({**features}, t)
            require(
                isinstance(threshold, float) and 0.0 <= threshold < math.inf,
                f"threshold_one gave {threshold!r}: expected a finite float >= 0",
            )
        pupil.observe_one(p, x, t)


def threshold_one_is_pure(rule: Any) -> None:
    """A call changes nothing, and the same call returns the same; readings change nothing either."""
    pupil = rule.clone()
    for n in (0, 100):
        teach(pupil, 0, n)
        _, x, t = event(n)
        before = data_of(pupil)
        require(pupil.threshold_one(x, t) == pupil.threshold_one(x, t), "two equal calls differ")
        require(repr(list(pupil.readings())) == repr(list(pupil.readings())), "two readings differ")
        require(data_of(pupil) == before, "threshold_one or readings changed the rule")


def x_is_neither_changed_nor_kept(rule: Any) -> None:
    """`observe_one` leaves the features alone."""
    pupil = rule.clone()
    teach(pupil, 0, 50)
    p, x, t = event(50)
    leaves_alone(pupil, x, functools.partial(_observe, pupil, p, t))


def _observe(rule: Any, p: float, t: float, x: Any) -> None:
    rule.observe_one(p, x, t)


def what_is_no_probability_is_refused(rule: Any) -> None:
    """NaN and numbers outside [0, 1] raise ValueError and change nothing."""
    pupil = rule.clone()
    teach(pupil, 0, 50)
    before = data_of(pupil)
    for p in NO_PROBABILITIES:
        try:
            pupil.observe_one(p, {}, 100.0)
        except ValueError:
            require(data_of(pupil) == before, f"p={p} was refused, but changed something")
        else:
            raise LawBroken(f"p={p} was accepted; raise ValueError")


def late_events_are_taken(rule: Any) -> None:
    """Events whose time goes back are counted, and thresholds stay numbers."""
    pupil = rule.clone()
    teach(pupil, 100, 100)
    said = teach(pupil, 0, 100)
    require(
        all(threshold >= 0.0 for threshold in said), "after events that came late a threshold is no number"
    )


def readings_are_fit_to_export(rule: Any) -> None:
    """Names, help texts and labels are valid and do not depend on the events."""
    pupil = rule.clone()
    before = [described(reading) for reading in pupil.readings()]
    teach(pupil, 0, 300)
    require([described(reading) for reading in pupil.readings()] == before, "events change its readings")


DECISION_RULE_LAWS: tuple[Law, ...] = (
    *common(teach),
    thresholds_are_numbers,
    threshold_one_is_pure,
    x_is_neither_changed_nor_kept,
    what_is_no_probability_is_refused,
    late_events_are_taken,
    readings_are_fit_to_export,
)
