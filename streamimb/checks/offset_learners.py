"""The laws of an `OffsetLearner`: an offset shifts the log-odds, and what it explains is not learned again."""

from __future__ import annotations

import functools
import math
import random
from collections.abc import Callable
from typing import Any

from streamimb.checks.parts import Law, common, leaves_alone, memo_is_sound, require, weights_are_safe
from streamimb.checks.state_data import data_of

WARM, N = 3_000, 5_000
RARE_SHIFT = math.log(5.0)  # of the log-odds, where one of five negatives is learned


@functools.lru_cache(WARM + N)
def _drawn(i: int) -> tuple[float, float, float, bool, float]:
    rng = random.Random(i)
    a, b = rng.gauss(0.0, 1.0), rng.gauss(10.0, 3.0)
    offset = rng.gauss(-3.0, 1.0)
    truth = sigmoid(offset + 1.2 * a + 0.2 * (b - 10.0))
    return a, b, offset, rng.random() < truth, truth


def event(i: int) -> tuple[dict[str, float], bool, float, float]:
    """Event i of the test stream: features, label, offset, and the true probability.

    The offset is drawn independently of the features, and the truth is sigmoid(offset + a function of the features).
    """
    a, b, offset, y, truth = _drawn(i)
    return {"a": a, "b": b}, y, offset, truth


def sigmoid(z: float) -> float:
    """Return the probability of these log-odds."""
    return 1.0 / (1.0 + math.exp(-z))


def teach(learner: Any, first: int, n: int) -> list[Any]:
    """Predict, then learn, n events from the first on; return the predictions."""
    said = []
    for i in range(first, first + n):
        x, y, offset, _ = event(i)
        said.append(learner.predict_offset_one(x, offset))
        learner.observe_one(x, y, offset)
        learner.step_one(x, y, offset)
    return said


def log_odds(learner: Any, i: int, offset: float) -> float:
    """Return its log-odds for event i at an offset."""
    p = learner.predict_offset_one(event(i)[0], offset)
    return math.log(p) - math.log1p(-p)


def predictions_are_probabilities(learner: Any) -> None:
    """For any finite offset, and any finite x: empty, with large values, with unseen names."""
    pupil = learner.clone()
    for first, n in ((0, 0), (0, 1), (1, 300)):
        teach(pupil, first, n)
        for x in (event(1)[0], {}, {"a": 1e6, "b": -1e6}, {"never seen": 1.0}):
            for offset in (-1e6, -700.0, -30.0, 0.0, 30.0, 700.0, 1e6):
                p = pupil.predict_offset_one(dict(x), offset)
                require(0.0 <= p <= 1.0, f"it predicts {p} at offset {offset}: expected a number in [0, 1]")


def predicting_is_pure(learner: Any) -> None:
    """Predicting, with known features or new ones, changes neither the learner nor its later predictions."""
    asked, silent = learner.clone(), learner.clone()
    for i in range(300):
        x, y, offset, _ = event(i)
        for _ in range(3):
            before = data_of(asked)
            asked.predict_offset_one({**x, "never learned": 1.0}, offset + 1.0)
            require(data_of(asked) == before, "predict_offset_one changed the learner")
        for part in (asked, silent):
            part.observe_one(dict(x), y, offset)
            part.step_one(dict(x), y, offset)
    require(teach(asked, 300, 100) == teach(silent, 300, 100), "predicting changed later predictions")


def x_is_neither_changed_nor_aliased(learner: Any) -> None:
    """Neither predicting, observing nor a step changes x, and later changes of x do not affect the state."""
    pupil = learner.clone()
    teach(pupil, 0, 50)
    x, _, offset, _ = event(50)
    for y in (False, True):
        for use in (
            functools.partial(pupil.predict_offset_one, offset=offset),
            functools.partial(pupil.observe_one, y=y, offset=offset),
            functools.partial(pupil.step_one, y=y, offset=offset),
        ):
            leaves_alone(pupil, dict(x), use)


def an_offset_moves_the_log_odds(learner: Any) -> None:
    """A higher offset gives a higher probability, by at most the difference in log-odds; an extreme one decides."""
    pupil = learner.clone()
    for n in (0, 2_000):
        teach(pupil, 0, n)
        for i in range(10_000, 10_020):
            said = [log_odds(pupil, i, offset) for offset in (-5.0, -4.0, -2.0, 0.0)]
            for step, low, high in zip((1.0, 2.0, 2.0), said, said[1:], strict=False):
                require(
                    0.0 < high - low <= step * (1.0 + 1e-9) + 1e-9,
                    f"{step} more of offset moved the log-odds by {high - low:.3g}",
                )
            p, q = (pupil.predict_offset_one(event(i)[0], offset) for offset in (-40.0, 40.0))
            require(p < 1e-6 and q > 1.0 - 1e-6, "an offset of 40 does not decide alone")


