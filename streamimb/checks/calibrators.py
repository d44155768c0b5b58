"""The laws of a `Calibrator`: valid probabilities, calibrated scores stay calibrated, distorted ones are repaired.

Answers are compared with known true probabilities, so that label noise has no effect. A calibrator may start at any
map, and may answer 0 and 1.
"""

from __future__ import annotations

import functools
import itertools
import math
import random
from typing import Any

from streamimb.checks.parts import Law, LawBroken, common, memo_is_sound, require, weights_are_safe
from streamimb.checks.state_data import data_of

STREAM_N = 30_000  # events kept for the next law
RAREST = 1e-4  # the smallest true probability of the stream: an answer below it counts as this
NO_LABELS = (None, math.nan, "a", "False", 2, 0.5, ())
SCORES = (0.0, 1e-300, 1e-9, 1e-6, 0.01, 0.3, 0.5, 0.7, 1.0 - 1e-9, 1.0)


@functools.lru_cache(STREAM_N)
def event(i: int) -> tuple[float, bool]:
    """Event i of the test stream: its true probability, and its label."""
    rng = random.Random(i)
    truth = min(0.95, 0.04 * rng.expovariate(1.0) * rng.expovariate(1.0) + RAREST)
    return truth, rng.random() < truth


def distorted(truth: float) -> float:
    """Four times the odds and then half the logit, as by sampling and a slow learner."""
    return 1.0 / (1.0 + math.exp(-0.5 * (math.log(truth / (1.0 - truth)) + math.log(4.0))))


def teach(calibrator: Any, first: int, n: int) -> list[Any]:
    """Let it learn n distorted scores from the first on; return its answers."""
    said = []
    for i in range(first, first + n):
        truth, y = event(i)
        said.append(calibrator.calibrate_one(distorted(truth)))
        calibrator.learn_one(distorted(truth), y)
    return said


def stays_in_the_unit_interval(calibrator: Any) -> None:
    """For scores of 0 and 1 too, before and after learning, and after one class only."""
    pupil = calibrator.clone()
    for lesson in (None, False, True):
        for p in SCORES:
            q = pupil.calibrate_one(p)
            require(0.0 <= q <= 1.0, f"calibrate_one({p}) is {q}")
        for i in range(300):
            if lesson is not None:
                pupil.learn_one(SCORES[i % len(SCORES)], lesson)
    for p in SCORES:
        require(0.0 <= pupil.calibrate_one(p) <= 1.0, f"calibrate_one({p}) leaves [0, 1]")


def calibrate_one_is_pure(calibrator: Any) -> None:
    """A call changes nothing, and the same call returns the same."""
    pupil = calibrator.clone()
    teach(pupil, 0, 100)
    before = data_of(pupil)
    require(
        pupil.calibrate_one(0.2) == pupil.calibrate_one(0.2), "two equal calls returned different results"
    )
    require(data_of(pupil) == before, "calibrate_one changed the calibrator")


def what_is_no_score_is_refused(calibrator: Any) -> None:
    """NaN and numbers well outside [0, 1] raise ValueError, and change nothing."""
    pupil = calibrator.clone()
    teach(pupil, 0, 50)
    before = data_of(pupil)
    for p in (math.nan, math.inf, -math.inf, -0.5, 1.5):
        for ask in (pupil.calibrate_one, lambda p: pupil.learn_one(p, True)):
            try:
                ask(p)
            except ValueError:
                require(data_of(pupil) == before, f"a score of {p} was refused, but changed something")
            else:
                raise LawBroken(f"a score of {p} was accepted; raise ValueError")


def what_is_no_label_is_refused(calibrator: Any) -> None:
    """None, NaN, texts and other numbers than 0 and 1 raise ValueError, and change nothing: else each is a class."""
    pupil = calibrator.clone()
    teach(pupil, 0, 50)
    before = data_of(pupil)
    for y in NO_LABELS:
        try:
            pupil.learn_one(0.1, y)
        except ValueError:
            require(data_of(pupil) == before, f"the label {y!r} was refused, but changed something")
        else:
            raise LawBroken(f"the label {y!r} was accepted; raise ValueError")


def a_fresh_memo_changes_nothing(calibrator: Any) -> None:
    """With a `memo_size`, `memo_one` returns that many floats and is pure; passed back at once they change nothing."""
    if not getattr(calibrator, "memo_size", 0):
        return
    plain, told = calibrator.clone(), calibrator.clone()
    for i in range(300):
        truth, y = event(i)
        p = distorted(truth)
        before = data_of(told)
        memo = told.memo_one(p)
        memo_is_sound(told, memo)
        require(data_of(told) == before and told.memo_one(p) == memo, "memo_one changed the calibrator")
        plain.learn_one(p, y, 1.0, None)
        told.learn_one(p, y, 1.0, memo)
    require(data_of(plain) == data_of(told), "a fresh memo has another effect than memo=None")


