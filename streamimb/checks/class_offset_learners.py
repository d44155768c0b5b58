"""The laws of a `ClassOffsetLearner`: offsets shift the log-odds of classes and are not learned again."""

from __future__ import annotations

import functools
import itertools
import math
import random
from typing import Any

from streamimb.checks.parts import Law, common, leaves_alone, require, weights_are_safe
from streamimb.checks.state_data import data_of

WARM, N = 3_000, 5_000
SLOPES = {"often": (0.0, 0.0), "seldom": (1.2, -0.3), "rare": (-0.5, 0.4)}  # of g_k in a and in (b - 10)
CENTRES = {"often": 0.0, "seldom": -2.0, "rare": -4.0}  # of the offsets
KEEP = 5  # one of so many events of the class "often" is learned, where it is sampled


@functools.lru_cache(WARM + N)
def _drawn(i: int) -> tuple[float, float, str, dict[str, float], dict[str, float]]:
    rng = random.Random(i)
    a, b = rng.gauss(0.0, 1.0), rng.gauss(10.0, 3.0)
    offsets = {k: centre + rng.gauss(0.0, 0.7) for k, centre in CENTRES.items()}
    masses = {k: math.exp(offsets[k] + u * a + v * (b - 10.0)) for k, (u, v) in SLOPES.items()}
    truth = {k: mass / math.fsum(masses.values()) for k, mass in masses.items()}
    at = rng.random()
    y = next(
        k
        for k, end in zip(truth, itertools.accumulate(truth.values()), strict=True)
        if at < end or k == "rare"
    )
    return a, b, y, offsets, truth


def event(i: int) -> tuple[dict[str, float], str, dict[str, float], dict[str, float]]:
    """Event i of the test stream: features, label, offsets, and the true probabilities.

    The offsets are drawn independently of the features; the truth is the softmax of offsets + functions of them.
    """
    a, b, y, offsets, truth = _drawn(i)
    return {"a": a, "b": b}, y, dict(offsets), truth


def teach(learner: Any, first: int, n: int) -> list[Any]:
    """Predict, then learn, n events from the first on; return the predictions."""
    said = []
    for i in range(first, first + n):
        x, y, offsets, _ = event(i)
        said.append(sorted(learner.predict_offsets_one(x, offsets).items()))
        learner.observe_one(x, y, offsets)
        learner.step_one(x, y, offsets)
    return said


def predictions_are_probabilities(learner: Any) -> None:
    """Of the classes of the offsets, met or not, summing to 1, for any finite offsets and x."""
    pupil = learner.clone()
    for first, n in ((0, 0), (0, 1), (1, 300)):
        teach(pupil, first, n)
        for x in (event(1)[0], {}, {"a": 1e6, "b": -1e6}, {"never seen": 1.0}):
            for size in (-1e6, -30.0, 0.0, 700.0, 1e6):
                for offsets in (
                    {"often": size, "rare": 0.0},
                    {"new": size},
                    {"new": size, "often": -size, 7: 0.0},
                ):
                    p = pupil.predict_offsets_one(dict(x), dict(offsets))
                    require(set(p) == set(offsets), "it names other classes than those of the offsets")
                    require(
                        all(0.0 <= q <= 1.0 for q in p.values()) and math.isclose(math.fsum(p.values()), 1.0),
                        f"at an offset of {size} it gives numbers that are no probabilities",
                    )


def predicting_is_pure(learner: Any) -> None:
    """Predicting, with known features and classes or new ones, changes neither the learner nor its predictions."""
    asked, silent = learner.clone(), learner.clone()
    for i in range(200):
        x, y, offsets, _ = event(i)
        before = data_of(asked)
        asked.predict_offsets_one({**x, "never learned": 1.0}, {**offsets, "new": 0.0})
        require(data_of(asked) == before, "predict_offsets_one changed the learner")
        for part in (asked, silent):
            part.observe_one(dict(x), y, dict(offsets))
            part.step_one(dict(x), y, dict(offsets))
    require(teach(asked, 200, 100) == teach(silent, 200, 100), "predicting changed later predictions")


def arguments_are_neither_changed_nor_aliased(learner: Any) -> None:
    """Neither x nor the offsets are changed, and later changes of them do not affect the state."""
    pupil = learner.clone()
    teach(pupil, 0, 50)
    x, y, offsets, _ = event(50)
    for use in ("predict", "observe_one", "step_one"):

        def call(features: Any, given: Any, use: str = use) -> None:
            if use == "predict":
                pupil.predict_offsets_one(features, given)
            else:
                getattr(pupil, use)(features, y, given)

        leaves_alone(pupil, dict(x), functools.partial(call, given=dict(offsets)))
        leaves_alone(pupil, dict(offsets), functools.partial(call, dict(x)))


def an_offset_moves_its_class(learner: Any) -> None:
    """A higher offset of a class moves its log-odds against the rest up, by at most as much; all alike move none."""
    pupil = learner.clone()
    for n in (0, 1_000):
        teach(pupil, 0, n)
        for i in range(10_000, 10_010):
            x, _, offsets, _ = event(i)
            before = pupil.predict_offsets_one(x, offsets)
            for k, step in itertools.product(offsets, (0.5, 3.0)):
                after = pupil.predict_offsets_one(x, {**offsets, k: offsets[k] + step})
                moved = _log_odds(after, k) - _log_odds(before, k)
                require(
                    0.0 < moved <= step * (1.0 + 1e-9) + 1e-9,
                    f"{step} more of offset moved the log-odds of a class by {moved:.3g}",
                )
            shifted = pupil.predict_offsets_one(x, {k: offset + 5.0 for k, offset in offsets.items()})
            require(
                all(math.isclose(shifted[k], before[k], rel_tol=1e-9) for k in before),
                "a constant added to all offsets changed the probabilities",
            )


