"""The law of a sampler, a learner and a route together: true probabilities, or a refusal that names the way out.

The stream has 5 % positives and a known P(True | x). Its features are normal given the class, so a linear model of the
log-odds and naive Bayes with normal features are both right about it.
"""

from __future__ import annotations

import functools
import math
import random
from typing import Any, NamedTuple

from streamimb.checks.parts import require
from streamimb.compose import CalibratedClassifier, SampledClassifier

BASE_RATE = 0.05
MEANS = {"a": 1.2, "x": 0.8}  # of the positives; 0 of the negatives
ERRORS = 4.0  # standard errors by which a ratio may differ from 1
ADVICE = ("use ", "give ", "leave ", "put ")


class Ratios(NamedTuple):
    """Mean p over the mean true P, after the first quarter of the stream, and what one standard error of it is."""

    raw: float  # of the sampled learner, without correction
    corrected: float
    calibrated: float
    standard_error: float  # of the number of positives among the judged events
    kept_share: float  # copies learned per event


@functools.lru_cache(4)
def stream(n: int, seed: int) -> tuple[tuple[dict[str, float], bool, float], ...]:
    """Return n events: features, label, true probability. `score` is a positive number without information."""
    rng = random.Random(seed)
    bias = math.log(BASE_RATE / (1.0 - BASE_RATE))
    events = []
    for _ in range(n):
        y = rng.random() < BASE_RATE
        x = {name: rng.gauss(mean * y, 1.0) for name, mean in MEANS.items()}
        z = bias + math.fsum(mean * (x[name] - mean / 2.0) for name, mean in MEANS.items())
        events.append(({**x, "score": rng.expovariate(1.0)}, y, 1.0 / (1.0 + math.exp(-z))))
    return tuple(events)


def ratios(model: Any, n: int, seed: int) -> Ratios:
    """Predict, then learn, the stream; `model` is a `SampledClassifier`, which is used itself."""
    outer = CalibratedClassifier(model)
    raw, corrected, calibrated, truths = [], [], [], []
    for x, y, truth in stream(n, seed):
        scores = outer.score_learn_one(x, y)
        raw.append(scores.raw)
        corrected.append(scores.corrected)
        calibrated.append(scores.calibrated)
        truths.append(truth)
    judged = slice(n // 4, None)
    truths = truths[judged]
    total = math.fsum(truths)
    error = math.sqrt(math.fsum(p * (1.0 - p) for p in truths)) / total
    found = [math.fsum(said[judged]) / total for said in (raw, corrected, calibrated)]
    return Ratios(found[0], found[1], found[2], error, model.kept_share)


def sampled_or_refused(
    sampler: Any, classifier: Any, correction: Any = "auto", seed: int = 1
) -> SampledClassifier | str:
    """Return clones in a `SampledClassifier`; or, where it refuses them, the message, which has to name the way out."""
    try:
        return SampledClassifier(classifier.clone(), sampler.clone(), correction, seed=seed)
    except ValueError as refusal:
        message = str(refusal)
        require(
            any(advice in message.lower() for advice in ADVICE),
            f"refused without a way out ({', '.join(word.strip() for word in ADVICE)}): {message}",
        )
        return message


def is_true_or_refused(
    sampler: Any,
    classifier: Any,
    correction: Any = "auto",
    calibrated: bool = False,
    n: int = 20_000,
    seed: int = 1,
) -> Ratios | None:
    """The pair is refused at construction with the way out named, or the long-run ratio of mean p to mean true P is 1.

    Within four standard errors of the number of positives judged: .14 of 20,000 events. A correction that is omitted,
    applied twice, or made for other rates than those of the draw misses by the ratio of the rates.

    Parameters
    ----------
    sampler, classifier
        Of which clones are used.
    correction
        The route: "auto", "offset", "prior" or "weight", or a `protocols.Route`, which is cloned.
    calibrated
        Whether the probability behind the default calibrator is judged, for learners that are not true without
        sampling either.
    n
        Events, of which the first quarter is not judged, >= 1,000.
    seed
        Of the stream and of the draws.

    Returns
    -------
    The ratios, or None where the pair is refused.

    Raises
    ------
    LawBroken
        Naming the ratio and what is allowed; or the refusal, where it names no way out.

    Examples
    --------
    >>> from streamimb import linear_model, sampling
    >>> found = is_true_or_refused(sampling.UnderSampler(share=0.3), linear_model.LogisticRegression(), n=4_000)
    >>> round(found.kept_share, 1)
    0.2
    """
    route = correction if isinstance(correction, str) else correction.clone()
    model = sampled_or_refused(sampler, classifier, route, seed)
    if isinstance(model, str):
        return None
    found = ratios(model, n, seed)
    judged = found.calibrated if calibrated else found.corrected
    allowed = ERRORS * found.standard_error
    require(
        abs(judged - 1.0) <= allowed,
        f"mean p is {judged:.3f} times the mean true P, allowed are 1 ± {allowed:.3f}; without correction it is "
        f"{found.raw:.3f} times, seed {seed}",
    )
    return found