def _judged(
    learner: Any, explained: float, learn: Callable[[Any, int, Any, bool, float], None]
) -> tuple[float, ...]:
    """Learn WARM + N events, with the share `explained` of the features in the offset; evaluate the last N.

    Returns the excess of the expected log loss over the truth's, of the learner and of the offset alone, and the sum
    of predictions in multiples of the true sum.
    """
    excess = alone = said = meant = 0.0
    for i in range(WARM + N):
        x, y, offset, truth = event(i)
        offset += explained * (math.log(truth) - math.log1p(-truth) - offset)
        if i >= WARM:
            p = learner.predict_offset_one(x, offset)
            excess += _excess(truth, p)
            alone += _excess(truth, sigmoid(offset))
            said += p
            meant += truth
        learn(learner, i, x, y, offset)
    return excess / N, alone / N, said / meant


def _excess(truth: float, q: float) -> float:
    q = min(1.0 - 1e-12, max(1e-12, q))
    return truth * math.log(truth / q) + (1.0 - truth) * math.log((1.0 - truth) / (1.0 - q))


def _fully(learner: Any, i: int, x: Any, y: bool, offset: float) -> None:
    learner.observe_one(x, y, offset)
    learner.step_one(x, y, offset)


def _thinned(learner: Any, i: int, x: Any, y: bool, offset: float) -> None:
    """Observe every event; take a step on every positive and on one negative in five, at the offset plus the shift."""
    learner.observe_one(x, y, offset)
    if y or i % 5 == 0:
        learner.step_one(x, y, offset + RARE_SHIFT)


def learns_what_the_offset_leaves(learner: Any) -> None:
    """After 3,000 events the excess log loss is at most 75 % of that of the offset alone, and the sum is true.

    Within a fifth over 5,000 events: 500 expected positives, so four standard errors.
    """
    excess, alone, said = _judged(learner.clone(), 0.0, _fully)
    require(excess <= 0.75 * alone, f"{excess / alone:.0%} of the excess loss of the offset alone is left")
    require(0.8 <= said <= 1.2, f"predictions sum to {said:.2f} times the truth")


def what_the_offset_explains_is_not_learned(learner: Any) -> None:
    """Where the offset is the whole truth, the expected log loss stays within 0.01 of the truth's."""
    excess, _, said = _judged(learner.clone(), 1.0, _fully)
    require(excess <= 0.01, f"it adds {excess:.4f} to the log loss of an offset that is the truth")
    require(0.8 <= said <= 1.2, f"predictions sum to {said:.2f} times the truth")


def a_shift_in_training_is_not_served(learner: Any) -> None:
    """A learner trained on one negative in five at offset + log 5, and served at the offset, predicts the true sum."""
    excess, alone, said = _judged(learner.clone(), 0.0, _thinned)
    require(
        0.8 <= said <= 1.25,
        f"sampled with the shift in the offset, predictions sum to {said:.2f} times the truth",
    )
    require(excess <= 0.75 * alone, f"{excess / alone:.0%} of the excess loss of the offset alone is left")


def weights_arrive_safely(learner: Any) -> None:
    """w = 0 changes nothing, a bad w is refused, a huge one leaves probabilities, a step of 7 differs from one of 1."""
    for y in (False, True):
        for method in ("observe_one", "step_one"):
            for n in (0, 100):
                pupil = learner.clone()
                teach(pupil, 0, n)
                x, _, offset, _ = event(n)
                if method == "step_one":  # a step is taken of an event that was observed
                    pupil.observe_one(x, y, offset)
                weights_are_safe(pupil, functools.partial(_use, method=method, x=x, y=y, offset=offset))
                said = (*teach(pupil, n, 100), pupil.predict_offset_one(x, offset))
                require(
                    all(0.0 <= p <= 1.0 for p in said), f"a huge weight in {method} left no probabilities"
                )
    light, heavy = learner.clone(), learner.clone()
    for i in range(300):
        x, y, offset, _ = event(i)
        for part, w in ((light, 1.0), (heavy, 7.0 if y else 1.0)):
            part.observe_one(x, y, offset)
            part.step_one(x, y, offset, w)
    require(
        teach(light, 300, 20) != teach(heavy, 300, 20), "w of step_one is dropped: 7 had the same effect as 1"
    )


def _use(learner: Any, w: float, method: str, x: Any, y: bool, offset: float) -> None:
    getattr(learner, method)(x, y, offset, w)


def a_fresh_memo_changes_nothing(learner: Any) -> None:
    """With a `memo_size`, `memo_one` returns that many floats and is pure; passed back at once they change nothing."""
    if not getattr(learner, "memo_size", 0):
        return
    plain, told = learner.clone(), learner.clone()
    for i in range(200):
        x, y, offset, _ = event(i)
        before = data_of(told)
        memo = told.memo_one(x, offset)
        memo_is_sound(told, memo)
        require(data_of(told) == before and told.memo_one(x, offset) == memo, "memo_one changed the learner")
        plain.observe_one(x, y, offset, 1.0, None)
        told.observe_one(x, y, offset, 1.0, memo)
        for part in (plain, told):
            part.step_one(x, y, offset)
    require(data_of(plain) == data_of(told), "a fresh memo has another effect than memo=None")


OFFSET_LEARNER_LAWS: tuple[Law, ...] = (
    *common(teach),
    predictions_are_probabilities,
    predicting_is_pure,
    x_is_neither_changed_nor_aliased,
    an_offset_moves_the_log_odds,
    learns_what_the_offset_leaves,
    what_the_offset_explains_is_not_learned,
    a_shift_in_training_is_not_served,
    weights_arrive_safely,
    a_fresh_memo_changes_nothing,
)
