"""The laws of a binary classifier: weights are used or refused, and probabilities are valid and true.

They go beyond River's own checks, and hold for any classifier.
"""

from __future__ import annotations

import functools
import inspect
import math
import random
from typing import Any

from streamimb.checks.parts import BAD_WEIGHTS, Law, LawBroken, common, leaves_alone, require

STREAM_N = 15_000  # events kept for the next law
BASE = -4.0  # of the log-odds: 4 % of events are True


@functools.lru_cache(STREAM_N)
def _drawn(i: int) -> tuple[float, float, float, bool, float]:
    rng = random.Random(i)
    a, b, c = rng.gauss(0.0, 1.0), rng.gauss(10.0, 3.0), rng.random()
    truth = 1.0 / (1.0 + math.exp(-(BASE + 1.2 * a + 0.2 * (b - 10.0))))
    return a, b, c, rng.random() < truth, truth


def event(i: int) -> tuple[dict[str, float], bool, float]:
    """Event i of the test stream: features, label, and the true probability."""
    a, b, c, y, truth = _drawn(i)
    return {"a": a, "b": b, "c": c}, y, truth


def teach(classifier: Any, first: int, n: int) -> list[Any]:
    """Predict, then learn, n events from the first on; return the predictions."""
    said = []
    for i in range(first, first + n):
        x, y, _ = event(i)
        said.append(classifier.predict_proba_one(dict(x)).get(True, math.nan))
        classifier.learn_one(dict(x), y)
    return said


def says(classifier: Any) -> list[float]:
    """Return its predictions for twenty events that it has not learned."""
    return [classifier.predict_proba_one(event(10**6 + i)[0]).get(True, math.nan) for i in range(20)]


def probabilities_sum_to_one(classifier: Any) -> None:
    """False and True from the start, in [0, 1], summing to 1, for any finite x."""
    pupil = classifier.clone()
    for first, n in ((0, 0), (0, 1), (1, 300)):
        teach(pupil, first, n)
        for x in (event(1)[0], {}, {"a": 1e6, "b": -1e6}, {"never seen": 1.0}):
            p = pupil.predict_proba_one(dict(x))
            require(set(p) == {False, True}, f"classes {sorted(map(str, p))} instead of False and True")
            require(all(0.0 <= q <= 1.0 for q in p.values()), "a probability outside [0, 1]")
            require(math.isclose(sum(p.values()), 1.0), "the probabilities do not sum to 1")


def predicting_is_pure(classifier: Any) -> None:
    """Predicting, however often, changes neither predictions nor learning."""
    asked, silent = classifier.clone(), classifier.clone()
    for i in range(300):
        x, y, _ = event(i)
        for _ in range(3):
            asked.predict_proba_one({**x, "never learned": 1.0})
        asked.learn_one(dict(x), y)
        silent.learn_one(dict(x), y)
    require(says(asked) == says(silent), "predicting changed later predictions")


def weights_arrive_or_are_refused(classifier: Any) -> None:
    """An example of weight 7 has another effect than one of weight 1, or w is refused: it is never dropped."""
    light, heavy = classifier.clone(), classifier.clone()
    for i in range(300):
        x, y, _ = event(i)
        light.learn_one(dict(x), y)
        try:
            heavy.learn_one(dict(x), y, w=7.0 if y else 1.0)
        except (TypeError, ValueError):
            require(_refuses(classifier), "w is refused only now and then")
            return
    require(says(heavy) != says(light), "w is dropped: 7 had the same effect as 1; use it or refuse it")


def weight_0_changes_nothing(classifier: Any) -> None:
    """Where w is used: w = 0 changes nothing, and an invalid weight raises ValueError."""
    if _refuses(classifier):
        return
    pupil, twin = classifier.clone(), classifier.clone()
    teach(pupil, 0, 200)
    teach(twin, 0, 200)
    for i in range(200, 220):
        x, y, _ = event(i)
        pupil.learn_one(dict(x), y, w=0.0)
    for w in BAD_WEIGHTS:
        try:
            pupil.learn_one(event(220)[0], True, w=w)
        except ValueError:
            continue
        raise LawBroken(f"w={w} was accepted; raise ValueError")
    require(says(pupil) == says(twin), "w=0, or a weight that was refused, changed predictions")
    require(teach(pupil, 300, 100) == teach(twin, 300, 100), "w=0 changed later learning")


def is_true_on_the_unsampled_stream(classifier: Any) -> None:
    """Its predictions sum to the sum of the true probabilities, whatever part of the stream it learned.

    Within a fifth over 12,000 events after 3,000: five standard errors of 480 positives.
    """
    said = sum_of_said(classifier.clone(), 3_000, 12_000)
    require(0.8 <= said <= 1.2, f"predictions sum to {said:.2f} times the truth")


def sum_of_said(classifier: Any, warm: int, n: int) -> float:
    """Return the sum of its predictions for n events after the first `warm`, in multiples of the true sum."""
    teach(classifier, 0, warm)
    said = math.fsum(teach(classifier, warm, n))
    return said / math.fsum(event(i)[2] for i in range(warm, warm + n))


def x_is_neither_changed_nor_aliased(classifier: Any) -> None:
    """Neither predicting nor learning changes x, and later changes of x do not affect the state."""
    pupil = classifier.clone()
    teach(pupil, 0, 50)
    for y in (False, True):
        leaves_alone(pupil, event(50)[0], functools.partial(_ask_and_learn, pupil, y))


def _ask_and_learn(classifier: Any, y: bool, x: dict[Any, Any]) -> None:
    classifier.predict_proba_one(x)
    classifier.learn_one(x, y)


def _refuses(classifier: Any) -> bool:
    """Whether a weight is refused, at the first event already."""
    if "w" not in inspect.signature(classifier.learn_one).parameters:
        return True
    x, y, _ = event(0)
    try:
        classifier.clone().learn_one(x, y, w=7.0)
    except (TypeError, ValueError):
        return True
    return False


CLASSIFIER_LAWS: tuple[Law, ...] = (
    *common(teach),
    probabilities_sum_to_one,
    predicting_is_pure,
    x_is_neither_changed_nor_aliased,
    weights_arrive_or_are_refused,
    weight_0_changes_nothing,
    is_true_on_the_unsampled_stream,
)