def _learn(calibrator: Any, w: float, p: float, y: bool) -> None:
    calibrator.learn_one(p, y, w)


def weights_arrive_safely(calibrator: Any) -> None:
    """A weight of 0 changes nothing, a bad one is refused, a huge one leaves probabilities; 9 beats 1."""
    for y in (False, True):
        for p in (1e-9, 0.2, 0.999):
            pupil = calibrator.clone()
            teach(pupil, 0, 100)
            weights_are_safe(pupil, functools.partial(_learn, p=p, y=y))
            require(0.0 <= pupil.calibrate_one(0.2) <= 1.0, "a huge weight made no probability of a score")
            teach(pupil, 100, 100)
            require(0.0 <= pupil.calibrate_one(0.2) <= 1.0, "a huge weight made no probability of a score")
    light, heavy = calibrator.clone(), calibrator.clone()
    for i in range(500):
        truth, y = event(i)
        light.learn_one(truth, y, 1.0)
        heavy.learn_one(truth, y, 9.0 if y else 1.0)
    scores = [event(i)[0] for i in range(500, 700)]  # not one score: its bin may not have met a positive
    often, once = (
        math.fsum(math.log(max(RAREST, pupil.calibrate_one(p))) for p in scores) for pupil in (heavy, light)
    )
    require(
        often - once > len(scores) * math.log(2.0),
        "w is dropped: positives that count nine times teach no more than others",
    )


def _loss(truth: float, q: float) -> float:
    """Expected log loss of the answer q, minus that of the truth."""
    q = min(1.0 - RAREST, max(RAREST, q))
    return truth * math.log(truth / q) + (1.0 - truth) * math.log((1.0 - truth) / (1.0 - q))


def does_no_harm(calibrator: Any, warm: int = 5_000) -> None:
    """On a calibrated stream, `warm` labels later, the expected log loss stays within 0.002 of the truth's.

    With `warm` = 0 it is tested from the first label on, for calibrators that start as the identity.
    """
    pupil = calibrator.clone()
    excess, n = 0.0, 20_000
    for i in range(n):
        truth, y = event(i)
        if i >= warm:
            excess += _loss(truth, pupil.calibrate_one(truth)) / (n - warm)
        pupil.learn_one(truth, y)
    require(excess <= 0.002, f"it adds {excess:.4f} to the log loss of calibrated scores")


def repairs(calibrator: Any) -> None:
    """On a known distortion, ten thousand events later, nine tenths of the expected excess loss are gone."""
    pupil = calibrator.clone()
    teach(pupil, 0, 10_000)
    before = after = 0.0
    for i in range(10_000, 20_000):
        truth, y = event(i)
        before += _loss(truth, distorted(truth))
        after += _loss(truth, pupil.calibrate_one(distorted(truth)))
        pupil.learn_one(distorted(truth), y)
    require(after <= 0.1 * before, f"of the excess loss {after / before:.0%} is left")


def repairs_saturated_scores(calibrator: Any) -> None:
    """For scores at or near 0 and 1, the answers sum to within 15 % of the sum of the true probabilities."""
    for low, high in ((0.0, 1.0), (1e-9, 1.0 - 1e-9)):
        pupil = calibrator.clone()
        said = meant = 0.0
        for i in range(30_000):
            truth, y = event(i)
            p = high if truth > 0.01 else low
            if i >= 10_000:
                said += pupil.calibrate_one(p)
                meant += truth
            pupil.learn_one(p, y)
        require(
            0.85 <= said / meant <= 1.15,
            f"scores of {low} and {high} add up to {said / meant:.2f} x the truth",
        )


def is_monotone(calibrator: Any) -> None:
    """A higher score never means less. For calibrators that promise it; not among the laws of all."""
    pupil = calibrator.clone()
    for round_ in range(20):
        teach(pupil, round_ * 50, 50)
        said = [pupil.calibrate_one(i / 500) for i in range(501)]
        require(all(a <= b for a, b in itertools.pairwise(said)), "a higher score came to mean less")


def starts_as_the_identity(calibrator: Any) -> None:
    """Before learning a score means itself. For calibrators that promise it; not among the laws of all."""
    pupil = calibrator.clone()
    for p in SCORES[2:-1]:
        require(math.isclose(pupil.calibrate_one(p), p, rel_tol=1e-9, abs_tol=1e-12), f"{p} became another")


CALIBRATOR_LAWS: tuple[Law, ...] = (
    *common(teach),
    stays_in_the_unit_interval,
    calibrate_one_is_pure,
    what_is_no_score_is_refused,
    what_is_no_label_is_refused,
    a_fresh_memo_changes_nothing,
    weights_arrive_safely,
    does_no_harm,
    repairs,
    repairs_saturated_scores,
)
