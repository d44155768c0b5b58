"""The laws of a `ClassCalibrator`: probabilities of the classes asked for, no harm, and bold answers repaired."""

from __future__ import annotations

import functools
import itertools
import math
import random
from typing import Any

from streamimb.checks.parts import Law, LawBroken, common, leaves_alone, require, weights_are_safe
from streamimb.checks.state_data import data_of

SHARES = {"often": 0.0, "seldom": -1.5, "rare": -3.5}  # log-odds of the classes in the mean
WARM, N = 5_000, 15_000
HARD: tuple[dict[Any, float], ...] = (
    {"a": 1.0, "b": 0.0},
    {"a": 0.0, "b": 0.0, "c": 1.0},
    {False: 0.5, True: 0.5},
    {"new": 1e-300, "a": 1.0},
)


@functools.lru_cache(N)
def event(i: int) -> tuple[dict[str, float], str]:
    """Event i of the test stream: the true probability of each class, and its label."""
    return _drawn(i, SHARES)


@functools.lru_cache(N)
def equal_event(i: int) -> tuple[dict[str, float], str]:
    """The same of a stream whose classes are equally frequent."""
    return _drawn(i, dict.fromkeys(SHARES, 0.0))


def _drawn(i: int, shares: dict[str, float]) -> tuple[dict[str, float], str]:
    rng = random.Random(i)
    masses = {k: math.exp(log + rng.gauss(0.0, 1.0)) for k, log in shares.items()}
    total = math.fsum(masses.values())
    truth = {k: mass / total for k, mass in masses.items()}
    at, ends = rng.random(), itertools.accumulate(truth.values())
    return truth, next((k for k, end in zip(truth, ends, strict=True) if at < end), "rare")


def bold(truth: dict[str, float]) -> dict[str, float]:
    """Twice the differences of the log-odds."""
    total = math.fsum(p * p for p in truth.values())
    return {k: p * p / total for k, p in truth.items()}


def teach(calibrator: Any, first: int, n: int) -> list[Any]:
    """Let it learn n bold answers from the first on; return its own."""
    said = []
    for i in range(first, first + n):
        truth, y = event(i % N)
        said.append(sorted(calibrator.calibrate_one(bold(truth)).items()))
        calibrator.learn_one(bold(truth), y)
    return said


def answers_are_probabilities_of_the_classes(calibrator: Any) -> None:
    """Of exactly the classes of p, summing to 1: new classes, probabilities of 0 and 1, and labels that p lacks too."""
    pupil = calibrator.clone()
    for _ in range(3):
        for p, y in itertools.product(HARD, ("a", "b", True, 7)):
            q = pupil.calibrate_one(p)
            require(q.keys() == p.keys(), f"asked for the classes {list(p)}, it gave {list(q)}")
            require(
                all(0.0 <= one <= 1.0 for one in q.values()) and abs(math.fsum(q.values()) - 1.0) < 1e-9,
                f"of {p} it made {q}",
            )
            pupil.learn_one(p, y)


def calibrate_one_is_pure(calibrator: Any) -> None:
    """A call changes nothing, and the same call returns the same."""
    pupil = calibrator.clone()
    teach(pupil, 0, 100)
    before = data_of(pupil)
    p = event(1)[0]
    require(pupil.calibrate_one(p) == pupil.calibrate_one(p), "two equal calls returned different results")
    require(data_of(pupil) == before, "calibrate_one changed the calibrator")


def p_is_left_alone(calibrator: Any) -> None:
    """It neither changes p nor keeps it."""
    pupil = calibrator.clone()
    teach(pupil, 0, 50)
    leaves_alone(pupil, dict(event(1)[0]), lambda p: (pupil.calibrate_one(p), pupil.learn_one(p, "rare")))


def what_is_no_probability_is_refused(calibrator: Any) -> None:
    """NaN and numbers outside [0, 1] raise ValueError, and change nothing."""
    pupil = calibrator.clone()
    teach(pupil, 0, 50)
    before = data_of(pupil)
    for wrong in (math.nan, math.inf, -0.5, 1.5):
        for ask in (pupil.calibrate_one, lambda p: pupil.learn_one(p, "often")):
            try:
                ask({"often": 0.5, "rare": wrong})
            except ValueError:
                require(data_of(pupil) == before, f"{wrong} was refused, but changed something")
            else:
                raise LawBroken(f"a probability of {wrong} was accepted; raise ValueError")


def _learn(calibrator: Any, w: float, y: Any) -> None:
    calibrator.learn_one(event(3)[0], y, w)


def weights_arrive_safely(calibrator: Any) -> None:
    """A weight of 0 changes nothing, a bad one is refused, a huge one leaves probabilities; 9 beats 1."""
    for y in ("often", "rare"):
        pupil = calibrator.clone()
        teach(pupil, 0, 100)
        weights_are_safe(pupil, functools.partial(_learn, y=y))
        teach(pupil, 100, 100)
        answers_are_probabilities_of_the_classes(calibrator)
    light, heavy = calibrator.clone(), calibrator.clone()
    for i in range(1_000):
        truth, y = event(i)
        light.learn_one(bold(truth), y, 1.0)
        heavy.learn_one(bold(truth), y, 9.0)
    require(data_of(light) != data_of(heavy), "w is dropped: nine times the weight teaches the same")


def _loss(truth: dict[str, float], q: Any) -> float:
    return math.fsum(p * math.log(p / max(1e-6, q[k])) for k, p in truth.items())


def does_no_harm(calibrator: Any) -> None:
    """On a calibrated stream the expected log loss stays within 0.003 of the truth's, 5,000 labels later."""
    pupil = calibrator.clone()
    excess = 0.0
    for i in range(N):
        truth, y = event(i)
        if i >= WARM:
            excess += _loss(truth, pupil.calibrate_one(truth)) / (N - WARM)
        pupil.learn_one(truth, y)
    require(excess <= 0.003, f"it adds {excess:.4f} to the log loss of calibrated answers")


def repairs_bold_answers(calibrator: Any) -> None:
    """Of answers twice as bold as they should be, nine tenths of the expected excess loss go within 5,000 labels."""
    pupil = calibrator.clone()
    before = after = 0.0
    for i in range(WARM + 3_000):
        truth, y = equal_event(i)
        if i >= WARM:
            before += _loss(truth, bold(truth))
            after += _loss(truth, pupil.calibrate_one(bold(truth)))
        pupil.learn_one(bold(truth), y)
    require(after <= 0.1 * before, f"of the excess loss {after / before:.0%} is left")


CLASS_CALIBRATOR_LAWS: tuple[Law, ...] = (
    *common(teach),
    answers_are_probabilities_of_the_classes,
    calibrate_one_is_pure,
    p_is_left_alone,
    what_is_no_probability_is_refused,
    weights_arrive_safely,
    does_no_harm,
    repairs_bold_answers,
)