def _log_odds(p: Any, k: Any) -> float:
    return math.log(p[k]) - math.log(math.fsum(q for other, q in p.items() if other != k))


def _judged(learner: Any, explained: float, keep: int) -> tuple[float, float, dict[str, float]]:
    """Learn WARM + N events, with the share `explained` of the features in the offsets; evaluate the last N.

    One of `keep` events of the class "often" takes a step, with the log of that rate in its offset. Returns the excess
    of the expected log loss over the truth's, of the learner and of the offsets alone, and for each class the sum of
    predictions in multiples of the true sum.
    """
    pupil = learner.clone()
    excess = alone = 0.0
    said, meant = dict.fromkeys(SLOPES, 0.0), dict.fromkeys(SLOPES, 0.0)
    for i in range(WARM + N):
        x, y, offsets, truth = event(i)
        offsets = {k: o + explained * (math.log(truth[k]) - o) for k, o in offsets.items()}
        if i >= WARM:
            p = pupil.predict_offsets_one(x, offsets)
            masses = {k: math.exp(o) for k, o in offsets.items()}
            total = math.fsum(masses.values())
            for k, q in truth.items():
                excess += q * math.log(q / max(1e-12, p[k]))
                alone += q * math.log(q * total / masses[k])
                said[k] += p[k]
                meant[k] += q
        pupil.observe_one(x, y, offsets)
        if y != "often" or i % keep == 0:
            pupil.step_one(x, y, {**offsets, "often": offsets["often"] - math.log(keep)})
    return excess / N, alone / N, {k: said[k] / meant[k] for k in said}


def learns_what_the_offsets_leave(learner: Any) -> None:
    """Of the expected excess log loss of the offsets alone, a quarter is gone after 3,000 events; sums are true.

    The rarest class has about 200 expected events of 5,000, so a quarter is more than three standard errors.
    """
    excess, alone, ratios = _judged(learner, 0.0, 1)
    require(excess <= 0.75 * alone, f"{excess / alone:.0%} of the excess loss of the offsets alone is left")
    _sums_are_true(ratios)


def what_the_offsets_explain_is_not_learned(learner: Any) -> None:
    """Where the offsets are the whole truth, the expected log loss stays within 0.01 of the truth's."""
    excess, _, ratios = _judged(learner, 1.0, 1)
    require(excess <= 0.01, f"it adds {excess:.4f} to the log loss of offsets that are the truth")
    _sums_are_true(ratios)


def a_rate_in_training_is_not_served(learner: Any) -> None:
    """Learned from one of five common events at offsets with the log of that rate; served without, sums are true."""
    excess, alone, ratios = _judged(learner, 0.0, KEEP)
    require(excess <= 0.75 * alone, f"{excess / alone:.0%} of the excess loss of the offsets alone is left")
    _sums_are_true(ratios)


def _sums_are_true(ratios: dict[str, float]) -> None:
    for k, ratio in ratios.items():
        require(0.75 <= ratio <= 1.3, f"predictions of the class {k!r} sum to {ratio:.2f} times the truth")


def weights_arrive_safely(learner: Any) -> None:
    """w = 0 changes nothing, a bad one is refused, a huge one leaves probabilities; a step of 7 is not one of 1."""
    for method, n in itertools.product(("observe_one", "step_one"), (0, 100)):
        pupil = learner.clone()
        teach(pupil, 0, n)
        x, y, offsets, _ = event(n)
        if method == "step_one":  # a step is taken of an event that was observed
            pupil.observe_one(x, y, offsets)
        weights_are_safe(pupil, functools.partial(_use, method=method, x=x, y=y, offsets=offsets))
        p = pupil.predict_offsets_one(x, offsets)
        require(all(0.0 <= q <= 1.0 for q in p.values()), f"a huge weight in {method} left no probabilities")
    light, heavy = learner.clone(), learner.clone()
    for i in range(300):
        x, y, offsets, _ = event(i)
        for part, w in ((light, 1.0), (heavy, 7.0 if y == "rare" else 1.0)):
            part.observe_one(x, y, offsets)
            part.step_one(x, y, offsets, w)
    require(
        teach(light, 300, 20) != teach(heavy, 300, 20), "w of step_one is dropped: 7 had the same effect as 1"
    )


def _use(learner: Any, w: float, method: str, x: Any, y: str, offsets: Any) -> None:
    getattr(learner, method)(x, y, offsets, w)


CLASS_OFFSET_LEARNER_LAWS: tuple[Law, ...] = (
    *common(teach),
    predictions_are_probabilities,
    predicting_is_pure,
    arguments_are_neither_changed_nor_aliased,
    an_offset_moves_its_class,
    learns_what_the_offsets_leave,
    what_the_offsets_explain_is_not_learned,
    a_rate_in_training_is_not_served,
    weights_arrive_safely,
)
