"""The laws of a `DriftDetector`: alarms with names and evidence, none while nothing changes, one after a change."""

from __future__ import annotations

import functools
import math
import random
from typing import Any

from river import base

from streamimb.checks.metrics import described
from streamimb.checks.parts import Law, LawBroken, common, require, weights_are_safe
from streamimb.checks.state_data import data_of
from streamimb.drift.protocol import DriftDetector

CHANGE_N = 12_000  # from this event on everything that a detector can watch is different
FOUND_N = 24_000  # events by which it is found
NO_PROBABILITIES = (-0.1, 1.1, math.nan, math.inf)


def observed(watches: str, i: int) -> tuple[Any, ...]:
    """Return the arguments of `update` for event i: one event in twenty is True, and scores are calibrated.

    After the change three in ten are True whatever their score, scores are higher, values a hundredfold, and labels ten
    times as late. Events are a minute apart, so that delays can be compared with those of the days before.
    """
    rng = random.Random(i)
    changed = i >= CHANGE_N
    p = rng.betavariate(2.0, 10.0) if changed else rng.betavariate(0.5, 9.5)
    y = rng.random() < (0.3 if changed else p)
    if watches == "labelled scores":
        return y, p
    if watches == "scores":
        return (p,)
    if watches == "delays":
        return rng.expovariate(0.01) * (10.0 if changed else 1.0), 60.0 * i
    amount = rng.lognormvariate(3.0, 0.5) * (100.0 if changed else 1.0)
    return ({"amount": amount, "country": rng.choice(["a", "b", "c"]), "n": float(rng.randrange(5))},)


def teach(detector: Any, first: int, n: int) -> list[Any]:
    """Update it with n events from the first on; return its alarms after each, as text."""
    said = []
    for i in range(first, first + n):
        detector.update(*observed(detector.watches, i))
        said.append(repr(detector.alarms) if detector.drift_detected else "")
    return said


def it_is_a_detector(detector: Any) -> None:
    """It is a drift detector of River, and has what the protocol asks for."""
    require(isinstance(detector, base.DriftDetector), "it does not derive from river.base.DriftDetector")
    require(
        isinstance(detector, DriftDetector), "watches, update, drift_detected, alarms or readings is missing"
    )
    require(detector.clone().alarms == (), "a new one has an alarm")


def a_change_is_named(detector: Any) -> None:
    """It is silent before the change, and alarms after it, with a name, evidence and what to look at."""
    pupil = detector.clone()
    require(not any(teach(pupil, 0, CHANGE_N)), "it alarms while nothing changes")
    for i in range(CHANGE_N, FOUND_N):
        pupil.update(*observed(pupil.watches, i))
        require(pupil.drift_detected == bool(pupil.alarms), "drift_detected and alarms disagree")
        if pupil.drift_detected:
            for alarm in pupil.alarms:
                require(bool(alarm.name) and bool(alarm.title), "an alarm has no name")
                require(alarm.look_at.endswith("."), f"{alarm.name}: what to look at is no sentence")
                require(bool(alarm.evidence), f"{alarm.name}: an alarm has no evidence")
                numbers = alarm.evidence.values()
                require(all(map(math.isfinite, numbers)), f"{alarm.name}: the evidence is no number")
            return
    raise LawBroken(f"it has not found the change {FOUND_N - CHANGE_N:,} events after it")


def reading_is_pure(detector: Any) -> None:
    """`drift_detected`, `alarms` and `readings` change nothing, and answer the same twice."""
    pupil = detector.clone()
    for n in (0, 300):
        teach(pupil, 0, n)
        before = data_of(pupil)
        for ask in (lambda: pupil.drift_detected, lambda: pupil.alarms, lambda: list(pupil.readings())):
            require(repr(ask()) == repr(ask()), "two equal questions have different answers")
        require(data_of(pupil) == before, "reading changed the detector")


def readings_are_fit_to_export(detector: Any) -> None:
    """Names, help texts and labels are valid, and do not depend on the events."""
    pupil = detector.clone()
    before = [described(reading) for reading in pupil.readings()]
    require(bool(before), "it has no reading")
    require(len({name for name, *_ in before}) == len(before), "two readings have one name")
    teach(pupil, 0, 300)
    after = [described(reading) for reading in pupil.readings()]
    require(after == before, "what it has seen changes the names, kinds or labels of its readings")


def what_is_no_probability_is_refused(detector: Any) -> None:
    """A score that is NaN or outside [0, 1] raises ValueError and changes nothing."""
    pupil = detector.clone()
    if "scores" not in pupil.watches:
        return
    teach(pupil, 0, 50)
    before = data_of(pupil)
    for p in NO_PROBABILITIES:
        try:
            pupil.update(*observed(pupil.watches, 0)[:-1], p)
        except ValueError:
            require(data_of(pupil) == before, f"a probability of {p} was refused, but changed something")
        else:
            raise LawBroken(f"a probability of {p} was accepted; raise ValueError")


def _update(detector: Any, w: float, i: int) -> None:
    detector.update(*observed(detector.watches, i), w)


def weights_arrive_safely(detector: Any) -> None:
    """A weight of 0 changes nothing, a bad one is refused, a huge one leaves readings that are no NaN."""
    pupil = detector.clone()
    if "scores" not in pupil.watches:
        return
    teach(pupil, 0, 100)
    for i in range(100, 140):
        weights_are_safe(pupil, functools.partial(_update, i=i))
    teach(pupil, 140, 200)
    require("nan" not in repr([reading.value for reading in pupil.readings()]), "a huge weight left a NaN")


DRIFT_DETECTOR_LAWS: tuple[Law, ...] = (
    *common(teach),
    it_is_a_detector,
    a_change_is_named,
    reading_is_pure,
    readings_are_fit_to_export,
    what_is_no_probability_is_refused,
    weights_arrive_safely,
)
